"""Captures that write as they go, killed and told to go on."""

import json
import os
import signal
import subprocess
import sys
import textwrap

import filelock
import numpy as np
import pytest
import soundfile
import xarray as xr
from sounds import voice

from sottovoce.capture import capture, running
from sottovoce.dataset import hold_run, open_run, remove_run
from sottovoce.errors import ModelError, RunError

PROMPTS = ["one_word", "How?"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(running, "SMALLEST_BLOCK", 1)
    monkeypatch.setattr(running, "BATCHES_IN_BLOCK", 1)


@pytest.fixture
def clips(tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for i in range(11):
        samples, rate = voice(0.5 + 0.1 * (i * 7 % 11), pitch=90 + 40 * i, seed=i)
        soundfile.write(folder / f"{i:02}.wav", samples, rate)
    (folder / "05.wav").write_text("this is no sound")
    return folder


def run_on(model, recordings, out=None, **options):
    options = {
        "prompts": PROMPTS, "max_new_tokens": 20, "batch_size": 2, "progress": False,
    } | options  # fmt: skip
    return capture(model, recordings, out=out, **options)


def without_time(run):
    run = run.load()
    return run.drop_attrs(deep=False).assign_attrs(
        {name: value for name, value in run.attrs.items() if name != "created"}
    )


class StopError(Exception):
    """Enough for now."""


def interrupted_after(answers):
    def tell(done, total):
        if done >= answers:
            raise StopError

    return tell


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"share_prefix": False, "batch_size": 3},
        {"mode": "answer_step"},
        {"mode": "sample", "n_samples": 2, "max_new_tokens": 3},
        {"mode": "forced", "answers": dict.fromkeys([f"{i:02}" for i in range(9)], "very angry")},
        {"long": "windows", "window": 0.7},
    ],
)
def test_a_run_on_disk_is_the_run_in_memory(qwen, clips, tmp_path, options):
    on_disk = run_on(qwen, clips, tmp_path / "deep" / "run.zarr", **options)
    xr.testing.assert_identical(without_time(on_disk), without_time(run_on(qwen, clips, **options)))
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["run.zarr"]


def test_what_was_interrupted_opens_and_goes_on(qwen, clips, tmp_path):
    out = tmp_path / "run.zarr"
    with pytest.raises(StopError):
        run_on(qwen, clips, out, progress=interrupted_after(9))
    begun = open_run(out)
    assert begun.utterance.values.tolist() == [f"{i:02}" for i in range(11)]
    lost = begun.status.values == "error"
    assert 0 < lost.sum() < lost.size
    assert np.isnan(begun.logit.values[lost]).all()
    assert all("run the same command again" in told for told in begun.message.values[lost])
    told = []
    run = run_on(qwen, clips, out, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20, 20)
    first = next(done for done, total in told if done)
    assert first == (~lost).sum(), "what was there is not asked again"
    xr.testing.assert_identical(without_time(run), without_time(run_on(qwen, clips)))
    xr.testing.assert_identical(run.load(), run_on(qwen, clips, out).load())


def test_the_large_variables_are_read_when_they_are_used(qwen, clips, tmp_path):
    run = run_on(qwen, clips, tmp_path / "run.zarr")
    (tmp_path / "run.zarr" / "logit" / "c").rename(tmp_path / "run.zarr" / "logit" / "moved")
    assert np.isnan(run.logit.values).all()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"prompts": ["one_word"]}, "prompt_text: 'How.' there, "),
        ({"max_new_tokens": 9}, "max_new_tokens: 20 there, 9 asked for"),
        ({"tokens": "emotions"}, "the token set: "),
        ({"mode": "answer_step"}, "mode: 'greedy' there, 'answer_step' asked for"),
        ({"share_prefix": False}, "share_prefix: True there, False asked for"),
    ],
)
def test_what_was_made_otherwise_is_never_mixed(qwen, clips, tmp_path, options, told):
    out = tmp_path / "run.zarr"
    run = run_on(qwen, clips, out).load()
    with pytest.raises(
        RunError, match=f"(?s)it was made otherwise, so it is left alone.*{told}"
    ) as no:
        run_on(qwen, clips, out, **options)
    assert "Give another name" in str(no.value)
    xr.testing.assert_identical(open_run(out).load(), run)


