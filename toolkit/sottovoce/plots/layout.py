"""Where labels go: along the steps, and at the ends of lines without overlapping."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.style import FAINT_INK, INK, text_color
from sottovoce.plots.text import font, set_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

POINTS_PER_INCH = 72
SMALLEST_LEVEL_TEXT = 8
CHARACTER_WIDTH = 0.66  # of the font size, a little above that of DejaVu Sans


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure, in inches, that makes room for its labels by itself."""
    from matplotlib import pyplot as plt

    _, ax = plt.subplots(figsize=(width, height), layout="constrained", facecolor="white")
    return ax


def figure_of(ax: Axes) -> Figure | SubFigure:
    """Return the figure that axes lie in."""
    figure = ax.get_figure()
    if figure is None:
        raise ValueError("these axes belong to no figure: make them with plt.subplots()")
    return figure


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return the width and height of the axes, in points."""
    box = ax.get_window_extent()
    scale = POINTS_PER_INCH / figure_of(ax).dpi
    return box.width * scale, box.height * scale


def width_in_characters(text: str) -> int:
    """Return how wide a text is, East Asian characters counting twice.

    Examples
    --------
    >>> width_in_characters("sad"), width_in_characters("悲しみ")
    (3, 6)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def label_steps(ax: Axes, labels: Sequence[str], colors: Sequence[str | None]) -> None:
    """Write a token under each step 0, 1, 2 ..., upright where there is no room beside.

    Parameters
    ----------
    ax
        The axes.
    labels
        The tokens, fit to draw.
    colors
        A colour for those that name a concept, which are printed bold, and None for the others.
    """
    slot = size_in_points(ax)[0] / len(labels)
    widths = [width_in_characters(label) + 1 for label in labels]
    widest_pair = max([(a + b) / 2 for a, b in pairwise(widths)], default=widths[0])
    level_size = slot / (widest_pair * CHARACTER_WIDTH)
    level = level_size >= SMALLEST_LEVEL_TEXT
    size = float(np.clip(level_size if level else 0.85 * slot, 6, 11))
    ax.set_xticks(range(len(labels)), list(labels), rotation=0 if level else 90, fontsize=size)
    for label, color in zip(ax.get_xticklabels(), colors, strict=True):
        if color:
            label.set(color=text_color(color), fontweight="bold")
    set_font(*ax.get_xticklabels())
    ax.set_xlim(-0.5, len(labels) - 0.5)
    ax.set_xlabel("emitted tokens", color=FAINT_INK, **font())


def set_titles(ax: Axes, title: str, subtitle: str = "", *, pad: float = 26) -> None:
    """Write what the picture is about, and below it in grey what more there is to say."""
    ax.set_title(title, loc="left", pad=pad, fontsize=14, fontweight="bold", color=INK, **font())
    ax.annotate(
        subtitle,
        (0, 1),
        (0, 8),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=11,
        color=FAINT_INK,
        annotation_clip=False,
        **font(),
    )


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed so that neighbours are `gap` apart, within the bounds.

    Parameters
    ----------
    positions
        Where each would like to be.
    gap
        The smallest distance; made smaller where the bounds leave no room for it.
    low, high
        The bounds.

    Returns
    -------
    list of float
        In the order given.

    Examples
    --------
    >>> spread([0.5, 0.5, 0.9], gap=0.2, low=0, high=1)
    [0.4, 0.6, 0.9]
    """
    count = len(positions)
    if count > 1:
        gap = min(gap, (high - low) / (count - 1))
    order = np.argsort(positions, kind="stable")
    steps = gap * np.arange(count)
    # With the gaps taken out, "apart" means "not descending": the nearest such sequence is the
    # isotonic regression, by pooling neighbours that are in the wrong order.
    pools: list[list[float]] = []
    for wish in np.asarray(positions, dtype=float)[order] - steps:
        pools.append([wish])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    flat = np.concatenate([np.full(len(pool), np.mean(pool)) for pool in pools])
    placed = np.empty(count)
    placed[order] = np.clip(flat, low, high - gap * (count - 1)) + steps
    return [float(round(value, 9)) for value in placed]
