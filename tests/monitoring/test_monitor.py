import json
import time

import numpy as np
import pytest
import soundfile
import soxr

from sottovoce.alerts import AlertLog, apply_rule
from sottovoce.audio import Recording, load_recording, windows
from sottovoce.capture import capture
from sottovoce.errors import AlertError, RecordingError
from sottovoce.readout import read_out

RATE = 16_000


@pytest.fixture(scope="module")
def whole(bundled, talk):
    """The shares of the windows of the whole talk, by capture."""
    cut = windows(Recording(talk, RATE, id="talk"), 1.5, 0.7)
    run = capture(bundled, cut, "one_word", mode="answer_step", progress=False)
    return read_out(run, "answer_step").isel(prompt=0)


def assert_same(heard, shares):
    assert [one.start for one in heard] == shares["start"].values.tolist()
    for one, row in zip(heard, shares.values, strict=True):
        assert (one.status == "ok") == (not np.isnan(row).any())
        if one.status == "ok":
            np.testing.assert_allclose(list(one.shares.values()), row, atol=1e-5)


@pytest.mark.parametrize("size", [1_237, 1_000_000])
def test_windows_get_the_numbers_of_a_capture_whatever_the_chunks(monitor, talk, whole, size):
    one = monitor()
    heard = []
    for start in range(0, len(talk), size):
        heard += one.feed(talk[start : start + size], RATE)
    heard += one.finish()
    assert_same(heard, whole)
    raised = whole["start"].values[apply_rule(one.rules[0], whole)["raised"].values].tolist()
    assert raised
    assert [window.start for window in heard if window.alerts] == raised
    silent = [window for window in heard if window.status == "error"]
    assert silent
    assert all("silent" in window.message for window in silent)


def test_another_rate_several_channels_and_integers(monitor, talk, bundled):
    stereo = soxr.resample(talk, RATE, 44_100)
    stereo = (np.stack([stereo, 0.5 * stereo], axis=1) * 20_000).astype(np.int16)
    recording = load_recording((stereo, 44_100), id="talk", rate=RATE)
    run = capture(
        bundled, windows(recording, 1.5, 0.7), "one_word", mode="answer_step", progress=False
    )
    one = monitor()
    heard = []
    for start in range(0, len(stereo), 10_001):
        heard += one.feed(stereo[start : start + 10_001], 44_100)
    heard += one.finish()
    assert_same(heard, read_out(run, "answer_step").isel(prompt=0))


def test_a_broken_chunk_is_told_and_the_rest_goes_on(monitor, talk, whole):
    told = []
    one = monitor(on_problem=told.append)
    broken = talk.copy()
    broken[3 * RATE : 3 * RATE + 10] = np.nan
    heard = []
    for start in range(0, len(talk), 4_000):
        chunk = broken[start : start + 4_000]
        if start == 80_000:  # from 5.0 to 5.25 s
            heard += one.feed(np.repeat(chunk, 3), 48_000)
        else:
            heard += one.feed(chunk, RATE)
    heard += one.feed(np.zeros((3, 3, 3)), RATE) + one.finish()
    assert [len(told), one.totals.n_refused] == [3, 3]
    assert "chunk at 3.0 s: 10 of 4000 samples are NaN" in told[0]
    assert "chunk at 5.0 s: its rate is 48000 Hz, and the stream began with 16000 Hz" in told[1]
    assert "is no recording" in told[2]
    spans = [(3.0, 3.25), (5.0, 5.25)]
    assert len(heard) == len(whole) or heard[-1].start > whole["start"].values[-2]
    for window in heard[:-1]:
        touched = any(window.start < b and window.end > a for a, b in spans)
        assert (window.status == "broken") == touched
        if window.status == "ok":
            row = whole.values[whole["start"].values.tolist().index(window.start)]
            np.testing.assert_allclose(list(window.shares.values()), row, atol=1e-5)


def test_a_log_is_written_and_gone_on_with(monitor, talk, tmp_path):
    path = tmp_path / "logs" / "log.jsonl"
    calls = []
    for number in range(2):
        one = monitor(log=path, on_alert=calls.append, keep_sound=tmp_path / "sound")
        one.feed(talk, RATE)
        one.finish()
        AlertLog(path).review(calls[-1].id, "confirmed", reviewer="Ada")
        assert len(AlertLog(path).verdicts) == number + 1
    log = AlertLog(path)
    assert [alert.id for alert in log.alerts] == [str(i + 1) for i in range(len(calls))]
    assert log.alerts == calls
    kinds = [record["kind"] for record in log.records()]
    assert kinds.count("monitor") == kinds.count("end") == 2
    first = log.records()[0]
    assert first["rules"] == ["angry above 0.5 for 2 windows running"]
    assert first["model_revision"]
    alert = log.alerts[0]
    assert alert.values["angry"] == alert.shares["angry"] > 0.5
    sound, rate = soundfile.read(alert.sound)
    assert (len(sound) / rate, rate) == (pytest.approx(alert.end - alert.start), RATE)
    start = round(alert.start * RATE)
    np.testing.assert_allclose(sound, talk[start : start + len(sound)], atol=2 / 32768)
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_two_monitors_on_one_log_share_neither_ids_nor_sounds(monitor, talk, tmp_path):
    path = tmp_path / "log.jsonl"
    pair = [monitor(log=path, keep_sound=tmp_path / "sound") for _ in range(2)]
    for one in pair:
        one.feed(talk, RATE)
        one.finish()
    alerts = AlertLog(path).alerts
    assert len(alerts) >= 2
    assert [alert.id for alert in alerts] == [str(i + 1) for i in range(len(alerts))]
    assert len({alert.sound for alert in alerts}) == len(alerts)


