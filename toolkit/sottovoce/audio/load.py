"""load_recording: anything that holds a sound, checked on the way in."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from numbers import Number
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import numpy as np

from sottovoce.audio.decode import as_channels, decode
from sottovoce.audio.recording import Recording, check_rate, hash_samples
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Source: TypeAlias = "str | os.PathLike[str] | bytes | BinaryIO | tuple[ArrayLike, int] | Recording"

SHORTEST = 0.1
"""Seconds below which a recording is refused."""
SHORT = 0.5
"""Seconds below which a recording is too short to mean much."""
SILENCE = 1e-4
CLIPPED_SHARE = 1e-3
_FULL_SCALE = 32767 / 32768


def load_recording(
    source: Source,
    *,
    rate: int | None = 16000,
    id: str | None = None,
    allow_silence: bool = False,
) -> Recording:
    """Read a recording, check it, mix it to mono and bring it to a rate.

    Parameters
    ----------
    source
        A path; the bytes of an audio file; a file open for binary reading; a tuple
        ``(samples, rate)`` with samples of shape (n,), (n, channels) or (channels, n); or a
        recording.
    rate
        The rate wanted, in Hz; None keeps the recording's own.
    id
        The recording's name in a run. By default the file's name without its suffix, or else one
        made from the content.
    allow_silence
        Accept a recording without sound, such as a content-free input to compare with.

    Returns
    -------
    Recording
        Its notes tell of channels mixed down, of clipping (more than 0.1 % of the samples at full
        scale), and of less than half a second, which is too short to mean much.

    Raises
    ------
    RecordingError
        If it is missing, no audio, in a format that cannot be read, shorter than 0.1 s, silent
        (peak below 1e-4), or holds values that are not numbers. The message says how to mend it.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce.audio import load_recording
    >>> time = np.arange(44100) / 44100
    >>> load_recording((0.5 * np.sin(2 * np.pi * 220 * time), 44100), id="a3")
    Recording('a3', 1.00 s at 16000 Hz)

    >>> load_recording((np.zeros(16000), 16000), id="nothing")
    Traceback (most recent call last):
    sottovoce.errors.RecordingError: nothing: the recording is silent (its peak is below 0.0001)...
    """
    if isinstance(source, Recording):
        loaded = replace(source, id=id or source.id)
        channels = as_channels(source.samples, loaded.path or loaded.id)
    else:
        loaded, channels = _open(source, id)
    notes = _examine(channels, loaded, allow_silence=allow_silence)
    known = {note.partition(":")[0] for note in loaded.notes}
    new = tuple(note for note in notes if note.partition(":")[0] not in known)
    loaded = replace(loaded, notes=loaded.notes + new)
    return loaded if rate is None else loaded.resampled(rate)


def _open(source: Any, name: str | None) -> tuple[Recording, NDArray[np.float32]]:
    """Return the recording as it comes, and its channels, shape (n, channels)."""
    path = None
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        content = _read_file(Path(path).expanduser())
        name = name or Path(path).stem
    elif isinstance(source, (bytes, bytearray, memoryview)):
        content = bytes(source)
    elif hasattr(source, "read"):
        content, file_name = _read_stream(source)
        name = name or Path(file_name).stem
    elif isinstance(source, tuple):
        return _from_array(source, name)
    else:
        raise RecordingError(_unknown_source(source))
    digest = hashlib.sha256(content).hexdigest()
    name = name or f"recording-{digest[:8]}"
    channels, rate = decode(content, path or name)
    rate = check_rate(rate, path or name)
    return Recording(_mono(channels), rate, name, path, digest), channels


def _from_array(source: tuple[Any, ...], name: str | None) -> tuple[Recording, NDArray[np.float32]]:
    told = name or "samples"
    if len(source) != 2:
        raise RecordingError(f"{told}: a tuple of {len(source)} must be (samples, rate)")
    samples, rate = source
    if isinstance(samples, Number) and np.ndim(rate):
        raise RecordingError(
            f"{told}: this is (rate, samples), as scipy.io.wavfile.read gives it. "
            "Give (samples, rate)."
        )
    rate = check_rate(rate, told)
    channels = as_channels(samples, told)
    digest = hash_samples(channels, rate)
    return Recording(
        _mono(channels), rate, name or f"recording-{digest[:8]}", None, digest
    ), channels


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise RecordingError(
                f"{path}: this is a folder. Give one recording, or list those within: "
                f"find_recordings({str(path)!r})"
            )
        if not path.exists():
            raise RecordingError(
                f"{path}: there is no such file. Check the path; it was looked for in {Path.cwd()}"
                if not path.is_absolute()
                else f"{path}: there is no such file. Check the path."
            )
        if not path.is_file():
            raise RecordingError(f"{path}: this is not a file. Give a recording.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, RecordingError):
            raise
        raise RecordingError(f"{path}: the file cannot be opened ({error})") from error


def _read_stream(stream: Any) -> tuple[bytes, str]:
    file_name = getattr(stream, "name", "")
    content = stream.read()
    if not isinstance(content, bytes):
        raise RecordingError(
            f'{file_name or "file"}: this file is open for reading text. Open it with mode "rb".'
        )
    return content, file_name if isinstance(file_name, str) else ""


def _unknown_source(source: Any) -> str:
    if hasattr(source, "__array__"):
        return "samples without a rate: give (samples, rate), for example (samples, 16000)"
    return (
        f"a recording cannot be made from {type(source).__name__}. Give a path, bytes, a file "
        "open for binary reading, (samples, rate) or a Recording."
    )


def _mono(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    if channels.shape[1] == 1:
        return np.ascontiguousarray(channels[:, 0])
    return np.asarray(channels.mean(axis=1), dtype=np.float32)


def _examine(
    channels: NDArray[np.float32], recording: Recording, *, allow_silence: bool
) -> list[str]:
    """Refuse what says nothing; return the notes on what is left."""
    whole = recording.path if not recording.part_of else None
    name = whole or recording.id
    if recording.duration < SHORTEST:
        raise RecordingError(
            f"{name}: the recording lasts {recording.duration:.3f} s ({len(channels)} samples at "
            f"{recording.rate} Hz). Give at least {SHORTEST} s; a sentence needs one or two."
        )
    notes = []
    n_channels = channels.shape[1]
    if n_channels > 1:
        notes.append(f"mixed down from {n_channels} channels")
    if _is_silent(recording.samples[:, np.newaxis]):
        if not allow_silence:
            raise RecordingError(f"{name}: {_why_silent(channels)}")
        notes.append("silent")
    clipped = np.count_nonzero(np.abs(channels) >= _FULL_SCALE) / channels.size
    if clipped > CLIPPED_SHARE:
        notes.append(f"clipped: {clipped:.1%} of the samples are at full scale")
    if recording.duration < SHORT:
        notes.append(f"too short to mean much: {recording.duration:.2f} s")
    return notes


def _is_silent(channels: NDArray[np.float32]) -> bool:
    # A constant offset makes no sound either.
    return bool((np.ptp(channels, axis=0) < 2 * SILENCE).all())


def _why_silent(channels: NDArray[np.float32]) -> str:
    if channels.shape[1] > 1 and not _is_silent(channels):
        return (
            f"its {channels.shape[1]} channels cancel out when they are mixed. Give one of them, "
            "for example (samples[:, 0], rate)."
        )
    return (
        f"the recording is silent (its peak is below {SILENCE}). Check the microphone or the "
        "export; allow_silence=True accepts it."
    )
