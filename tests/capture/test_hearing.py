import os

import numpy as np
import pytest
import soundfile
from sounds import voice

from sottovoce.capture import capture, hearing
from sottovoce.capture.hearing import Kept
from sottovoce.capture.utterances import load_utterances
from sottovoce.errors import RecordingError


@pytest.fixture
def decoded(monkeypatch):
    """The sources that were decoded, from nothing kept."""
    plain, sources = hearing.load_recording, []

    def counted(source, **options):
        sources.append(source)
        return plain(source, **options)

    monkeypatch.setattr(hearing, "load_recording", counted)
    monkeypatch.setattr(hearing, "_kept", Kept())
    return sources


def write(path, seconds=0.6, pitch=150.0):
    soundfile.write(path, voice(seconds, pitch)[0], 16000)
    return path


def test_a_second_question_decodes_nothing_again(qwen, tmp_path, decoded):
    clips = [write(tmp_path / f"{i}.wav", pitch=90 + 60 * i) for i in range(3)]
    first = capture(qwen, clips, "one_word", max_new_tokens=2, progress=False)
    assert sorted(decoded) == clips
    again = capture(qwen, clips, "yes_no_angry", max_new_tokens=2, progress=False)
    assert sorted(decoded) == clips
    assert (again.content_hash == first.content_hash).all()


def test_what_is_kept_goes_by_what_the_file_holds(tmp_path, decoded):
    clip = write(tmp_path / "a.wav")
    one = load_utterances(clip, rate=16000)[0].recording
    write(clip, pitch=300)
    os.utime(clip, ns=(1, 1))
    other = load_utterances(clip, rate=16000)[0].recording
    assert len(decoded) == 2
    assert one.content_hash != other.content_hash
    assert abs(other.samples - voice(0.6, 300)[0]).max() < 1e-4
    with pytest.raises(RecordingError, match=r"a\.wav: the file has changed"):
        _ = one.samples


def test_the_same_content_under_two_names_keeps_both(tmp_path, decoded):
    content = write(tmp_path / "a.wav").read_bytes()
    (tmp_path / "b.wav").write_bytes(content)
    found = load_utterances([tmp_path / "a.wav", tmp_path / "b.wav", content], rate=16000)
    assert [one.id for one in found] == ["a", "b", f"recording-{found[0].recording.whole_hash[:8]}"]
    assert [one.path for one in found] == [str(tmp_path / "a.wav"), str(tmp_path / "b.wav"), ""]


def test_no_more_is_kept_than_the_bound(tmp_path):
    kept = Kept(most_bytes=3 * 4 * 9600)
    for i in range(10):
        kept.load(write(tmp_path / f"{i}.wav", pitch=90 + i), rate=16000, name=None)
    assert len(kept._recordings) == 3
    assert kept._bytes == 3 * 4 * 9600
    kept.load(write(tmp_path / "long.wav", seconds=3), rate=16000, name=None)
    assert len(kept._recordings) == 1, "the last one stays, since its windows follow"


def test_a_capture_holds_no_samples_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "_kept", Kept(most_bytes=0))
    clips = [write(tmp_path / f"{i}.wav", pitch=90 + 60 * i) for i in range(4)]
    found = load_utterances(clips, rate=16000)
    assert len(hearing._kept._recordings) == 1
    for clip, one in zip(clips, found, strict=True):
        np.testing.assert_array_equal(one.recording.samples, soundfile.read(clip, dtype="f4")[0])


def test_windows_are_read_from_their_place_in_the_file(tmp_path):
    clip = write(tmp_path / "talk.wav", seconds=5)
    whole = soundfile.read(clip, dtype="float32")[0]
    for one in load_utterances(clip, rate=16000, max_seconds=2):
        begin = round(one.start * 16000)
        np.testing.assert_array_equal(one.recording.samples, whole[begin : begin + 32000])


def test_a_recording_that_goes_away_is_an_error_of_that_recording(qwen, tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "_kept", Kept(most_bytes=0))
    clips = [write(tmp_path / f"{i}.wav", pitch=90 + 60 * i) for i in range(3)]

    def remove(done, total):
        if (done, total) == (0, 3) and clips[1].exists() and remove.seen == 3:
            clips[1].unlink()
        remove.seen += 1

    remove.seen = 0
    run = capture(qwen, clips, "one_word", max_new_tokens=2, progress=remove)
    assert run.status.values[:, 0].tolist() == ["ok", "error", "ok"]
    assert "no such file" in run.message.values[1, 0]
