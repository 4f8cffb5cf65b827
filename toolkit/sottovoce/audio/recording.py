"""The recording: mono samples, their rate, and where they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWEST_RATE = 1_000
HIGHEST_RATE = 768_000


@dataclass(frozen=True, eq=False, repr=False)
class Recording:
    """Mono audio with a name.

    :func:`load_recording` makes one from a file or an array and checks it on the way.

    Parameters
    ----------
    samples
        The sound pressure, shape (n,), float32, full scale at -1 and 1.
    rate
        Samples a second, in Hz.
    id
        The name under which it appears in a run.
    path
        The file it was read from, if any.
    content_hash
        SHA-256 of the file's bytes, as hexadecimal digits. Left empty, it is taken over the
        samples and the rate.
    notes
        What a reader of the results should know, for example that channels were mixed down.
    part_of
        The id of the recording that this is a window of; empty if it is none.
    start
        Where the window begins in that recording, in seconds.

    Raises
    ------
    RecordingError
        If the samples are not one-dimensional float32, or the rate is no rate.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce.audio import Recording
    >>> tone = np.sin(np.arange(8000) * 0.1).astype("float32")
    >>> recording = Recording(tone, 16000, id="tone")
    >>> recording
    Recording('tone', 0.50 s at 16000 Hz)
    >>> recording.duration
    0.5
    """

    samples: NDArray[np.float32]
    rate: int
    id: str
    path: str | None = None
    content_hash: str = ""
    notes: tuple[str, ...] = ()
    part_of: str = ""
    start: float = 0.0

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if samples.ndim != 1 or samples.dtype != np.float32:
            raise RecordingError(
                f"{self.id}: samples of shape {samples.shape} and type {samples.dtype} must be "
                "one-dimensional float32. load_recording((samples, rate)) accepts other shapes "
                "and types."
            )
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "rate", check_rate(self.rate, self.id))
        object.__setattr__(self, "notes", tuple(self.notes))
        if not self.content_hash:
            object.__setattr__(self, "content_hash", hash_samples(samples, self.rate))

    @property
    def duration(self) -> float:
        """The length in seconds."""
        return len(self.samples) / self.rate

    def resampled(self, rate: int) -> Recording:
        """Return the same recording at another rate.

        Parameters
        ----------
        rate
            The rate wanted, in Hz.

        Returns
        -------
        Recording
            Resampled by soxr at its high quality; the same object where nothing had to change.
            The content hash stays, since it tells which sound this is and not how it is stored.

        Raises
        ------
        RecordingError
            If the rate is no rate.

        Examples
        --------
        >>> import numpy as np
        >>> tone = np.sin(np.arange(8000) * 0.1).astype("float32")
        >>> Recording(tone, 16000, id="tone").resampled(8000)
        Recording('tone', 0.50 s at 8000 Hz)
        """
        rate = check_rate(rate, self.id)
        if rate == self.rate:
            return self
        import soxr

        samples = soxr.resample(self.samples, self.rate, rate, quality="HQ")
        return replace(self, samples=samples, rate=rate)

    def __repr__(self) -> str:
        told = "".join(f"; {note}" for note in self.notes)
        return f"Recording({self.id!r}, {self.duration:.2f} s at {self.rate} Hz{told})"


def check_rate(rate: Any, name: str) -> int:
    """Return `rate` as a whole number of Hz.

    Raises
    ------
    RecordingError
        If it is not a whole number between 1,000 and 768,000 Hz.

    Examples
    --------
    >>> check_rate(44100.0, "a.wav")
    44100
    """
    try:
        whole = int(rate)
        valid = whole == rate and LOWEST_RATE <= whole <= HIGHEST_RATE
    except (TypeError, ValueError, OverflowError):
        valid = False
    if not valid:
        raise RecordingError(
            f"{name}: rate={rate!r} must be a whole number of samples a second, from "
            f"{LOWEST_RATE} to {HIGHEST_RATE} Hz; most speech models hear 16000"
        )
    return whole


def hash_samples(samples: NDArray[np.float32], rate: int) -> str:
    """Return the SHA-256 of samples, their shape and their rate, as hexadecimal digits.

    Examples
    --------
    >>> import numpy as np
    >>> hash_samples(np.zeros(4, dtype="float32"), 16000)[:8]
    '...'
    """
    digest = hashlib.sha256(f"{samples.shape} {rate} ".encode())
    digest.update(np.ascontiguousarray(samples, dtype="<f4").tobytes())
    return digest.hexdigest()
