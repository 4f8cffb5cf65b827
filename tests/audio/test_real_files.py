"""Real files in the shapes that recordings arrive in."""

import numpy as np
import pytest

from sottovoce.audio import find_recordings, load_recording, windows
from sottovoce.errors import RecordingError

REFUSED = {
    "gs-16b-1c-44100hz.aac": "AAC",
    "gs-16b-1c-8000hz.amr": "AMR",
    "video.mp4": "MP4",
}


@pytest.fixture(scope="module")
def odd_audio(test_data):
    return test_data / "odd-audio"


def test_every_file_is_loaded_or_refused_by_name(odd_audio):
    files = find_recordings(odd_audio)
    assert len(files) > 15
    for file in files:
        if file.name in REFUSED:
            with pytest.raises(RecordingError, match=f"{REFUSED[file.name]}.*ffmpeg -i") as caught:
                load_recording(file)
            assert file.name in str(caught.value)
        else:
            recording = load_recording(file)
            assert recording.rate == 16000
            assert recording.samples.dtype == np.float32
            assert np.isfinite(recording.samples).all()


def test_five_encodings_of_one_sentence_agree(odd_audio):
    names = [
        "audio-mono-16-bit-44100Hz.aiff",
        "audio-mono-24-bit-44100Hz.wav",
        "audio-mono-32-bit-44100Hz.wav",
        "audio-mono-8-bit-44100Hz.wav",
        "audio-stereo-16-bit-44100Hz.flac",
    ]
    recordings = [load_recording(odd_audio / name) for name in names]
    reference = recordings[2].samples
    for recording in recordings:
        np.testing.assert_allclose(recording.samples, reference, atol=0.01)
    assert recordings[-1].notes == ("mixed down from 2 channels",)


@pytest.mark.parametrize(
    ("name", "seconds", "note"),
    [
        ("chinese.flac", 0.96, None),
        ("two-seconds.mp3", 2.53, "mixed down from 2 channels"),
        ("eight-seconds.opus", 8.06, None),
        ("one-minute.wav", 60, None),
        ("sine_16ch_s16.wav", 1, "mixed down from 16 channels"),
        ("very-short-8kHz.wav", 0.14, "too short to mean much: 0.14 s"),
        ("voice-48kHz.wav", 4.95, None),
    ],
)
def test_lengths_and_notes(odd_audio, name, seconds, note):
    recording = load_recording(odd_audio / name)
    assert recording.duration == pytest.approx(seconds, abs=0.01)
    assert recording.notes == ((note,) if note else ())


def test_float_files_keep_their_scale(odd_audio):
    single = load_recording(odd_audio / "sine_mono_f32.wav")
    double = load_recording(odd_audio / "sine_mono_f64.wav")
    assert np.abs(single.samples).max() == pytest.approx(0.3, abs=1e-3)
    np.testing.assert_allclose(single.samples, double.samples, atol=1e-6)


def test_what_macos_leaves_is_skipped_and_refused(odd_audio):
    left = odd_audio / "._03a01Fa.wav"
    assert left not in find_recordings(odd_audio)
    with pytest.raises(RecordingError, match=r"Give 03a01Fa\.wav itself"):
        load_recording(left)


def test_a_minute_is_cut_into_windows_for_a_short_model(odd_audio):
    cut = windows(load_recording(odd_audio / "one-minute.wav"), 25)
    assert [window.id.partition("@")[2] for window in cut] == ["0.0s", "25.0s", "35.0s"]


def test_one_clip_in_two_containers(test_data):
    wav = load_recording(test_data / "crema-d/AudioWAV/1061_DFA_ANG_XX.wav")
    opus = load_recording(test_data / "crema-d/AudioOpus/1001_DFA_ANG_XX.opus")
    assert wav.id == "1061_DFA_ANG_XX"
    assert 1 < opus.duration < 5
