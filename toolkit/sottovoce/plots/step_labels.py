"""Names and probabilities beside the markers of a step, where nothing else stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sottovoce.plots.layout import CHARACTER_WIDTH, spread, width_in_characters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = 1.2  # between the middles of two lines of text, of the font size
AWAY = 10.0  # from a marker's middle to its text, in points


@dataclass(frozen=True)
class Mark:
    """An emotion's marker: its place in points and in data, how far aside it is, and its text."""

    x: float
    y: float
    data: tuple[float, float]
    aside: float
    name: str
    percent: str
    color: str

    @property
    def full(self) -> str:
        """Its name and its probability."""
        return f"{self.name} {self.percent}"


@dataclass(frozen=True)
class Label:
    """A text that starts right (> 0) or left (< 0) of a marker, or lies above it."""

    mark: Mark
    text: str
    start: float
    x: float
    y: float
    width: float
    height: float

    @property
    def offset(self) -> tuple[float, float]:
        """From the marker to where the text is aligned, in points."""
        return self.start, self.y - self.mark.y

    @property
    def alignment(self) -> Literal["left", "center", "right"]:
        """Which of its ends stands there."""
        return "left" if self.start > 0 else "right" if self.start else "center"

    def meets(self, other: Label) -> bool:
        """Whether two labels overlap."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )

    def covers(self, mark: Mark, radius: float) -> bool:
        """Whether a marker lies in the label."""
        return (
            abs(self.x - mark.x - mark.aside) < self.width / 2 + radius
            and abs(self.y - mark.y) < self.height / 2 + radius
        )


def dodge(heights: Sequence[float], apart: float) -> list[float]:
    """Return how far to move each marker of a step aside, so that none lies on another.

    Parameters
    ----------
    heights
        Where the markers are, in points.
    apart
        The smallest distance of two markers, in points.

    Returns
    -------
    list of float
        In points, 0 for the highest of those that meet.

    Examples
    --------
    >>> dodge([90, 88, 20], apart=6.0)
    [0.0, 6.0, 0.0]
    """
    moved = [0.0] * len(heights)
    seen: list[int] = []
    for i in sorted(range(len(heights)), key=lambda i: -heights[i]):
        near = [moved[j] for j in seen if heights[j] - heights[i] < apart]
        sides = [0, *(side * k for k in range(1, len(heights)) for side in (1, -1))]
        moved[i] = next(side * apart for side in sides if side * apart not in near)
        seen.append(i)
    return moved


def place_labels(
    steps: Sequence[Sequence[Mark]],
    obstacles: Sequence[Mark],
    *,
    width: float,
    top: float,
    ceiling: float,
    size: float,
    radius: float,
) -> list[Label]:
    """Label the markers of as many steps as there is room for.

    Parameters
    ----------
    steps
        The markers to label of each step, the most important step first, its likeliest first.
    obstacles
        All markers, which no label may cover.
    width
        How far right the labels may reach, in points from the lower left corner.
    top, ceiling
        How high the middles of labels beside markers, and of those above one, may lie.
    size
        Of the font.
    radius
        Of the markers.

    Returns
    -------
    list of Label
        Of a step either all are there, right or left of the markers, or the likeliest alone.
    """
    placed: list[Label] = []
    for marks in steps:
        for labels in _candidates(marks, top, size):
            inside = all(
                label.width / 2 <= label.x <= width - label.width / 2 and label.y <= ceiling
                for label in labels
            )
            free = not any(label.meets(other) for label in labels for other in placed) and not any(
                label.covers(mark, radius) for label in labels for mark in obstacles
            )
            if inside and free:
                placed += labels
                break
    return placed


def _candidates(marks: Sequence[Mark], top: float, size: float) -> Iterator[list[Label]]:
    """Yield ways to label a step, the best first."""
    for count in range(len(marks), 0, -1):
        chosen = marks[:count]
        for full in (True, False):
            for side in (1, -1):
                yield _beside(chosen, side, top, size, full=full)
    yield [_above(marks[0], marks[0].percent, size)]


def _beside(
    marks: Sequence[Mark], side: int, top: float, size: float, *, full: bool
) -> list[Label]:
    away = AWAY + max(0.0, *(side * mark.aside for mark in marks), 0.0)
    heights = spread([mark.y for mark in marks], GAP * size, 0.6 * size, top)
    labels = []
    for mark, y in zip(marks, heights, strict=True):
        text = mark.full if full else mark.percent
        width = _width(text, size)
        x = mark.x + side * (away + width / 2)
        labels.append(Label(mark, text, side * away, x, y, width, size))
    return labels


def _above(mark: Mark, text: str, size: float) -> Label:
    return Label(mark, text, 0, mark.x, mark.y + AWAY + size / 2, _width(text, size), size)


def _width(text: str, size: float) -> float:
    return float(np.ceil(width_in_characters(text) * CHARACTER_WIDTH * size))
