import json

import numpy as np
import pytest
import soundfile

from sottovoce.dataset import open_run

QUICK = ("--max-new-tokens", 3, "--prompts", "one_word")


@pytest.fixture
def analysed(call, recordings, model_folder, tmp_path):
    """Run `analyse` over the recordings; returns the saved run and its decoding settings."""

    def run(*options, name="run.zarr", paths=(recordings,)):
        saved = tmp_path / name
        result = call("analyse", *paths, "--model", model_folder, "--out", saved, *QUICK, *options)
        assert result.exit_code == 0, result.stderr
        opened = open_run(saved)
        return opened, json.loads(opened.attrs["decoding"])

    return run


def test_samples_stand_along_the_prompts_and_come_again_by_their_seed(analysed):
    options = ("--mode", "sample", "--samples", 2, "--temperature", 1.5)
    run, told = analysed(*options, "--seed", 3)
    assert run.prompt.values.tolist() == ["one_word#1", "one_word#2"]
    assert (told["mode"], told["n_samples"], told["seed"]) == ("sample", 2, 3)
    assert told["temperature"] == 1.5
    again, _ = analysed(*options, "--seed", 3, name="again.zarr")
    assert run.chosen_token.equals(again.chosen_token)


def test_the_step_after_a_beginning_is_read(analysed):
    run, told = analysed("--mode", "answer_step", "--answer-prefix", "the voice is")
    assert run.sizes["step"] == 1
    assert told["answer_prefix"] == {"one_word": "the voice is"}
    _, told = analysed(
        "--mode", "answer_step", "--answer-prefix", "one_word=a = b", name="named.zarr"
    )
    assert told["answer_prefix"] == {"one_word": "a = b"}


def test_answers_are_followed_from_json_and_from_a_run(analysed, tmp_path):
    answers = {"clip_1": "angry", "clip_2": {"one_word": "sad"}, "clip_3": "no"}
    (tmp_path / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    run, told = analysed("--mode", "forced", "--answers", tmp_path / "answers.json")
    assert told["mode"] == "forced"
    assert run.answer.values[:, 0].tolist() == ["angry", "sad", "no"]
    again, _ = analysed("--mode", "forced", "--answers", tmp_path / "run.zarr", name="again.zarr")
    np.testing.assert_allclose(again.logit, run.logit, atol=1e-5)


def test_long_recordings_are_cut_by_windows_or_pauses(analysed, tmp_path):
    rate = 16_000
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(2 * rate) / rate)
    talk = tmp_path / "talk.wav"
    soundfile.write(talk, np.concatenate([tone, np.zeros(rate), tone]), rate)
    run, told = analysed("--window", 2, "--overlap", 0.5, paths=[talk])
    assert run.start.values.tolist() == [0, 1.5, 3]
    assert (told["window"], told["overlap"]) == (2, 0.5)
    run, told = analysed("--window", 3, "--long", "pauses", name="pauses.zarr", paths=[talk])
    assert told["long"] == "pauses"
    np.testing.assert_allclose(run.start, [0, 2.9], atol=0.03)
    np.testing.assert_allclose(run.end, [2.1, 5], atol=0.03)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--mode", "beam"), "beam search goes back on its steps"),
        (("--samples", "3"), "n_samples is an option of mode='sample'"),
        (("--mode", "forced"), "mode='forced' needs answers"),
        (("--mode", "sample", "--temperature", "0"), "temperature=0.0 must be a number above 0"),
        (
            ("--mode", "answer_step", "--answer-prefix", "a", "--answer-prefix", "b"),
            "of several, each has the form PROMPT=TEXT",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_model_is_loaded(call, recordings, wrong, told):
    result = call("analyse", recordings, *wrong)
    assert result.exit_code == 3
    assert told in result.stderr
    assert "Loading" not in result.stderr


@pytest.mark.parametrize("content", ["{", "[]", "{}", '"sad"'])
def test_answers_that_are_none_are_refused(call, recordings, tmp_path, content):
    (tmp_path / "answers.json").write_text(content, encoding="utf-8")
    result = call("analyse", recordings, "--mode", "forced", "--answers", tmp_path / "answers.json")
    assert result.exit_code == 3
    assert "answers.json: " in result.stderr
