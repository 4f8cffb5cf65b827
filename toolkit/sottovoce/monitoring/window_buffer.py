"""WindowBuffer: sound that comes bit by bit, cut into the windows of the whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.audio.load import SHORTEST
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, slots=True)
class Cut:
    """A window as it was cut.

    Parameters
    ----------
    number
        Its place among all windows, skipped ones too.
    start
        Where it begins, in samples.
    samples
        Shape (n,).
    broken
        Why it cannot be used, empty if it can.
    is_whole
        Whether it is all the sound there is, since that is shorter than a window.
    """

    number: int
    start: int
    samples: NDArray[np.float32]
    broken: str = ""
    is_whole: bool = False

    @property
    def stop(self) -> int:
        """Where it ends, in samples."""
        return self.start + len(self.samples)


class WindowBuffer:
    """Cuts a stream into the windows that :func:`sottovoce.audio.windows` cuts a recording into.

    It keeps the windows that were not taken yet, and one before them, no more.

    Parameters
    ----------
    rate
        Of the samples, in Hz.
    seconds
        The length of a window, at least 0.1 s.
    hop
        Seconds from the start of one window to the next, at most the length.

    Raises
    ------
    RecordingError
        If the length or the hop make no sense.

    Examples
    --------
    >>> buffer = WindowBuffer(10, seconds=2, hop=1)
    >>> buffer.append(np.arange(35, dtype=np.float32))
    >>> [buffer.take().start for _ in range(buffer.n_ready)], buffer.take_last().start
    ([0, 10], 15)
    """

    def __init__(self, rate: int, *, seconds: float, hop: float) -> None:
        if not (math.isfinite(seconds) and seconds >= SHORTEST):
            raise RecordingError(f"seconds={seconds!r} must be at least {SHORTEST}")
        if not 0.01 <= hop <= seconds:
            raise RecordingError(
                f"hop={hop!r} must be from 0.01 to the window's {seconds!r} s, or some of the "
                "sound would be left out"
            )
        self.rate = rate
        self.length = round(seconds * rate)
        self.number = 0
        self.total = 0
        self._hop = hop * rate
        self._samples = np.zeros(0, dtype=np.float32)
        self._kept_from = 0
        self._taken_from = -1
        self._broken: list[tuple[int, int, str]] = []

    @property
    def next_start(self) -> int:
        """Where the next window begins, in samples."""
        # Multiples are rounded one by one: a hop of a fraction of a sample must not drift.
        return round(self.number * self._hop)

    @property
    def n_ready(self) -> int:
        """How many windows can be taken."""
        last = self.total - self.length
        if last < self.next_start:
            return 0
        most = int(last / self._hop) + 1
        while round(most * self._hop) <= last:
            most += 1
        while round((most - 1) * self._hop) > last:
            most -= 1
        return most - self.number

    @property
    def n_kept(self) -> int:
        """How many samples are in memory."""
        return len(self._samples)

    @property
    def waiting(self) -> float:
        """Seconds of sound that no window has taken yet."""
        return max(self.total - self.next_start, 0) / self.rate

    def append(self, samples: NDArray[np.float32]) -> None:
        """Add sound at the end."""
        self._samples = np.concatenate([self._samples, samples])
        self.total += len(samples)

    def mark(self, start: int, stop: int, why: str) -> None:
        """Say that the samples from `start` to `stop`, of the whole stream, are not the sound."""
        self._broken.append((start, stop, why))

    def take(self) -> Cut:
        """Return the next window, which must be ready."""
        start = self.next_start
        cut = self._cut(start, start + self.length)
        self.number += 1
        self._taken_from = start
        self._forget(start)
        return cut

    def skip(self) -> int:
        """Pass over all windows that are ready but the last one, and return how many these are."""
        skipped = max(self.n_ready - 1, 0)
        self.number += skipped
        if skipped:
            self._forget(self.next_start)
        return skipped

    def take_last(self) -> Cut | None:
        """Return the window that ends where the sound does, if none that was taken does."""
        last = self.total - self.length
        if not self.total or (self.number and last <= self._taken_from):
            return None
        if last < 0:
            return self._cut(0, self.total, is_whole=True)
        return self._cut(max(last, self._kept_from), self.total)

    def _cut(self, start: int, stop: int, *, is_whole: bool = False) -> Cut:
        samples = self._samples[start - self._kept_from : stop - self._kept_from]
        why = next((why for a, b, why in self._broken if a < stop and b > start), "")
        return Cut(self.number, start, samples.copy(), why, is_whole)

    def _forget(self, before: int) -> None:
        self._samples = self._samples[max(before - self._kept_from, 0) :].copy()
        self._kept_from = max(before, self._kept_from)
        self._broken = [span for span in self._broken if span[1] > before]


def window_name(source: str, start: float, hop: float) -> str:
    """Return what a window is called: its source, and where it begins, in seconds.

    Examples
    --------
    >>> window_name("call", 12.0, 1.5)
    'call@12.0s'
    """
    decimals = 1
    while hop < 10**-decimals:
        decimals += 1
    return f"{source}@{start:.{decimals}f}s"


def joined(row: Sequence[Cut]) -> NDArray[np.float32]:
    """Return the sound of windows that overlap or touch, each moment once.

    Examples
    --------
    >>> samples = np.arange(6, dtype=np.float32)
    >>> joined([Cut(0, 0, samples[:4]), Cut(1, 2, samples[2:])])
    array([0., 1., 2., 3., 4., 5.], dtype=float32)
    """
    parts = [row[0].samples]
    parts += [cut.samples[before.stop - cut.start :] for before, cut in pairwise(row)]
    return np.concatenate(parts)
