"""Deletion and insertion against random orders: the panel beside every map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.shares import amount
from sottovoce.plots.style import FAINT_INK, INK, bare_axes
from sottovoce.plots.text import font

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

BELIEVED = 0.05
_STYLES = {"deletion": "-", "insertion": "--"}


def draw_trust(ax: Axes, found: xr.Dataset, color: str) -> None:
    """Draw both curves, the range of random orders in grey, and below what they amount to."""
    bare_axes(ax, grid="y")
    fraction = found["fraction"].values
    for name, style in _STYLES.items():
        random = found[f"random_{name}"].transpose("order", "fraction").values
        ax.fill_between(
            fraction,
            random.min(axis=0),
            random.max(axis=0),
            color=FAINT_INK,
            alpha=0.18,
            linewidth=0,
        )
        ax.plot(fraction, found[name].values, style, color=color, linewidth=1.8, label=name)
    ax.set_ylim(0, 1)
    ax.set_xlim(0, 1)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_xticks([0, 0.5, 1])
    ax.tick_params(labelsize=8, labelcolor=FAINT_INK)
    ax.set_xlabel(
        "of the map covered (–) or uncovered (- -)\n" + _told(found).replace("; ", "\n"),
        fontsize=8,
        color=INK,
        **font(),
    )
    ax.set_title("does it hold?", loc="left", fontsize=9.5, color=FAINT_INK, pad=5, **font())


def tell_trust(found: xr.Dataset) -> str:
    """Return what the checks found, in a sentence without its full stop."""
    beaten = [name for name in _STYLES if found.attrs[f"{name}_p"] <= BELIEVED]
    verdict = (
        f"Better than random orders by {' and '.join(beaten)}"
        if beaten
        else "No better than random orders"
    )
    return f"{verdict}: {_told(found)}"


def _told(found: xr.Dataset) -> str:
    parts = [
        f"{name} {amount(found.attrs[f'{name}_gain'])} better than random "
        f"(p {found.attrs[f'{name}_p']:.2f})"
        for name in _STYLES
    ]
    known = found["shuffled_correlation"].values
    known = known[~np.isnan(known)]
    mean = float(known.mean()) if known.size else float("nan")
    return "; ".join([*parts, f"rank correlation with a shuffled model {amount(mean)}"])
