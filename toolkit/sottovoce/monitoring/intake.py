"""Intake: chunks of sound, checked, mixed to mono and resampled in one stream."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.audio.decode import as_channels
from sottovoce.audio.recording import check_rate
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """What became of a chunk.

    Parameters
    ----------
    samples
        What is ready at the wanted rate, shape (n,).
    broken
        Why the chunk was refused; empty if it was not.
    span
        Where silence stands in its place, first and last, in samples of the wanted rate.
    """

    samples: NDArray[np.float32]
    broken: str = ""
    span: tuple[int, int] = (0, 0)


class Intake:
    """Brings the chunks of one stream to one rate.

    What comes out is, sample by sample, what the whole recording gives when it is resampled at
    once. Silence stands in the place of a chunk that is refused, so that what follows keeps its
    time.

    Parameters
    ----------
    rate
        The rate wanted, in Hz.

    Examples
    --------
    >>> intake = Intake(16000)
    >>> intake.take(np.full(8000, 0.1), 16000).samples.shape
    (8000,)
    >>> intake.take(np.full(8000, np.nan), 16000).broken
    'chunk at 0.5 s: 8000 of 8000 samples are NaN or infinite...'
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.own_rate: int | None = None
        self._n_taken = 0
        self._resampler: Any = None

    @property
    def seconds(self) -> float:
        """How much sound came in so far."""
        return self._n_taken / self.own_rate if self.own_rate else 0.0

    def take(self, samples: Any, rate: int) -> Piece:
        """Take a chunk.

        Parameters
        ----------
        samples
            Shape (n,), (n, channels) or (channels, n); floats with full scale at -1 and 1, or
            integers.
        rate
            In Hz; the first one is that of the stream.
        """
        name = f"chunk at {self.seconds:.1f} s"
        try:
            rate = check_rate(rate, name)
            own = self.own_rate or rate
            if rate != own:
                raise RecordingError(
                    f"{name}: its rate is {rate} Hz, and the stream began with {own} Hz. Give all "
                    "chunks at one rate."
                )
            self.own_rate = own
            channels = as_channels(samples, name)
            mono = np.asarray(channels.mean(axis=1), dtype=np.float32)
        except RecordingError as error:
            return self._lost(samples, rate, str(error))
        return Piece(self._resampled(mono))

    def end(self) -> Piece:
        """Return what the resampler still held back."""
        return Piece(self._resampled(np.zeros(0, dtype=np.float32), last=True))

    def _lost(self, samples: Any, rate: Any, why: str) -> Piece:
        shape = np.shape(samples)
        if self.own_rate is None or not shape:
            return Piece(np.zeros(0, dtype=np.float32), why)
        valid = isinstance(rate, int) and rate > 0
        n = round(max(shape) * self.own_rate / (rate if valid else self.own_rate))
        ratio = self.rate / self.own_rate
        span = math.floor(self._n_taken * ratio), math.ceil((self._n_taken + n) * ratio)
        return Piece(self._resampled(np.zeros(n, dtype=np.float32)), why, span)

    def _resampled(self, mono: NDArray[np.float32], *, last: bool = False) -> NDArray[np.float32]:
        self._n_taken += len(mono)
        if self.own_rate in (None, self.rate):
            return mono
        if self._resampler is None:
            import soxr

            self._resampler = soxr.ResampleStream(
                self.own_rate, self.rate, 1, dtype="float32", quality="HQ"
            )
        return np.asarray(self._resampler.resample_chunk(mono, last=last), dtype=np.float32)


def in_pieces(samples: Any, rate: Any, seconds: float) -> Iterator[Any]:
    """Yield samples in pieces of so many seconds, so that few windows are ever waiting."""
    shape = np.shape(samples)
    valid = isinstance(rate, int | float | np.integer) and rate > 0
    step = max(round(seconds * rate), 1) if valid else 0
    if not valid or not shape or max(shape) <= step:
        yield samples
        return
    array = np.asarray(samples)
    if array.ndim == 2 and array.shape[0] < array.shape[1]:
        array = array.T  # the longer side is time, which a short piece would not tell
    n_channels = array.shape[1] if array.ndim == 2 else 1
    bounds = [*range(0, max(len(array) - n_channels, 1), step), len(array)]
    yield from (array[start:stop] for start, stop in pairwise(bounds))