def test_another_model_or_another_sound_is_refused(qwen, clips, tmp_path, monkeypatch):
    out = tmp_path / "run.zarr"
    run_on(qwen, clips, out)
    with monkeypatch.context() as patch:
        patch.setitem(vars(qwen), "revision", "0f0f")
        with pytest.raises(RunError, match=r"the model's weights: '.*' there, '0f0f' asked for"):
            run_on(qwen, clips, out)
    samples, rate = voice(0.9, pitch=500)
    soundfile.write(clips / "03.wav", samples, rate)
    with pytest.raises(RunError, match="what was recorded: '03' held something else"):
        run_on(qwen, clips, out)
    (clips / "11.wav").write_bytes((clips / "03.wav").read_bytes())
    told = "recordings: 11 there and 12 asked for; only there: none; only here: '11'"
    with pytest.raises(RunError, match=told):
        run_on(qwen, clips, out)


def test_other_given_answers_are_refused(qwen, clips, tmp_path):
    out = tmp_path / "run.zarr"
    names = [f"{i:02}" for i in range(11)]
    run_on(qwen, clips, out, mode="forced", answers=dict.fromkeys(names, "very angry"))
    with pytest.raises(RunError, match="the answers that are followed"):
        run_on(qwen, clips, out, mode="forced", answers=dict.fromkeys(names, "very happy"))


def test_what_a_capture_did_not_write_is_left_alone(qwen, clips, tmp_path):
    from sottovoce.dataset import save_run

    saved = save_run(run_on(qwen, clips), tmp_path / "saved.zarr")
    with pytest.raises(RunError, match="saved whole, and to which nothing can be added"):
        run_on(qwen, clips, saved)
    (tmp_path / "thesis.zarr").mkdir()
    (tmp_path / "thesis.zarr" / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="something is there that is no run"):
        run_on(qwen, clips, tmp_path / "thesis.zarr")
    assert (tmp_path / "thesis.zarr" / "thesis.txt").read_text() == "mine"
    with pytest.raises(RunError, match=r"must end in \.zarr"):
        run_on(qwen, clips, tmp_path / "run.nc")
    with pytest.raises(RunError, match=r"cannot be written there"):
        run_on(qwen, clips, clips / "00.wav" / "run.zarr")


def test_a_run_in_which_nothing_succeeded_is_not_kept(qwen, clips, tmp_path, monkeypatch):
    def broken(*args, **kwargs):
        raise TypeError("forward() got an unexpected keyword argument")

    with monkeypatch.context() as patch:
        patch.setattr(qwen.model, "generate", broken)
        with pytest.raises(ModelError, match="failed on every recording"):
            run_on(qwen, clips, tmp_path / "run.zarr", share_prefix=False)
    assert not (tmp_path / "run.zarr").exists()


def test_a_batch_size_of_one_s_own_goes_on_with_what_is_there(qwen, clips, tmp_path):
    out = tmp_path / "run.zarr"
    with pytest.raises(StopError):
        run_on(qwen, clips, out, batch_size=4, progress=interrupted_after(9))
    run = run_on(qwen, clips, out, batch_size=1)
    whole = run_on(qwen, clips, batch_size=4)
    np.testing.assert_allclose(run.logit, whole.logit, rtol=1e-5, atol=1e-5)
    with pytest.raises(StopError):
        run_on(qwen, clips, tmp_path / "auto.zarr", batch_size=3, progress=interrupted_after(9))
    run = run_on(qwen, clips, tmp_path / "auto.zarr", batch_size="auto")
    xr.testing.assert_equal(run.load(), run_on(qwen, clips, batch_size=3))


