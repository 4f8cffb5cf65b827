"""The key of a plot, right of its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    figure_of,
    size_in_points,
    width_in_characters,
)
from sottovoce.plots.style import FAINT_INK, text_color
from sottovoce.plots.text import drawable, font, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

LARGEST, SMALLEST = 10.5, 8.0
WIDE = 300  # axes with room for the largest size, in points
PITCH = 1.5  # of the font size
AWAY = 12.0  # from the axes, in points


def draw_key(ax: Axes, heading: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Write a heading, and below it a dot, a name and a value a row, from the top of the axes.

    Parameters
    ----------
    ax
        The axes; the key stands right of them.
    heading
        What the values are.
    rows
        Name, colour and value of each; the last are left out where they would not fit, and counted.
    """
    width, height = size_in_points(ax)
    size = min(max(LARGEST * width / WIDE, SMALLEST), LARGEST)
    room = max(int(height / (PITCH * size)) - 1, 2)
    shown = list(rows) if len(rows) <= room else list(rows[: room - 1])
    names = [drawable(shortened(name, 18)) for name, _, _ in shown]
    values = [value for _, _, value in shown]
    value_end = (
        AWAY
        + 12
        + (max(map(width_in_characters, names)) + 1.2 + max(map(len, values)))
        * CHARACTER_WIDTH
        * size
    )
    _write(ax, heading, AWAY - 4, 0, size=0.86 * size, color=FAINT_INK)
    for i, (name, (_, color, value)) in enumerate(zip(names, shown, strict=True), start=1):
        down = -i * PITCH * size - 2
        _dot(ax, color, AWAY, down)
        _write(ax, name, AWAY + 9, down, size=size, color=text_color(color), weight="bold")
        _write(ax, value, value_end, down, size=size, color=text_color(color), ha="right")
    if len(shown) < len(rows):
        down = -(len(shown) + 1) * PITCH * size - 2
        more = f"and {len(rows) - len(shown)} more"
        _write(ax, more, AWAY + 9, down, size=0.86 * size, color=FAINT_INK)


def _write(
    ax: Axes,
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    color: str,
    weight: str = "normal",
    ha: str = "left",
) -> None:
    ax.annotate(
        text,
        (1, 1),
        (x, y - 5),
        xycoords="axes fraction",
        textcoords="offset points",
        ha=ha,
        va="center_baseline",
        fontsize=size,
        fontweight=weight,
        color=color,
        annotation_clip=False,
        **font(),
    )


def _dot(ax: Axes, color: str, x: float, y: float) -> None:
    from matplotlib.transforms import offset_copy

    place = offset_copy(ax.transAxes, figure_of(ax).figure, x, y - 5, units="points")
    ax.plot(
        [1],
        [1],
        marker="o",
        markersize=6,
        color=color,
        transform=place,
        clip_on=False,
        label="_key",
    )
