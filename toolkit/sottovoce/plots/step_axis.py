"""The emitted tokens along the axis of steps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    fitting_size,
    size_in_points,
    width_in_characters,
)
from sottovoce.plots.style import FAINT_INK, text_color
from sottovoce.plots.text import font, set_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

LARGEST, SMALLEST = 10.5, 8.0
SMALLEST_ALL_BESIDE = 9.5
SMALLEST_UPRIGHT = 5.0
TICK_PAD = 5.0
NAME = "emitted tokens"
LARGEST_NAME, SMALLEST_NAME = 10.0, 7.0
ROW = 1.35  # of the font size


def label_steps(
    ax: Axes,
    labels: Sequence[str],
    colors: Sequence[str | None],
    *,
    note: str = "",
) -> None:
    """Write a token under each step 0, 1, 2 ..., in one row or in two.

    Where there is no room in two rows either, the long ones stand upright.

    Parameters
    ----------
    ax
        The axes.
    labels
        The tokens, fit to draw.
    colors
        A colour for those that name a concept, which are printed bold, and None for the others.
    note
        What to add to the axis's name, below it if there is no room beside.
    """
    width, height = size_in_points(ax)
    slot = width / len(labels)
    rows, size = _rows(labels, slot)
    ax.set_xticks(range(len(labels)), list(labels), fontsize=size)
    ax.tick_params(axis="x", pad=TICK_PAD)
    for row, label, color in zip(
        rows or [0] * len(labels), ax.get_xticklabels(), colors, strict=True
    ):
        label.set_y(-row * ROW * size / height)
        label.set_rotation(90 if rows is None and _width(label.get_text()) * size > slot else 0)
        if color:
            label.set(color=text_color(color), fontweight="bold")
    set_font(*ax.get_xticklabels())
    ax.set_xlim(-0.5, len(labels) - 0.5)
    name = f"{NAME} ({note})" if note else NAME
    if width_in_characters(name) * CHARACTER_WIDTH * LARGEST_NAME > 1.2 * width:
        name = f"{NAME}\n{note}" if note else NAME
    fitted = fitting_size(max(name.splitlines(), key=len), 1.2 * width, LARGEST_NAME, SMALLEST_NAME)
    ax.set_xlabel(name, fontsize=fitted, color=FAINT_INK, **font())


def _rows(labels: Sequence[str], slot: float) -> tuple[list[int] | None, float]:
    """Return each label's row and the font size; no rows if the long ones must stand upright."""
    widths = np.array([_width(label) for label in labels])
    size = min(LARGEST, slot / _widest_pair(range(len(labels)), widths))
    if size >= SMALLEST_ALL_BESIDE:
        return [0] * len(labels), float(size)
    for size in np.arange(LARGEST, SMALLEST - 0.5, -0.5):
        below = [i for i, width in enumerate(widths) if width * size > slot]
        beside = [i for i in range(len(labels)) if i not in below]
        if all(_widest_pair(row, widths) * size <= slot for row in (below, beside)):
            return [int(i in below) for i in range(len(labels))], float(size)
    return None, float(np.clip(0.85 * slot, SMALLEST_UPRIGHT, LARGEST))


def _width(label: str) -> float:
    """Return how wide a token and the gap to the next are, of the font size."""
    return (width_in_characters(label) + 0.8) * CHARACTER_WIDTH


def _widest_pair(steps: Sequence[int], widths: np.ndarray) -> float:
    """Return the widest half-and-half of neighbours in a row, for each step between them."""
    pairs = [(widths[a] + widths[b]) / 2 / (b - a) for a, b in pairwise(steps)]
    return float(max(pairs, default=widths[0] if len(widths) == 1 else 1e-9))