def test_two_captures_do_not_write_one_run(qwen, clips, tmp_path):
    out = tmp_path / "run.zarr"
    with hold_run(out), pytest.raises(RunError, match="another process is writing this run"):
        run_on(qwen, clips, out)
    assert (run_on(qwen, clips, out).status == "ok").sum() == 20
    lock = filelock.FileLock(tmp_path / ".run.zarr.lock")
    with lock, pytest.raises(RunError, match="another process is writing this run"):
        run_on(qwen, clips, out)


def test_a_saved_run_can_be_removed_and_nothing_else(qwen, clips, tmp_path):
    out = tmp_path / "run.zarr"
    run_on(qwen, clips, out)
    remove_run(out)
    remove_run(out)
    assert not out.exists()
    with pytest.raises(RunError, match="not a saved run, so it is left alone"):
        remove_run(clips)


CHILD = textwrap.dedent(
    """
    import resource, sys
    import sottovoce
    from sottovoce.capture import running

    folder, clips, out, most = sys.argv[1:]
    running.SMALLEST_BLOCK = running.BATCHES_IN_BLOCK = 1
    if most != "0":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    model = sottovoce.load_model(folder)
    try:
        sottovoce.capture(
            model, clips, ["one_word", "How?"], max_new_tokens=20, batch_size=2, out=out,
            progress=lambda done, total: print(done, total, flush=True),
        )
    except sottovoce.errors.RunError as error:
        print("RunError:", error, flush=True)
    """
)


def child(folder, clips, out, most=0):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(clips), str(out), str(most)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(
    folders, qwen, clips, tmp_path
):
    out = tmp_path / "run.zarr"
    kept = []
    for answers in (1, 13):
        with child(folders["qwen2_audio"], clips, out) as process:
            for line in process.stdout:
                done, total = map(int, line.split())
                if done >= answers and total == 20:
                    process.send_signal(signal.SIGKILL)
                    break
        assert process.returncode == -signal.SIGKILL
        kept.append(int((open_run(out).status == "ok").sum()))
    assert kept == sorted(kept)
    assert 0 < kept[-1] < 20
    run = run_on(qwen, clips, out)
    xr.testing.assert_identical(without_time(run), without_time(run_on(qwen, clips)))
    assert not list(out.rglob("*.partial"))
    assert [entry.name for entry in tmp_path.iterdir() if "run" in entry.name] == ["run.zarr"]


def test_what_a_kill_left_of_a_block_is_written_anew(qwen, clips, tmp_path):
    """The status is written last: without it, whatever else is there does not count."""
    out = tmp_path / "run.zarr"
    whole = run_on(qwen, clips, out).load()
    chunk = sorted((out / "status" / "c").rglob("*"), key=os.path.isdir)[0]
    chunk.unlink()
    (out / "logit" / f"c.{'0' * 32}.partial").write_bytes(b"half")
    assert (open_run(out).message == whole.message).sum() == whole.message.size - 4
    xr.testing.assert_identical(run_on(qwen, clips, out).load(), whole)


def test_a_full_disk_is_told_and_leaves_a_run_that_opens(folders, qwen, clips, tmp_path):
    """The limit on a file's size is the system's own, and stands for a disk that is full."""
    out = tmp_path / "run.zarr"
    with pytest.raises(StopError):
        run_on(qwen, clips, out, progress=interrupted_after(5))
    with child(folders["qwen2_audio"], clips, out, most=500) as process:
        told = process.stdout.read()
    assert "RunError:" in told
    assert "could not be written" in told
    assert "run the same command again" in told
    assert (open_run(out).status == "ok").sum() > 0
    run = run_on(qwen, clips, out)
    xr.testing.assert_identical(without_time(run), without_time(run_on(qwen, clips)))


def test_attributes_tell_no_more_than_those_of_other_runs(qwen, clips, tmp_path):
    run = run_on(qwen, clips, tmp_path / "run.zarr")
    assert json.loads(run.attrs["decoding"])["batch_size"] == 2
    assert set(run.status.attrs) == {"long_name"}
