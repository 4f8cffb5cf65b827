"""Square axes with the line of equality: the model along one side, the listeners the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.plots.layout import fitting_size, size_in_points
from sottovoce.plots.style import FAINT_INK, INK, bare_axes
from sottovoce.plots.text import font, set_font

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

MARGIN = 0.06  # of the axes, for the points on the limits and what is written there
LABEL_SIZE = 9.0
LARGEST, SMALLEST = 10.0, 6.0
LABEL_ROOM = 1.1  # of the side
SIDE = "side"


def square_axes(
    ax: Axes,
    most: float,
    ticks: Sequence[float],
    labels: Sequence[str],
    *,
    across: str,
    up: str,
    above: str,
    below: str,
) -> None:
    """Make axes square, from 0 to the same value, with a dashed line where both sides are equal.

    Parameters
    ----------
    ax
        The axes.
    most
        Where both axes end.
    ticks, labels
        Of both axes.
    across, up
        What stands along the axes.
    above, below
        What it means to lie above and below the line.
    """
    bare_axes(ax, grid="both")
    ax.set_aspect("equal")
    ax.set_xlim(-MARGIN * most, (1 + MARGIN) * most)
    ax.set_ylim(-MARGIN * most, (1 + MARGIN) * most)
    ax.set_xticks(ticks, labels)
    ax.set_yticks(ticks, labels)
    ax.tick_params(labelsize=LABEL_SIZE, labelcolor=FAINT_INK)
    set_font(*ax.get_xticklabels(), *ax.get_yticklabels())
    ax.set_xlabel(across, color=INK, **font())
    ax.set_ylabel(up, color=INK, **font())
    ax.plot([0, most], [0, most], color=FAINT_INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    for text, corner, away, ha, va in (
        (above, (0, 1), (6, -4), "left", "top"),
        (below, (1, 0), (-6, 5), "right", "bottom"),
    ):
        ax.annotate(
            text,
            corner,
            away,
            xycoords="axes fraction",
            textcoords="offset points",
            ha=ha,
            va=va,
            fontsize=LABEL_SIZE,
            color=FAINT_INK,
            gid=SIDE,
            **font(),
        )


def fit_labels(ax: Axes) -> None:
    """Write what stands along the axes as large as there is room."""
    side = LABEL_ROOM * min(size_in_points(ax))
    labels = (ax.xaxis.label, ax.yaxis.label)
    longest = max((label.get_text() for label in labels), key=len)
    for label in labels:
        label.set_fontsize(fitting_size(longest, side, LARGEST, SMALLEST))
    for text in ax.texts:
        if text.get_gid() == SIDE:
            text.set_fontsize(fitting_size(text.get_text(), 0.9 * side, LABEL_SIZE, SMALLEST))


def interval_over(result: xr.Dataset) -> str:
    """Return what an evaluation's intervals are over.

    Examples
    --------
    >>> import xarray as xr
    >>> attrs = {"confidence": 0.95, "n_resampled": 10, "resampled": "speaker"}
    >>> interval_over(xr.Dataset(attrs=attrs))
    '95% interval over 10 speakers'
    """
    attrs = result.attrs
    plural = "" if attrs["n_resampled"] == 1 else "s"
    return (
        f"{attrs['confidence']:.0%} interval over {attrs['n_resampled']:,} "
        f"{attrs['resampled']}{plural}"
    )
