"""Few labels: what an adapter learns, keeps to itself, and how it is loaded."""

import json
import warnings

import numpy as np
import pytest
import torch

import sottovoce
from sottovoce.errors import ModelError, VocabularyError, VotesError
from sottovoce.models import load_model
from sottovoce.models.lora import ABOUT
from sottovoce.tuning import tune_model
from sottovoce.tuning.lora.examples import make_examples
from sottovoce.tuning.lora.soft_labels import SoftLabels
from sottovoce.tuning.lora.training import CHECKPOINT, Training

pytest.importorskip("peft", reason='needs pip install "sottovoce[tune]"')


@pytest.fixture(scope="module")
def model():
    return load_model()


@pytest.fixture(scope="module")
def contrary():
    """Eight clips of two voices, with votes that say the opposite of what the model hears."""
    corpus = sottovoce.load_corpus("sample")
    names = [f"{who}_{mood}" for who in ("anna", "tom") for mood in ("angry", "sad", "happy")]
    corpus = corpus.select(utterances=names)
    votes = corpus.votes.copy(data=np.zeros(corpus.votes.shape))
    votes.loc[{"emotion": "disgusted"}] = 6
    votes.loc[{"emotion": "fearful"}] = 4
    return type(corpus)(corpus.name, corpus.utterances, votes)


@pytest.fixture(scope="module")
def tuned(model, contrary, tmp_path_factory):
    out = tmp_path_factory.mktemp("tuned") / "contrary"
    return tune_model(
        model,
        contrary,
        out,
        epochs=15,
        batch_size=1,
        held_out=0.5,
        learning_rate=2e-3,
        progress=False,
    )


def shares(model, corpus, prompt="one_word"):
    run = sottovoce.capture(model, corpus.recordings, prompt, mode="answer_step", progress=False)
    return sottovoce.read_out(run, "answer_step").squeeze("prompt")


def test_a_distribution_is_learned_and_not_its_majority(model, contrary, tuned):
    before = shares(model, contrary)
    after = shares(load_model(adapter=tuned.path), contrary)
    assert before.sel(emotion="disgusted").mean() < 0.3
    assert after.sel(emotion="disgusted").mean().item() == pytest.approx(0.6, abs=0.12)
    assert after.sel(emotion="fearful").mean().item() == pytest.approx(0.4, abs=0.12)


def test_the_history_tells_every_epoch_and_which_was_kept(tuned):
    assert tuned.history["epoch"].values.tolist() == list(range(tuned.history.sizes["epoch"]))
    best = tuned.history.attrs["best_epoch"]
    assert tuned.history["js"].values.argmin() == best > 0
    assert tuned.history["loss"].sel(epoch=best) < tuned.history["loss"].sel(epoch=0)
    assert np.isnan(tuned.history["training_loss"].sel(epoch=0))
    assert len(tuned.held_out) == 1
    assert f"epoch {best}" in repr(tuned)


def test_speakers_are_either_learned_from_or_held_out(tuned, contrary):
    about = json.loads((tuned.path / ABOUT).read_text())
    speaker = contrary.utterances["speaker"]
    learned = {speaker[name] for name in about["learned_from"]}
    held = {speaker[name] for name in about["held_out_utterances"]}
    assert held == set(tuned.held_out)
    assert learned
    assert not learned & held


def test_the_model_is_the_same_afterwards(model, contrary, tmp_path):
    before = {name: value.clone() for name, value in model.model.state_dict().items()}
    state = torch.get_rng_state()
    tune_model(model, contrary, tmp_path / "a", epochs=1, progress=False)
    after = model.model.state_dict()
    assert list(after) == list(before)
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert torch.equal(torch.get_rng_state(), state)


