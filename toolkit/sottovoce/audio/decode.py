"""From bytes or arrays to float32 samples, one column a channel."""

from __future__ import annotations

import io
import shlex
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.audio import formats
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CHANNELS = 64
# Decoders overshoot full scale a little; integers that were only cast to float do so by far.
HIGHEST_PEAK = 16.0
_PIECE = 2**20


def decode(content: bytes, name: str) -> tuple[NDArray[np.float32], int]:
    """Decode the bytes of an audio file.

    Parameters
    ----------
    content
        All bytes of the file, in any format that libsndfile reads.
    name
        The file's path or name, for messages.

    Returns
    -------
    samples
        Shape (n, channels), float32, full scale at -1 and 1.
    rate
        Samples a second, in Hz.

    Raises
    ------
    RecordingError
        If the bytes are no audio, or audio of another kind.

    Examples
    --------
    >>> decode(b"Dear diary", "diary.wav")
    Traceback (most recent call last):
    sottovoce.errors.RecordingError: diary.wav: this is text, not audio. Give a recording.
    """
    import soundfile

    if not content:
        raise RecordingError(f"{name}: the file is empty (0 bytes). Record or copy it again.")
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            # Piece by piece: a damaged header may claim more samples than memory holds.
            pieces = [file.read(_PIECE, dtype="float32", always_2d=True)]
            while len(pieces[-1]):
                pieces.append(file.read(_PIECE, dtype="float32", always_2d=True))
            rate = int(file.samplerate)
    except soundfile.LibsndfileError as error:
        raise RecordingError(f"{name}: {_why_unreadable(content, name)}") from error
    samples = np.concatenate(pieces)
    _check_values(samples, name)
    return samples, rate


def as_channels(samples: Any, name: str) -> NDArray[np.float32]:
    """Bring an array of samples into the form that files are decoded to.

    Parameters
    ----------
    samples
        Shape (n,), (n, channels) or (channels, n): the longer side is time. Floats have their
        full scale at -1 and 1; int8, int16 and int32 at the limits of the type; uint8 is centred
        on 128, as in 8-bit WAV.
    name
        The recording's name, for messages.

    Returns
    -------
    numpy.ndarray
        Shape (n, channels), float32.

    Raises
    ------
    RecordingError
        If shape, type or values are not those of a recording.

    Examples
    --------
    >>> import numpy as np
    >>> as_channels(np.array([-32768, 0, 16384], dtype="int16"), "three")[:, 0]
    array([-1. ,  0. ,  0.5], dtype=float32)
    """
    array = np.asarray(samples)
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or min(array.shape) > MOST_CHANNELS:
        raise RecordingError(
            f"{name}: an array of shape {np.shape(samples)} is no recording. Give one of shape "
            f"(n,), (n, channels) or (channels, n) with at most {MOST_CHANNELS} channels."
        )
    if not array.size:
        return np.zeros((0, 1), dtype=np.float32)
    if array.shape[0] < array.shape[1]:
        array = array.T
    if array.dtype.kind == "f":
        _check_values(array, name)
        return array.astype(np.float32)
    if array.dtype == np.uint8 or (array.dtype.kind == "i" and array.dtype.itemsize <= 4):
        middle = 128 if array.dtype == np.uint8 else 0
        full_scale = 2.0 ** (8 * array.dtype.itemsize - 1)
        return np.asarray((array.astype(np.float64) - middle) / full_scale, dtype=np.float32)
    raise RecordingError(
        f"{name}: samples of type {array.dtype} have no known full scale. Give floats from -1 to "
        "1, or int16 or int32 samples."
    )


def _check_values(samples: NDArray[np.floating], name: str) -> None:
    broken = samples.size - np.count_nonzero(np.isfinite(samples))
    if broken:
        raise RecordingError(
            f"{name}: {broken} of {samples.size} samples are NaN or infinite. Export it again, or "
            "replace them: numpy.nan_to_num(samples)."
        )
    peak = float(np.abs(samples).max(initial=0))
    if peak > HIGHEST_PEAK:
        raise RecordingError(
            f"{name}: samples reach {peak:g}, far beyond full scale, which is 1. If these were "
            "16-bit integers, divide them by 32768."
        )


def _why_unreadable(content: bytes, name: str) -> str:
    """Say what the bytes are instead of a readable recording, and what to do."""
    if formats.is_apple_double(content):
        real = PurePath(name).name.removeprefix("._")
        return f"this is no audio but what macOS leaves beside a file. Give {real} itself."
    if formats.is_lfs_pointer(content):
        return "this is a Git LFS pointer, not the recording itself. Fetch it: git lfs pull"
    foreign = formats.foreign_format(content)
    if foreign:
        return f"{foreign} cannot be read here. {_conversion(name)}"
    if formats.begins_like_audio(content):
        return (
            "the file is damaged, or encoded in a way that cannot be read here. Copy it again. "
            + _conversion(name)
        )
    if formats.is_text(content):
        return "this is text, not audio. Give a recording."
    return f"this is not audio in any format known here. {_conversion(name)}"


def _conversion(name: str) -> str:
    path = PurePath(name)
    target = path.with_suffix(".wav") if path.suffix.lower() != ".wav" else f"{path}.new.wav"
    return f"Convert it first: ffmpeg -i {shlex.quote(name)} {shlex.quote(str(target))}"
