"""PCM: bytes to samples, and what the header of a WAV file says while it is still growing."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.audio.decode import MOST_CHANNELS
from sottovoce.audio.recording import check_rate
from sottovoce.errors import RecordingError, require_one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Encoding -> bytes a sample, by the names of libsndfile.
ENCODINGS = {
    "PCM_U8": 1,
    "PCM_16": 2,
    "PCM_24": 3,
    "PCM_32": 4,
    "FLOAT": 4,
    "DOUBLE": 8,
    "ALAW": 1,
    "ULAW": 1,
}
_INTEGERS = {8: "PCM_U8", 16: "PCM_16", 24: "PCM_24", 32: "PCM_32"}
_FLOATS = {32: "FLOAT", 64: "DOUBLE"}
_EXTENSIBLE = 0xFFFE
LONGEST_HEADER = 2**20


@dataclass(frozen=True, slots=True)
class PCM:
    r"""How samples lie in bytes: interleaved, little-endian.

    Parameters
    ----------
    rate
        In Hz.
    channels
        How many.
    encoding
        "PCM_16", "FLOAT" and so on; see `ENCODINGS`.

    Raises
    ------
    RecordingError
        If one of these makes no sense.

    Examples
    --------
    >>> PCM(16000).decode(b"\x00\x40\x00\xc0")
    array([[ 0.5],
           [-0.5]], dtype=float32)
    """

    rate: int
    channels: int = 1
    encoding: str = "PCM_16"

    def __post_init__(self) -> None:
        check_rate(self.rate, "raw PCM")
        require_one_of("encoding", self.encoding, ENCODINGS, RecordingError)
        if not 1 <= self.channels <= MOST_CHANNELS:
            raise RecordingError(f"channels={self.channels} must be from 1 to {MOST_CHANNELS}")

    @property
    def frame(self) -> int:
        """Bytes of one sample of all channels."""
        return ENCODINGS[self.encoding] * self.channels

    def decode(self, content: bytes) -> NDArray[np.float32]:
        """Return samples, shape (n, channels), of bytes that are whole frames."""
        import soundfile

        samples, _ = soundfile.read(
            io.BytesIO(content),
            dtype="float32",
            always_2d=True,
            samplerate=self.rate,
            channels=self.channels,
            subtype=self.encoding,
            format="RAW",
            endian="LITTLE",
        )
        return np.asarray(samples)


def read_header(content: bytes, name: str) -> tuple[PCM, int, int] | None:
    """Read the beginning of a WAV file, up to where its samples start.

    Parameters
    ----------
    content
        The first bytes.
    name
        Of the file, for messages.

    Returns
    -------
    pcm, start, size
        How the samples lie, at which byte they start, and how many bytes of them the header
        claims, which is not to be believed while the file grows. None if there is more to come.

    Raises
    ------
    RecordingError
        If this is no WAV file, or of a kind that cannot be followed.
    """
    if len(content) < 12:
        return None
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise RecordingError(
            f"{name}: this does not begin like a WAV file, and only WAV and raw PCM can be "
            "followed while they grow. For raw PCM say its rate; a file that is complete can be "
            "given to capture, or to sottovoce analyse."
        )
    place, pcm = 12, None
    while len(content) >= place + 8:
        kind, size = (
            content[place : place + 4],
            int.from_bytes(content[place + 4 : place + 8], "little"),
        )
        if kind == b"data":
            if pcm is None:
                raise RecordingError(f"{name}: its header does not tell how samples are encoded")
            return pcm, place + 8, size
        body = content[place + 8 : place + 8 + size]
        if kind == b"fmt ":
            if len(body) < size:
                return None
            pcm = _format(body, name)
        place += 8 + size + size % 2
    if place > LONGEST_HEADER or len(content) > LONGEST_HEADER:
        raise RecordingError(f"{name}: no samples within the first {LONGEST_HEADER} bytes")
    return None


def _format(body: bytes, name: str) -> PCM:
    if len(body) < 16:
        raise RecordingError(f"{name}: its header is damaged")
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")
    encoding = {1: _INTEGERS.get(bits), 3: _FLOATS.get(bits), 6: "ALAW", 7: "ULAW"}.get(tag)
    if encoding is None:
        raise RecordingError(
            f"{name}: WAV files of kind {tag} with {bits} bits cannot be followed while they grow. "
            "Record integers of 8 to 32 bits, floats, or A-law or mu-law."
        )
    return PCM(rate, channels, encoding)
