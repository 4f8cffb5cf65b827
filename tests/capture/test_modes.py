"""Answers that are given, begun or drawn, against those that a model gives by itself."""

import json

import numpy as np
import pytest
import torch
import xarray as xr
from sounds import voice, voices
from tiny_models.fixtures import on_three_architectures

from sottovoce.capture import capture
from sottovoce.capture.sampling import Sampler
from sottovoce.capture.sequences import continuation_ids, prompt_ids
from sottovoce.dataset import check_run, open_run, save_run
from sottovoce.errors import ModelError, PromptError
from sottovoce.models import load_model
from sottovoce.paths import data_folder
from sottovoce.prompts import Prompt, get_prompt
from sottovoce.readout import read_out

PROMPTS = ["one_word", "How?"]
NUMBERS = ("logit", "log_normalizer", "entropy", "chosen_logit")


def run_on(model, recordings, prompts=PROMPTS, **options):
    options = {"max_new_tokens": 6, "progress": False} | options
    return capture(model, recordings, prompts, **options)


def decoding(run):
    return json.loads(run.attrs["decoding"])


def words_of(model, length=4):
    """Texts that the tokenizer writes back, since answers of random models are no texts."""
    return {name: f"the voice sounds {name}"[: 12 + length * i] for i, name in enumerate("abc")}


def test_a_followed_answer_weighs_what_decoding_it_weighs(model):
    """Step by step through greedy runs that are begun with the answer so far."""
    recordings = dict(zip("abc", voices(3).values(), strict=True))
    answers = words_of(model)
    forced = run_on(model, recordings, mode="forced", answers=answers)
    check_run(forced)
    assert (forced.status == "ok").all()
    asked = prompt_ids(model, get_prompt("How?"))
    for utterance, text in answers.items():
        row = forced.sel(utterance=utterance, prompt=forced.prompt[1])
        tokens = continuation_ids(model, asked, text)
        n = len(tokens) + 1
        assert row.n_steps == n
        assert row.chosen_token.values[:n].tolist() == [*tokens, model.tokenizer.eos_token_id]
        assert row.answer.item() == text
        assert (row.chosen_logit[:n] < row.log_normalizer[:n]).all()
    # The logits before the last token are those after an answer that begins with the others.
    begun = run_on(
        model, recordings, ["How?"], mode="answer_step", answer_prefix=answers["c"],
        share_prefix=False, batch_size=1,
    )  # fmt: skip
    end = forced.sel(utterance="c").isel(
        prompt=1, step=len(continuation_ids(model, asked, answers["c"]))
    )
    np.testing.assert_allclose(end.logit, begun.sel(utterance="c").logit[0, 0], atol=1e-5)


def test_an_answer_of_its_own_is_followed_with_the_same_numbers():
    """On the bundled model, whose answers are words."""
    model, samples = load_model(), data_folder() / "samples"
    recordings = [samples / "tom_sad.flac", samples / "tom_angry.flac"]
    prompts = ["one_word", "percentages", "json"]
    greedy = run_on(model, recordings, prompts, max_new_tokens=64)
    forced = run_on(model, recordings, prompts, mode="forced", answers=greedy.answer)
    xr.testing.assert_equal(forced.chosen_token, greedy.chosen_token)
    xr.testing.assert_equal(forced.chosen_text, greedy.chosen_text)
    xr.testing.assert_equal(forced.n_steps, greedy.n_steps)
    for name in NUMBERS:
        np.testing.assert_allclose(forced[name], greedy[name], rtol=1e-5, atol=1e-4)


def test_answers_may_differ_by_prompt_and_may_be_missing(qwen):
    answers = {"clip_0": {"one_word": "angry"}, "clip_1": "sad"}
    run = run_on(qwen, voices(3), mode="forced", answers=answers)
    assert run.answer.sel(prompt="one_word").values.tolist() == ["angry", "sad", ""]
    assert run.status.values.tolist() == [["ok", "error"], ["ok", "ok"], ["error", "error"]]
    assert "answers has none for the utterance 'clip_2'" in run.message.values[2, 0]
    with pytest.raises(ModelError, match="mode='forced' needs answers"):
        run_on(qwen, voices(2), mode="forced")
    with pytest.raises(ModelError, match="failed on every recording"):
        run_on(qwen, voices(2), mode="forced", answers={"elsewhere": "sad"})
    with pytest.raises(ModelError, match="controlled"):
        run_on(qwen, {"clip_0": voice(1)}, mode="forced", answers={"clip_0": "sad<|im_end|>"})


@on_three_architectures
@pytest.mark.parametrize("share_prefix", [False, "auto"])
def test_the_answer_step_is_the_step_after_the_beginning(model, share_prefix):
    prefix = {"one_word": "the speaker"}
    run = run_on(
        model, voices(3), mode="answer_step", answer_prefix=prefix, share_prefix=share_prefix
    )
    check_run(run)
    assert run.sizes["step"] == 1
    assert decoding(run)["answer_prefix"] == {
        "one_word": "the speaker", str(run.prompt.values[1]): "The speaker sounds"
    }  # fmt: skip
    forced = run_on(model, voices(3), "one_word", mode="forced", share_prefix=False,
                    answers=dict.fromkeys(run.utterance.values, "the speaker"))  # fmt: skip
    for name in ("logit", "log_normalizer", "entropy"):
        np.testing.assert_allclose(run[name][:, 0, 0], forced[name][:, 0, -1], atol=1e-5)
    shares = read_out(run, "answer_step")
    np.testing.assert_allclose(shares.sum("emotion"), 1)


