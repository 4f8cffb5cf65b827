"""The demo's pictures, as PNG files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sottovoce import plots

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from matplotlib.axes import Axes

    from sottovoce.reports.telling import Telling

DPI = 160
BARS_SIZE = (5.4, 4.4)  # inches: three of them stand beside each other on the page


@dataclass(frozen=True)
class Picture:
    """A picture, and the same in words.

    Parameters
    ----------
    name
        Of its file, without suffix.
    png
        Its bytes.
    description
        What it shows, for those who cannot see it.
    """

    name: str
    png: bytes
    description: str


def trajectory_picture(run: xr.Dataset, telling: Telling) -> Picture:
    """Draw what the model weighed at every step of one answer."""
    which = (telling.row.utterance, telling.row.prompt)
    return Picture(
        "trajectory",
        as_png(plots.trajectories(run, *which)),
        plots.describe_trajectories(run, *which),
    )


def bars_picture(sources: Mapping[str, Any], telling: Telling) -> Picture:
    """Draw token level, text level and listeners side by side."""
    which = (telling.row.utterance, telling.row.prompt)
    return Picture(
        f"distributions_{telling.role}",
        as_png(plots.distribution_bars(sources, *which, ax=_axes(*BARS_SIZE))),
        plots.describe_distribution_bars(sources, *which),
    )


def _axes(width: float, height: float) -> Axes:
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained", facecolor="white")[1]


def as_png(ax: Axes) -> bytes:
    """Return the figure of a plot as a PNG file, and let the figure go."""
    from matplotlib import pyplot as plt

    figure: Any = ax.get_figure()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    plt.close(figure)
    return buffer.getvalue()
