import builtins
import io
import os
import struct
import sys
import threading
import time

import numpy as np
import pytest
import soundfile

from sottovoce.errors import MissingExtraError, RecordingError
from sottovoce.monitoring import PCM, follow_file, microphone, read_pcm

RATE = 16_000


def gathered(chunks):
    parts, rates = zip(*chunks, strict=True)
    assert len(set(rates)) == 1
    return np.concatenate([part for part in parts if part.size]), rates[0]


@pytest.fixture
def sound():
    rng = np.random.default_rng(0)
    return rng.uniform(-0.9, 0.9, (RATE + 77, 2)).astype(np.float32)


@pytest.mark.parametrize(
    "encoding", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]
)
def test_a_wav_file_is_read_as_libsndfile_reads_it(sound, tmp_path, encoding):
    path = tmp_path / "a.wav"
    soundfile.write(path, sound, RATE, subtype=encoding)
    samples, rate = gathered(follow_file(path, patience=0))
    np.testing.assert_array_equal(samples, soundfile.read(path, dtype="float32")[0])
    assert rate == RATE
    piped, _ = gathered(read_pcm(io.BytesIO(path.read_bytes())))
    np.testing.assert_array_equal(piped[: len(samples)], samples)


def test_what_follows_the_samples_of_a_finished_file_is_no_sound(sound, tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, sound, RATE)
    title = b"LIST" + struct.pack("<I", 30) + b"INFO" + b"x" * 26
    path.write_bytes(path.read_bytes() + title)
    assert len(gathered(follow_file(path, patience=0))[0]) == len(sound)


@pytest.mark.parametrize("claimed", [0, 0xFFFFFFFF, 4_000])
def test_a_growing_file_is_followed_whatever_its_header_claims(sound, tmp_path, claimed):
    path = tmp_path / "a.wav"
    soundfile.write(tmp_path / "whole.wav", sound, RATE)
    content = bytearray((tmp_path / "whole.wav").read_bytes())
    content[40:44] = struct.pack("<I", claimed)

    def record():
        time.sleep(0.2)
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(content), 9_999):  # also within a header, or a sample
                file.write(content[start : start + 9_999])
                time.sleep(0.05)

    thread = threading.Thread(target=record)
    thread.start()
    samples, _ = gathered(follow_file(path, patience=1.5))
    thread.join()
    np.testing.assert_array_equal(
        samples, soundfile.read(tmp_path / "whole.wav", dtype="float32")[0]
    )


def test_raw_pcm_from_a_file_and_through_a_pipe_in_odd_pieces(sound, tmp_path):
    content = (sound * 32767).astype("<i2").tobytes()
    path = tmp_path / "a.pcm"
    path.write_bytes(content)
    pcm = PCM(RATE, channels=2)
    expected = (sound * 32767).astype("<i2") / 32768
    np.testing.assert_allclose(gathered(follow_file(path, pcm=pcm, patience=0))[0], expected)
    end, beginning = os.pipe()

    def write():
        with os.fdopen(beginning, "wb", buffering=0) as file:
            for start in range(0, len(content), 777):
                file.write(content[start : start + 777])

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(end, "rb") as stream:
        samples, _ = gathered(read_pcm(stream, pcm=pcm))
    thread.join()
    np.testing.assert_allclose(samples, expected)


def test_what_is_no_sound_is_refused_in_words(tmp_path):
    path = tmp_path / "letter.wav"
    with pytest.raises(RecordingError, match="no such file, and none came in 0 s"):
        list(follow_file(path, patience=0))
    path.write_text("Dear diary, today")
    with pytest.raises(RecordingError, match="does not begin like a WAV file"):
        list(follow_file(path, patience=0))
    path.write_bytes(b"RIFF")
    with pytest.raises(RecordingError, match="holds no sound yet"):
        list(follow_file(path, patience=0))
    with pytest.raises(RecordingError, match="not a file"):
        list(follow_file(tmp_path, patience=0))
    with pytest.raises(RecordingError, match="ended before any sound"):
        list(read_pcm(io.BytesIO(b"RIFF")))
    header = (
        b"RIFF"
        + struct.pack("<I", 0)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 85, 1, RATE, 0, 0, 0)
    )
    with pytest.raises(RecordingError, match="kind 85 with 0 bits"):
        list(read_pcm(io.BytesIO(header + b"data" + bytes(100))))
    with pytest.raises(RecordingError, match="encoding='MP3'"):
        PCM(RATE, encoding="MP3")


def test_without_sounddevice_the_line_that_installs_it_is_told(monkeypatch):
    real = builtins.__import__

    def missing(name, *arguments, **options):
        if name == "sounddevice":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingExtraError, match=r'pip install "sottovoce\[live\]"'):
        next(microphone())


def test_without_a_microphone_it_says_what_is_missing():
    try:
        import sounddevice
    except ImportError:
        pytest.skip("sounddevice is not installed")
    except OSError:
        expected = "apt install libportaudio2"
    else:
        if any(one["max_input_channels"] for one in sounddevice.query_devices()):
            pytest.skip("this computer has a microphone")
        expected = "lists what there is"
    with pytest.raises(RecordingError, match=expected):
        next(microphone())
