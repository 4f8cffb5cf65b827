"""Sizes, titles, and places for labels that would overlap."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.style import FAINT_INK, INK
from sottovoce.plots.text import font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

SUBTITLE = "subtitle"
POINTS_PER_INCH = 72
LEAST_KEPT = 0.4  # of the size of axes that make room
CHARACTER_WIDTH = 0.66  # of the font size, a little above that of DejaVu Sans in running text


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


def settle(ax: Axes, *, beside: bool = False) -> None:
    """Make room for what stands around the axes, so that they have their final size.

    A figure with a layout engine does so by itself; in others the axes give up what would lie
    outside the figure, and with `beside` what is written right of them, where neighbours may be.
    """
    figure = figure_of(ax)
    engine = figure.get_layout_engine()
    root = figure.figure
    if root is not None and engine is not None:
        engine.execute(root)
        return
    all_of_it, whole = ax.get_tightbbox(), figure.bbox
    if all_of_it is None:
        return
    place, spec = ax.get_position(), ax.get_subplotspec()
    slot = spec.get_position(root) if spec and root else place
    end = slot.x1 * whole.width + whole.x0 if beside else whole.x1
    right = max(all_of_it.x1 - end, 0) / whole.width
    left = max(whole.x0 - all_of_it.x0, 0) / whole.width
    top = max(all_of_it.y1 - whole.y1, 0) / whole.height
    bottom = max(whole.y0 - all_of_it.y0, 0) / whole.height
    ax.set_position(
        (
            place.x0 + left,
            place.y0 + bottom,
            max(place.width - left - right, LEAST_KEPT * place.width),
            max(place.height - top - bottom, LEAST_KEPT * place.height),
        )
    )


def fitting_size(text: str, width: float, largest: float, smallest: float) -> float:
    """Return the font size, within bounds, at which a text is at most `width` points wide.

    Examples
    --------
    >>> fitting_size("sad", 200, 14, 8), fitting_size("a very long title" * 9, 200, 14, 8)
    (14.0, 8.0)
    """
    wanted = width / (max(width_in_characters(text), 1) * CHARACTER_WIDTH)
    return float(np.clip(wanted, smallest, largest))


def set_titles(
    ax: Axes, title: str, subtitle: str = "", *, pad: float = 24, subtitle_away: float = 7
) -> None:
    """Write what the picture is about, and below it in grey what more there is to say.

    Both stand so many points above the axes. Written again, they are fitted anew.
    """
    room = 1.1 * size_in_points(ax)[0]
    size = fitting_size(title, room, 13, 9)
    ax.set_title(
        _cut(title, room / size),
        loc="left",
        pad=pad,
        fontsize=size,
        fontweight="bold",
        color=INK,
        **font(),
    )
    for earlier in [text for text in ax.texts if text.get_gid() == SUBTITLE]:
        earlier.remove()
    if not subtitle:
        return
    size = fitting_size(subtitle, room, 10, 7)
    ax.annotate(
        _cut(subtitle, room / size),
        (0, 1),
        (0, subtitle_away),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=size,
        color=FAINT_INK,
        annotation_clip=False,
        gid=SUBTITLE,
        **font(),
    )


def _cut(text: str, ems: float) -> str:
    longest = max(int(ems / CHARACTER_WIDTH), 2)
    return text if len(text) <= longest else text[: longest - 1] + "…"


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