@on_three_architectures
def test_without_a_beginning_the_answer_step_is_the_first(model):
    run = run_on(model, voices(3), "one_word", mode="answer_step")
    greedy = run_on(model, voices(3), "one_word")
    np.testing.assert_allclose(run.logit[:, :, 0], greedy.logit[:, :, 0], atol=1e-5)
    xr.testing.assert_equal(run.chosen_token[:, :, 0], greedy.chosen_token[:, :, 0])


def test_beginnings_that_cannot_be_are_refused(qwen):
    with pytest.raises(PromptError, match="ends with a space"):
        run_on(qwen, voices(2), mode="answer_step", answer_prefix="The speaker sounds ")
    with pytest.raises(PromptError, match="answer_prefix names 'two_words', and the prompts are"):
        run_on(qwen, voices(2), mode="answer_step", answer_prefix={"two_words": "x"})


def test_samples_stand_along_the_prompts_and_every_read_out_works(qwen, tmp_path):
    run = run_on(qwen, voices(3), mode="sample", n_samples=3, seed=7)
    check_run(run)
    assert run.prompt.values[:3].tolist() == ["one_word#1", "one_word#2", "one_word#3"]
    assert run["sample"].values.tolist() == [1, 2, 3, 1, 2, 3]
    assert run.prompt_of.values[:4].tolist() == ["one_word"] * 3 + [str(run.prompt_of[3].item())]
    told = decoding(run)
    assert told["mode"] == "sample"
    assert (told["n_samples"], told["seed"], told["temperature"]) == (3, 7, 1.0)
    for readout in ("answer_step", "mean_prob", "text"):
        shares = read_out(run, readout, **({"policy": "uniform"} if readout == "text" else {}))
        consistent = shares.groupby("prompt_of").mean()
        np.testing.assert_allclose(consistent.sum("emotion"), 1)
    xr.testing.assert_identical(open_run(save_run(run, tmp_path / "run.zarr")).load(), run)


@on_three_architectures
def test_a_sample_does_not_depend_on_its_company(model):
    options = {"mode": "sample", "seed": 3, "max_new_tokens": 5}
    together = run_on(model, voices(3), n_samples=3, batch_size=8, **options)
    alone = run_on(
        model, {"clip_1": voices(3)["clip_1"]}, "one_word", n_samples=2, batch_size=1,
        share_prefix=False, **options,
    )  # fmt: skip
    same = together.sel(utterance=["clip_1"], prompt=alone.prompt)
    same = same.isel(step=slice(alone.sizes["step"]))
    xr.testing.assert_equal(same.chosen_token, alone.chosen_token)
    for name in NUMBERS:
        np.testing.assert_allclose(same[name], alone[name], atol=1e-5)


def test_samples_differ_by_seed_number_and_recording(qwen):
    one, other = (run_on(qwen, voices(3), mode="sample", seed=seed) for seed in (0, 1))
    assert not one.chosen_token.equals(other.chosen_token)
    answers = one.answer.isel(prompt=slice(5)).values
    assert all(len(set(row)) > 1 for row in answers)
    xr.testing.assert_equal(one, run_on(qwen, voices(3), mode="sample", seed=0))


def test_recorded_logits_of_samples_are_raw(qwen):
    """What was drawn at any temperature, followed as a given answer, weighs the same."""
    run = run_on(qwen, voices(2), "one_word", mode="sample", n_samples=1, temperature=0.5)
    step = run_on(qwen, voices(2), "one_word", mode="answer_step")
    np.testing.assert_allclose(run.logit[:, 0, 0], step.logit[:, 0, 0], atol=1e-5)
    assert (run.chosen_logit[:, 0, 0] <= step.chosen_logit[:, 0, 0] + 1e-5).all()


def test_draws_follow_the_distribution():
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.0, 0.2]]))
    sampler = Sampler([np.random.default_rng(0)], temperature=1.0)
    drawn = [sampler(torch.zeros(1, 0), logits).argmax().item() for _ in range(2000)]
    counts = np.bincount(drawn, minlength=4) / 2000
    np.testing.assert_allclose(counts, [0.5, 0.3, 0.0, 0.2], atol=0.04)
    assert counts[2] == 0
    sharp = Sampler([np.random.default_rng(0)], temperature=0.1)
    drawn = [sharp(torch.zeros(1, 0), logits).argmax().item() for _ in range(500)]
    expected = 0.5**10 / (0.5**10 + 0.3**10 + 0.2**10)
    assert abs(drawn.count(0) / 500 - expected) < 0.02


@pytest.mark.parametrize("mode", ["beam", "beam_search"])
def test_beam_search_is_refused_with_the_reason(qwen, mode):
    with pytest.raises(ModelError, match="beam search goes back on its steps"):
        run_on(qwen, voices(2), mode=mode)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mode": "guess"}, "mode='guess' must be one of"),
        ({"n_samples": 3}, "n_samples is an option of mode='sample', and mode='greedy' is set"),
        ({"mode": "sample", "answers": {"a": "b"}}, "answers is an option of mode='forced'"),
        ({"mode": "sample", "n_samples": 0}, "n_samples=0 must be a whole number of at least 1"),
        ({"mode": "sample", "seed": -1}, "seed=-1 must be a whole number of at least 0"),
        ({"mode": "sample", "temperature": 0}, "temperature=0 must be a number above 0"),
    ],
)
def test_options_that_make_no_sense_are_refused(qwen, options, told):
    with pytest.raises(ModelError, match=told):
        run_on(qwen, voices(2), **options)


def test_what_follows_a_prompt_is_written_as_it_would_be_there(qwen):
    asked = prompt_ids(qwen, Prompt("how", "How?"))
    for text in ("very angry", " angry", "45%", "\n\nsad", "怒り", ""):
        ids = continuation_ids(qwen, asked, text)
        assert qwen.tokenizer.decode(ids) == text
        assert qwen.tokenizer.decode([*asked, *ids]).endswith(f"assistant\n{text}")
