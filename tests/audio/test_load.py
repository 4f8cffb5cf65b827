"""Recordings that a program made: every kind of source, every kind of refusal."""

import io

import numpy as np
import pytest
import soundfile

from sottovoce.audio import Recording, load_recording
from sottovoce.errors import RecordingError


def tone(seconds=1.0, rate=16000, peak=0.5):
    return peak * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate)) / rate)


def encoded(samples, rate=16000, **options):
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, **({"format": "WAV"} | options))
    return buffer.getvalue()


@pytest.fixture
def wav(tmp_path):
    path = tmp_path / "tone.wav"
    path.write_bytes(encoded(tone()))
    return path


def test_path_bytes_and_file_give_the_same_recording(wav):
    from_path = load_recording(wav)
    from_text = load_recording(str(wav))
    from_bytes = load_recording(wav.read_bytes())
    with wav.open("rb") as file:
        from_file = load_recording(file)
    for other in (from_text, from_bytes, from_file):
        np.testing.assert_array_equal(other.samples, from_path.samples)
        assert other.content_hash == from_path.content_hash
    assert from_path.id == from_text.id == from_file.id == "tone"
    assert from_bytes.id == f"recording-{from_path.content_hash[:8]}"
    assert (from_path.path, from_bytes.path) == (str(wav), None)


def test_samples_are_mono_float32_at_the_rate_asked_for():
    recording = load_recording((tone(rate=44100), 44100))
    assert recording.samples.dtype == np.float32
    assert recording.samples.ndim == 1
    assert recording.rate == 16000
    assert recording.duration == pytest.approx(1, abs=1e-3)
    assert load_recording((tone(rate=44100), 44100), rate=None).rate == 44100
    middle = slice(1000, 15000)
    np.testing.assert_allclose(recording.samples[middle], tone()[middle], atol=2e-3)


@pytest.mark.parametrize(
    ("subtype", "error"),
    [
        ("PCM_S8", 1 / 128),
        ("PCM_U8", 1 / 128),
        ("PCM_16", 2**-15),
        ("PCM_24", 1e-6),
        ("PCM_32", 1e-6),
        ("FLOAT", 1e-6),
        ("DOUBLE", 1e-6),
    ],
)
def test_encodings_agree_in_scale(subtype, error):
    kind = "AIFF" if subtype == "PCM_S8" else "WAV"
    recording = load_recording(encoded(tone(), subtype=subtype, format=kind))
    np.testing.assert_allclose(recording.samples, tone(), atol=error)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float16", "float64"])
def test_arrays_agree_in_scale(dtype):
    kind = np.dtype(dtype)
    if kind.kind == "f":
        samples, error = tone().astype(kind), 1e-3
    else:
        full_scale = 2.0 ** (8 * kind.itemsize - 1)
        offset = 128 if dtype == "uint8" else 0
        samples, error = (tone() * full_scale + offset).astype(kind), 1 / full_scale
    recording = load_recording((samples, 16000))
    np.testing.assert_allclose(recording.samples, tone(), atol=error + 1e-7)


@pytest.mark.parametrize("channels_last", [True, False])
@pytest.mark.parametrize("n_channels", [2, 16])
def test_channels_are_mixed_down(n_channels, channels_last):
    channels = np.outer(tone(), np.arange(1, n_channels + 1) / n_channels)
    samples = channels if channels_last else channels.T
    recording = load_recording((samples, 16000))
    np.testing.assert_allclose(recording.samples, channels.mean(axis=1), atol=1e-6)
    assert recording.notes == (f"mixed down from {n_channels} channels",)


def test_lists_and_contiguous_and_strided_arrays_are_the_same_recording():
    samples = tone().astype("float32")
    strided = np.stack([samples, samples], axis=1)[:, 0]
    hashes = {load_recording((kind, 16000)).content_hash for kind in (samples, strided)}
    assert len(hashes) == 1
    np.testing.assert_array_equal(load_recording((samples.tolist(), 16000)).samples, samples)


def test_a_recording_is_checked_and_resampled_too():
    loaded = load_recording((tone(rate=48000), 48000), id="a", rate=None)
    again = load_recording(loaded, id="b")
    assert (again.id, again.rate) == ("b", 16000)
    assert again.content_hash == loaded.content_hash
    with pytest.raises(RecordingError, match=r"^quiet: .*silent"):
        load_recording(Recording(np.zeros(16000, "float32"), 16000, id="quiet"))


def test_notes_are_not_told_twice():
    loud = np.clip(4 * tone(0.3), -1, 1)
    first = load_recording((np.stack([loud, loud]), 44100), rate=None)
    assert load_recording(first).notes == first.notes
    assert [note.partition(":")[0] for note in first.notes] == [
        "mixed down from 2 channels",
        "clipped",
        "too short to mean much",
    ]


def test_clipping_is_told_from_loudness():
    samples = tone(peak=0.9)
    samples[:10] = 1
    assert load_recording((samples, 16000)).notes == ()
    samples[:160] = 1
    assert load_recording((samples, 16000)).notes == (
        "clipped: 1.0% of the samples are at full scale",
    )


