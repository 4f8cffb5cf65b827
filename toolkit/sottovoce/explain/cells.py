"""The cells of a recording, stretches of time by bands of frequency, and how they are covered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.audio.covering import Cover
from sottovoce.errors import ExplanationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sottovoce.audio import Recording
    from sottovoce.audio.covering import Fill

BANDS = (0.0, 300.0, 700.0, 1500.0, 3000.0, 5500.0)
"""Where bands meet unless it is said otherwise, in Hz: pitch, first formant, second, and above."""
MOST_CELLS = 2000


@dataclass(frozen=True)
class Cells:
    """A recording in cells.

    Parameters
    ----------
    recording
        At the model's rate.
    starts, ends
        Of the windows, in seconds; they may overlap.
    edges
        Where the bands meet, in Hz.
    fill, seed
        What takes the place of a covered cell.
    """

    recording: Recording
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    edges: tuple[float, ...]
    fill: Fill
    seed: int

    @cached_property
    def cover(self) -> Cover:
        """What covers."""
        return Cover(
            self.recording.samples,
            self.recording.rate,
            edges=self.edges,
            fill=self.fill,
            seed=self.seed,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """How many windows and how many bands there are."""
        return len(self.starts), len(self.edges) - 1

    @property
    def count(self) -> int:
        """How many cells there are."""
        return self.shape[0] * self.shape[1]

    def weights(self, cells: Iterable[int]) -> NDArray[np.float32]:
        """Return the cover of some cells, numbered window by window, shape (band, sample)."""
        cover = np.zeros((self.shape[1], len(self.recording.samples)), dtype=np.float32)
        for cell in cells:
            window, band = divmod(int(cell), self.shape[1])
            cover = np.maximum(
                cover, self.cover.weights(self.starts[window], self.ends[window], band)
            )
        return cover

    def without(self, cells: Iterable[int]) -> NDArray[np.float32]:
        """Return the recording with some cells covered."""
        return self.cover(self.weights(cells))

    def only(self, cells: Iterable[int]) -> NDArray[np.float32]:
        """Return the recording with everything covered but some cells."""
        return self.cover(1 - self.weights(cells))

    def coordinates(self) -> dict[str, tuple[str, NDArray[np.float64]]]:
        """Return the coordinates of a map, by its dimensions second and band."""
        edges = np.asarray(self.edges)
        return {
            "second": ("second", (self.starts + self.ends) / 2),
            "start": ("second", self.starts),
            "end": ("second", self.ends),
            "band": ("band", (edges[:-1] + edges[1:]) / 2),
            "low": ("band", edges[:-1]),
            "high": ("band", edges[1:]),
        }


def make_cells(
    recording: Recording,
    seconds: float | None,
    hop: float | None,
    bands: Sequence[float] | bool,
    fill: Fill,
    seed: int,
) -> Cells:
    """Return a recording in cells.

    Parameters
    ----------
    recording
        At the model's rate.
    seconds
        The length of a window; None for a single one that is the whole recording.
    hop
        From the start of a window to the next; by default half of `seconds`.
    bands
        Where bands meet, in Hz; True for `BANDS`, False for a single band.
    fill, seed
        See :class:`~sottovoce.audio.covering.Cover`.

    Raises
    ------
    ExplanationError
        If the cells make no sense, or are more than 2000.
    """
    duration = recording.duration
    starts, ends = np.zeros(1), np.array([duration])
    if seconds is not None:
        hop = seconds / 2 if hop is None else hop
        if not (math.isfinite(seconds) and 0.02 <= seconds <= duration) or not 0 < hop <= seconds:
            raise ExplanationError(
                f"seconds={seconds!r} and hop={hop!r}: a window must last from 0.02 s to the "
                f"{duration:.2f} s of {recording.id}, and the hop be above 0 and at most a window"
            )
        count = max(1, math.ceil((duration - seconds) / hop - 1e-9) + 1)
        starts = np.minimum(np.arange(count) * hop, duration - seconds)
        ends = starts + seconds
    cells = Cells(recording, starts, ends, _edges(recording, bands), fill, seed)
    if cells.count > MOST_CELLS:
        raise ExplanationError(
            f"{cells.count} cells are more than {MOST_CELLS}: take longer windows, a longer hop or "
            "fewer bands"
        )
    return cells


def _edges(recording: Recording, bands: Sequence[float] | bool) -> tuple[float, ...]:
    highest = recording.rate / 2
    if bands is True:
        return (*(edge for edge in BANDS if edge < highest), highest)
    if bands is False:
        return (0.0, highest)
    edges = tuple(float(edge) for edge in bands)
    rising = all(low < high for low, high in pairwise(edges))
    if len(edges) < 2 or not rising or edges[0] < 0 or edges[-1] > highest:
        raise ExplanationError(
            f"bands={bands!r} must be ascending frequencies from 0 to {highest:g} Hz, half the "
            "model's rate, or True for the usual ones"
        )
    return edges
