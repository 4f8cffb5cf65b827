"""The legend of the distribution bars: which tint is which source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.plots.legend import legend_above
from sottovoce.plots.style import FAINT_INK, lighten
from sottovoce.plots.text import drawable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

EDGE = 1.2
HATCH = "////"


def draw_legend(ax: Axes, labels: Mapping[str, str], tints: Mapping[str, float]) -> float:
    """Explain the tints in grey, since the colours already mean emotions.

    Returns
    -------
    float
        The height of the legend in points.
    """
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=lighten(FAINT_INK, tints[source]),
            edgecolor=FAINT_INK,
            linewidth=EDGE,
            hatch=HATCH if tints[source] == 1 else None,
            label=drawable(label),
        )
        for source, label in labels.items()
    ]
    return legend_above(ax, handles)