def test_two_logs_may_keep_their_sounds_in_one_folder(monitor, talk, tmp_path):
    for name in ("a", "b"):
        one = monitor(log=tmp_path / f"{name}.jsonl", keep_sound=tmp_path / "sound")
        one.feed(talk, RATE)
        one.finish()
    first, second = (AlertLog(tmp_path / f"{name}.jsonl").alerts[0] for name in ("a", "b"))
    assert first.id == second.id
    assert first.sound != second.sound


def test_no_sound_is_kept_unasked(monitor, talk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = monitor()
    alerts = [alert for window in one.feed(talk, RATE) for alert in window.alerts]
    assert alerts
    assert alerts[0].sound == ""
    assert list(tmp_path.iterdir()) == []


def test_several_rules_each_raise_their_own(monitor, talk):
    one = monitor(["loud: angry above .5", "sad above .5", "ambiguity above 3 bits"])
    alerts = [a for w in one.feed(talk, RATE) + one.finish() for a in w.alerts]
    assert {alert.rule for alert in alerts} == {"loud: angry above 0.5", "sad above 0.5"}


def test_what_makes_no_sense_is_refused_before_anything_is_heard(monitor):
    with pytest.raises(AlertError, match="'furious', and the emotions are 'angry'"):
        monitor("furious above .5")
    with pytest.raises(AlertError, match="at least one"):
        monitor([])
    with pytest.raises(RecordingError, match="seconds=9 must be at most 6"):
        monitor(seconds=9.0)
    one = monitor()
    one.finish()
    with pytest.raises(AlertError, match="has finished"):
        one.feed(np.zeros(10), RATE)


def test_a_recording_of_the_recorder_is_a_chunk(monitor, talk, whole):
    pytest.importorskip("anywidget")
    from sottovoce.widgets import Recorder
    from sottovoce.widgets.shared.sound import wav_bytes

    one, heard = monitor(), []
    recorder = Recorder()
    recorder.observe(
        lambda change: change["new"] and heard.extend(one.feed(change["new"])), "recording"
    )
    recorder.wav = wav_bytes(Recording(talk, RATE, id="talk"))
    assert [window.start for window in heard] == whole["start"].values[: len(heard)].tolist()
    assert len(heard) == len(whole) - 1


def paced(talk, *, seconds=0.25, rest=()):
    """Sound as it is spoken: every chunk when it has passed."""
    began = time.monotonic()
    for number, start in enumerate(range(0, len(talk), round(seconds * RATE)), start=1):
        time.sleep(max(began + number * seconds - time.monotonic(), 0))
        yield talk[start : start + round(seconds * RATE)], RATE


def test_a_source_with_more_sound_than_time_waits_and_nothing_is_skipped(monitor, talk, whole):
    heard = []
    one = monitor(on_window=lambda window: (heard.append(window), time.sleep(0.05)), max_lag=0.5)
    most = []

    def chunks():
        for start in range(0, len(talk), 4_000):
            yield talk[start : start + 4_000], RATE
            most.append(one._buffer.n_kept / RATE)

    totals = one.listen(chunks())
    assert_same(heard, whole)
    assert totals.n_skipped == 0
    assert totals.n_windows == len(whole) == totals.n_ok + totals.n_error
    # What waits (a window and the lag), a window before it, and a piece.
    assert max(most) <= 1.5 + 0.5 + 1.5 + 0.7 + 0.25


def test_who_cannot_keep_up_says_so_and_skips_whole_windows(monitor, talk):
    told, heard = [], []
    one = monitor(
        hop=0.25, seconds=0.5, max_lag=0.5, on_problem=told.append,
        on_window=lambda window: (heard.append(window), time.sleep(0.6)),
    )  # fmt: skip
    totals = one.listen(paced(talk[: 5 * RATE]))
    assert totals.n_skipped > 0
    assert totals.n_windows == len(heard) + totals.n_skipped
    assert told
    assert "skipped, to be in step again at" in told[0]
    assert sum(int(text.split()[0]) for text in told) == totals.n_skipped
    # Every window that was heard is one of the grid, in order, up to the end of the sound.
    starts = [window.start for window in heard]
    assert starts == sorted(set(starts))
    assert all(start % 0.25 == 0 for start in starts)
    assert heard[-1].end == 5.0


def test_skipped_windows_break_a_row(monitor, talk):
    one = monitor("angry above 0 for 3 windows running", seconds=0.5, hop=0.5)
    speech = np.tile(talk[:RATE], 8)
    one._buffer.append(speech[: 2 * RATE // 2])
    first = one._work()
    one._buffer.append(speech[: 3 * RATE])
    one._buffer.skip()
    after = one._work()
    assert [len(first), len(after), one.totals.n_skipped] == [2, 1, 5]
    assert not after[0].alerts


def test_a_source_that_fails_is_told_after_what_it_brought(monitor, talk):
    heard = []
    one = monitor(on_window=heard.append)

    def chunks():
        yield talk[: 3 * RATE], RATE
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        one.listen(chunks())
    assert heard[-1].end == 3.0


def test_listening_can_be_stopped_from_a_callback(monitor, talk):
    one = monitor(on_alert=lambda alert: one.stop(), log=None)
    totals = one.listen(
        (talk[i : i + 4000], RATE) for _ in range(50) for i in range(0, len(talk), 4000)
    )
    assert totals.n_alerts >= 1
    assert totals.audio_seconds < 60