def test_silence_is_accepted_on_demand():
    recording = load_recording((np.zeros(16000), 16000), allow_silence=True)
    assert recording.notes == ("silent",)


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        (np.zeros(16000), "silent"),
        (np.full(16000, 0.3), "silent"),
        (tone(peak=5e-5), "silent"),
        (np.stack([tone(), -tone()]), "2 channels cancel out"),
        (np.where(np.arange(16000) == 7, np.nan, tone()), "1 of 16000 samples are NaN"),
        (np.where(np.arange(16000) > 7, np.inf, tone()), "NaN or infinite"),
        (tone() * 32767, "divide them by 32768"),
        (tone(0.05), "lasts 0.050 s"),
        (np.zeros(0), "lasts 0.000 s"),
        (np.zeros((2, 0)), "lasts 0.000 s"),
        (np.zeros((200, 300)), "shape"),
        (np.zeros((2, 2, 100)), "shape"),
        (np.float32(1), "shape"),
        (np.arange(16000), "int64"),
        (np.arange(16000) % 2 == 0, "bool"),
        (["a"] * 16000, "no known full scale"),
    ],
)
def test_samples_that_say_nothing_are_refused(samples, says):
    with pytest.raises(RecordingError, match=says) as caught:
        load_recording((samples, 16000), id="mine")
    assert str(caught.value).startswith("mine: ")


@pytest.mark.parametrize("rate", [0, -16000, 16000.5, 1e12, np.nan, "16k", None, 5])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(RecordingError, match="whole number of samples a second"):
        load_recording((tone(), rate))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (tone(), r"samples without a rate: give \(samples, rate\)"),
        (None, "cannot be made from NoneType"),
        (42, "cannot be made from int"),
        (io.StringIO("text"), 'mode "rb"'),
        ((16000, tone()), r"this is \(rate, samples\)"),
        ((tone(), 16000, "x"), r"a tuple of 3 must be \(samples, rate\)"),
        (b"", "empty"),
        ("\0", "no such file"),
        ("a" * 5000, "cannot be opened"),
    ],
)
def test_sources_of_no_kind_are_refused(source, says):
    with pytest.raises(RecordingError, match=says):
        load_recording(source)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.wav", b"", r"empty \(0 bytes\)"),
        ("diary.wav", "Dear diary, 今日は".encode(), "text, not audio"),
        ("long.wav", ("é" * 2000).encode(), "text, not audio"),
        ("noise.wav", bytes(range(200, 256)) * 9, "not audio in any format known here"),
        ("pointer.wav", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        ("._voice.wav", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "Give voice.wav itself"),
        ("film.mp4", b"\x00\x00\x00 ftypisom\x00\x00", "ffmpeg -i .*film.mp4 .*film.wav"),
        (
            "no film.wav",
            b"\x00\x00\x00 ftypisom\x00\x00",
            "'.*no film.wav' '.*no film.wav.new.wav'",
        ),
        ("web.webm", b"\x1a\x45\xdf\xa3\x00", "WebM or Matroska cannot be read here"),
        ("clip.avi", b"RIFF\x00\x00\x00\x00AVI LIST", "AVI cannot be read here"),
        ("torn.wav", encoded(tone())[:20], "damaged"),
        ("torn.flac", encoded(tone(), format="FLAC")[:2000], "damaged"),
        ("header.wav", encoded(tone())[:44], "lasts 0.000 s"),
        ("nan.wav", encoded(np.full(16000, np.nan), subtype="FLOAT"), "16000 of 16000 samples"),
        ("silent.wav", encoded(np.zeros(16000)), "the recording is silent"),
        ("blip.wav", encoded(tone(0.05)), "lasts 0.050 s"),
    ],
)
def test_files_that_are_no_recordings_are_refused_by_name(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=says) as caught:
        load_recording(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_missing_files_and_folders_are_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RecordingError, match=r"^nope.wav: there is no such file.*looked for in"):
        load_recording("nope.wav")
    with pytest.raises(RecordingError, match=r"this is a folder.*find_recordings"):
        load_recording(tmp_path)


def test_a_header_that_claims_too_much_is_refused_without_filling_memory():
    content = bytearray(encoded(tone(), format="FLAC"))
    # The last 36 bits before the checksum of STREAMINFO hold the number of samples.
    content[21] |= 0x0F
    content[22:26] = b"\xff\xff\xff\xff"
    with pytest.raises(RecordingError, match="damaged"):
        load_recording(bytes(content))


def test_recording_refuses_what_is_not_mono_float32():
    with pytest.raises(RecordingError, match=r"shape \(2, 5\) and type float64"):
        Recording(np.zeros((2, 5)), 16000, id="x")
    with pytest.raises(RecordingError, match="rate=0"):
        Recording(np.zeros(5, "float32"), 0, id="x")


def test_resampling_keeps_what_it_is():
    recording = load_recording((tone(rate=8000), 8000), rate=None, id="a")
    higher = recording.resampled(16000)
    assert (higher.id, higher.content_hash) == (recording.id, recording.content_hash)
    assert len(higher.samples) == 2 * len(recording.samples)
    assert recording.resampled(8000) is recording
    np.testing.assert_array_equal(higher.samples, recording.resampled(16000).samples)
