"""The whole recipe of the bundled model, on a corpus of noise and with lessons of a few steps."""

import importlib.util
import shutil

import numpy as np
import pytest
import soundfile
import torch

from sottovoce.models import load_model
from sottovoce.tuning.bundled import recipe
from sottovoce.tuning.bundled.recipe import Settings, train_bundled_model

COLUMNS = ("A", "D", "F", "H", "N", "S", "fileName")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder laid out as CREMA-D, one second and a half of noise for every actor."""
    root = tmp_path_factory.mktemp("crema-d")
    (root / "AudioWAV").mkdir()
    (root / "processedResults").mkdir()
    rng = np.random.default_rng(0)
    lines = ['"",' + ",".join(f'"{name}"' for name in COLUMNS)]
    for number, actor in enumerate(range(1001, 1071), start=1):
        name = f"{actor}_IEO_{'ANG' if number % 2 else 'SAD'}_HI"
        level = 0.2 if number % 2 else 0.02
        noise = rng.normal(0, level, 24_000).astype(np.float32)
        soundfile.write(root / "AudioWAV" / f"{name}.wav", noise, 16_000)
        counts = (8, 0, 0, 0, 1, 0) if number % 2 else (0, 0, 0, 0, 2, 7)
        lines.append(f'"{100_000 + number}",' + ",".join(map(str, counts)) + f',"{name}"')
    (root / "processedResults" / "tabulatedVotes.csv").write_text("\n".join(lines) + "\n")
    return root


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.skipif(
    importlib.util.find_spec("pyworld") is None, reason='needs pip install "sottovoce[tune]"'
)
def test_one_call_makes_a_model_that_loads_offline_and_goes_on_after_an_interruption(
    corpus, tmp_path, monkeypatch
):
    settings = Settings(synthetic_clips=4, grammar_steps=2, encoder_epochs=1, joint_epochs=1)
    out, work = tmp_path / "model", tmp_path / "work"

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recipe, "teach_encoder", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train_bundled_model(corpus, out, work=work, processes=1, settings=settings)
    grammar = (work / "grammar.pt").stat().st_mtime_ns

    train_bundled_model(corpus, out, work=work, processes=2, settings=settings)

    assert (work / "grammar.pt").stat().st_mtime_ns == grammar, "a finished lesson was taught again"
    taught = {name for name in recipe._training_clips(work).speaker if name.isdigit()}
    assert taught == {str(actor) for actor in range(1001, 1061)}
    model = load_model(str(out))
    assert model.model.config.model_type == "qwen2_audio"
    assert model.max_seconds == 6
    assert not list(out.glob("*.bin"))
    inputs = model.inputs([np.zeros(16_000, np.float32) + 0.01], ["How does she sound?"])
    with torch.inference_mode():
        assert torch.isfinite(model.model(**inputs).logits).all()


def test_sharpness_is_found_and_keeps_the_winner():
    rng = np.random.default_rng(0)
    votes = rng.multinomial(9, [0.6, 0.1, 0.1, 0.1, 0.05, 0.05], 200).astype(float)
    truth = votes / votes.sum(1, keepdims=True)
    flat = np.sqrt(truth + 1e-3)
    clips = recipe.Clips([None] * 200, votes, np.zeros(200), np.zeros(200), np.zeros(200))
    factor = recipe._best_sharpness(flat / flat.sum(1, keepdims=True), clips)
    assert factor == 1.5


def test_shares_that_are_no_numbers_are_refused():
    clips = recipe.Clips([None], np.ones((1, 6)), np.zeros(1), np.zeros(1), np.zeros(1))
    with pytest.raises(recipe.SottovoceError, match="no numbers"):
        recipe._best_sharpness(np.full((1, 6), np.nan), clips)
