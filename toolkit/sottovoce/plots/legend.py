"""A legend above the axes, in as few rows as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.layout import CHARACTER_WIDTH, size_in_points, width_in_characters
from sottovoce.plots.style import INK
from sottovoce.plots.text import set_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LARGEST, SMALLEST = 10.0, 8.0
HANDLE = 4  # what stands before and behind a name, in characters
OVERHANG = 1.05  # how far the legend may reach, of the width of the axes


def legend_above(ax: Axes, handles: Sequence[Artist], *, handle_length: float = 1.6) -> float:
    """Write a legend between the axes and their titles.

    Parameters
    ----------
    ax
        The axes.
    handles
        What to explain; their labels are fit to draw.
    handle_length
        Of the font size.

    Returns
    -------
    float
        The height of the legend in points: of one row, if it fits at a size that can be read.
    """
    entries = [width_in_characters(str(handle.get_label())) + HANDLE for handle in handles]
    room = OVERHANG * size_in_points(ax)[0] / CHARACTER_WIDTH
    size = float(np.clip(room / sum(entries), SMALLEST, LARGEST))
    n_rows = next(
        (rows for rows in range(1, len(entries)) if size * _legend_width(entries, rows) <= room),
        len(entries),
    )
    n_columns = -(-len(entries) // n_rows)
    legend = ax.legend(
        handles=list(handles),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=n_columns,
        frameon=False,
        borderaxespad=0.2,
        borderpad=0.2,
        handlelength=handle_length,
        handletextpad=0.5,
        columnspacing=1.3,
        fontsize=size,
        labelcolor=INK,
    )
    set_font(*legend.get_texts())
    return 1.5 * size * n_rows


def _legend_width(entries: list[int], n_rows: int) -> int:
    """Return the width of a legend of so many rows, filled column by column."""
    return sum(max(entries[i : i + n_rows]) for i in range(0, len(entries), n_rows))
