import numpy as np
import pytest
import soundfile
import xarray as xr

from sottovoce.dataset import open_run
from sottovoce.vocabulary import EMOTIONS

HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m.wav"
QUICK = ("--max-new-tokens", 3, "--prompts", "one_word")


@pytest.fixture
def with_a_broken_one(recordings):
    (recordings / "broken.wav").write_bytes(b"RIFF and no more")
    return recordings


def test_a_folder_of_ones_own_with_a_model_of_another_architecture(
    call, numbers, recordings, model_folder, tmp_path
):
    saved = tmp_path / "runs" / "mine.zarr"
    result, content = numbers(
        "analyse", recordings, "--model", model_folder, "--out", saved, *QUICK
    )
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["recording", "said", "answer_step"]
    assert [line.split()[0] for line in lines[1:]] == ["clip_1", "clip_2", "clip_3"]
    run = open_run(saved)
    assert run["utterance"].values.tolist() == ["clip_1", "clip_2", "clip_3"]
    assert run.attrs["model_id"] == "another"
    assert [entry["utterance"] for entry in content["answers"]] == ["clip_1", "clip_2", "clip_3"]
    assert content["meta"]["readout"] == "answer_step"
    assert content["meta"]["prompts"].keys() == {"one_word"}
    for entry in content["answers"]:
        assert sorted(entry["shares"]) == sorted(EMOTIONS)
        assert sum(entry["shares"].values()) == pytest.approx(1)
        assert "listeners" not in entry


def test_a_broken_recording_is_told_and_the_others_go_on(numbers, with_a_broken_one, model_folder):
    result, content = numbers("analyse", with_a_broken_one, "--model", model_folder, *QUICK)
    assert result.exit_code == 1
    assert "1 of 4 recordings could not be used:" in result.stderr
    assert "broken.wav" in result.stderr
    assert "clip_3" in result.stdout
    assert "broken" not in result.stdout
    assert list(content["failed"]) == ["broken"]
    failed = next(entry for entry in content["answers"] if entry["utterance"] == "broken")
    assert (failed["status"], failed["shares"]) == ("error", None)


def test_nothing_usable_could_not_be_done(call, with_a_broken_one, model_folder):
    result = call("analyse", with_a_broken_one / "broken.wav", "--model", model_folder, *QUICK)
    assert result.exit_code == 3
    assert "broken.wav" in result.stderr


def test_a_hostile_name_is_shown_as_text(call, recordings, model_folder):
    (recordings / "clip_1.wav").rename(recordings / HOSTILE)
    result = call("analyse", recordings / HOSTILE, "--model", model_folder, *QUICK)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout + result.stderr
    assert "<img src=x onerror=alert" in result.stdout


def test_prompts_and_readouts_are_checked_before_a_model_is_loaded(call, recordings):
    for wrong in (("--prompts", "one_wrod"), ("--readout", "majority"), ("--tokens", "moods")):
        result = call("analyse", recordings, *wrong)
        assert result.exit_code == 3
        assert wrong[1] in result.stderr
        assert "Loading" not in result.stderr


def test_what_cannot_be_written_is_told_before_any_work(call, recordings, tmp_path):
    there = tmp_path / "there.zarr"
    there.mkdir()
    for wrong in (
        ("--out", tmp_path / "run.csv"),
        ("--out", there),
        ("--json", there),
    ):
        result = call("analyse", recordings, *wrong)
        assert result.exit_code == 2
        assert str(wrong[1]) in result.stderr.replace("\n", "")
        assert "Loading" not in result.stderr


def test_a_folder_without_recordings_or_a_model_that_is_none(call, tmp_path, recordings):
    result = call("analyse", tmp_path / "empty", "--model", tmp_path)
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith("sottovoce: ")


def test_what_a_reader_must_know_of_a_recording_or_an_answer_is_told(call, tmp_path):
    rate = 16_000
    noise = np.random.default_rng(0).normal(0, 0.1, rate // 4).astype(np.float32)
    soundfile.write(tmp_path / "short.wav", noise, rate)
    told = call("analyse", tmp_path, "--prompts", "yes_no_angry").stderr
    assert "short: too short to mean much" in told
    assert "1 of 1 answers name no emotion" in told


def test_a_path_that_is_not_there_is_refused_before_a_model_is_loaded(call, tmp_path):
    saved = tmp_path / "run.zarr"
    result = call("analyse", tmp_path / "nothing.wav", "--out", saved)
    assert result.exit_code == 3
    assert "There is no recording at" in result.stderr
    assert "Loading" not in result.stderr
    assert not saved.exists()


def test_the_same_command_goes_on_with_a_run_and_another_one_is_refused(
    call, recordings, model_folder, tmp_path
):
    saved = tmp_path / "run.zarr"
    command = ("analyse", recordings, "--model", model_folder, "--out", saved, *QUICK)
    assert call(*command).exit_code == 0
    first = open_run(saved).load()
    again = call(*command)
    assert again.exit_code == 0
    assert f"Saved {saved}" in again.stderr.replace("\n", "")
    xr.testing.assert_identical(open_run(saved).load(), first)
    other = call(*command, "--tokens", "emotions")
    assert other.exit_code == 3
    assert "it was made otherwise" in other.stderr.replace("\n", " ")
    assert call(*command, "--tokens", "emotions", "--overwrite").exit_code == 0
    assert open_run(saved).sizes["token"] < first.sizes["token"]