def test_an_interrupted_training_ends_as_if_it_had_not_been(model, contrary, tmp_path, monkeypatch):
    options = {"epochs": 3, "batch_size": 2, "progress": False}
    whole = tune_model(model, contrary, tmp_path / "whole", **options)
    learn, calls = Training._learn, []

    def interrupted(self):
        calls.append(self)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return learn(self)

    with monkeypatch.context() as patched:
        patched.setattr(Training, "_learn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            tune_model(model, contrary, tmp_path / "halves", **options)
    assert (tmp_path / "halves" / CHECKPOINT).exists()
    with pytest.raises(ModelError, match="another training: rank differ"):
        tune_model(model, contrary, tmp_path / "halves", rank=2, **options)
    halves = tune_model(model, contrary, tmp_path / "halves", **options)
    assert halves.history.identical(whole.history)
    assert not (tmp_path / "halves" / CHECKPOINT).exists()
    weights = [(one.path / "adapter_model.safetensors").read_bytes() for one in (whole, halves)]
    assert weights[0] == weights[1]


def test_a_run_tells_which_adapter_made_it(model, contrary, tuned):
    loaded = load_model(adapter=tuned.path)
    assert loaded.id == "bundled+contrary"
    assert loaded.revision.startswith(model.revision + "+")
    text = "".join(file.read_text() for file in tuned.path.glob("*.json"))
    assert str(tuned.path) not in text + (tuned.path / "README.md").read_text()


def test_an_adapter_is_refused_on_other_weights(folders, tuned):
    with pytest.raises(ModelError, match="taught on bundled"):
        load_model(folders["qwen2_audio"], adapter=tuned.path)


def test_what_is_no_adapter_is_refused(tmp_path, tuned, contrary, model):
    with pytest.raises(ModelError, match="no folder with an adapter"):
        load_model(adapter=tmp_path)
    with pytest.raises(ModelError, match="holds an adapter already"):
        tune_model(model, contrary, tuned.path)


@pytest.mark.parametrize("architecture", ["audioflamingo3", "whisper"])
def test_other_architectures_learn_too(folders, contrary, tmp_path, architecture):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tuned = tune_model(
            str(folders[architecture]), contrary, tmp_path / "a", epochs=2, rank=2, progress=False
        )
    assert tuned.history["training_loss"].sel(epoch=2) < tuned.history["training_loss"].sel(epoch=1)
    changed = load_model(folders[architecture], adapter=tuned.path)
    assert np.isfinite(shares(changed, contrary)).all()


def test_the_loss_is_least_at_the_votes(model):
    token_set = sottovoce.TokenSet.preset("emotions")
    labels = SoftLabels(token_set.resolve(model.tokenizer), ["angry", "sad"])
    votes = torch.tensor([[3.0, 1.0]])
    logits = torch.full((1, len(model.tokenizer)), -20.0, requires_grad=True)
    optimiser = torch.optim.Adam([logits], lr=0.5)
    for _ in range(200):
        optimiser.zero_grad()
        labels.loss(logits, votes).backward()
        optimiser.step()
    assert labels.shares(logits).tolist()[0] == pytest.approx([0.75, 0.25], abs=1e-3)
    assert labels.log_probability(logits).exp().sum().item() == pytest.approx(1, abs=1e-3)


def test_votes_on_what_no_token_stands_for_are_refused(model):
    resolved = sottovoce.TokenSet.preset("emotions").resolve(model.tokenizer)
    with pytest.raises(VocabularyError, match="'bored'"):
        SoftLabels(resolved, ["angry", "bored"])


def test_recordings_without_sound_or_votes_are_left_out_by_name(model, contrary):
    votes = contrary.votes.copy()
    votes[0] = 0
    table = contrary.utterances.copy()
    table.loc[table.index[1], "path"] = "nowhere.wav"
    broken = type(contrary)("broken", table, votes)
    examples = make_examples(model, broken, sottovoce.get_prompts("one_word"))
    assert len(examples) == len(contrary) - 2
    assert any("nobody voted" in note for note in examples.notes)
    assert any("no such file" in note for note in examples.notes)


def test_one_recording_is_too_few(model, contrary, tmp_path):
    one = contrary.select(utterances=contrary.utterances.index[0])
    with pytest.raises(VotesError, match="one recording"):
        tune_model(model, one, tmp_path / "a")
