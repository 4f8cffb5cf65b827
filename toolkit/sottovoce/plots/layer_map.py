"""What stands in each layer, over the seconds of the sound, the question and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.layer_columns import select_columns
from sottovoce.plots.layout import figure_of, new_axes, set_titles, settle
from sottovoce.plots.shares import amount
from sottovoce.plots.style import FAINT_INK, INK, concept_colors
from sottovoce.plots.text import drawable, font, shortened

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap


def layer_map(found: xr.Dataset, *, emotion: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw layers by positions: what a lens reads there, or what patching carries over from there.

    Columns are the seconds of the sound, then the question and the last position, at which the
    model speaks. Of a lens the question's column is a mean over its tokens; of patching it is
    patched as a whole, as is the sound in a column of its own.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.layer_lens` or :func:`sottovoce.explain.patch_layers`.
    emotion
        Whose share; by default the one that wins, or is carried over.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ExplanationError
        If this is neither, or of patching another emotion is asked for.
    ReadoutError
        If there is no such emotion.

    See Also
    --------
    describe_layer_map : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_angry.flac"
    >>> ax = layer_map(sottovoce.explain.layer_lens(sottovoce.load_model(), clip))
    >>> ax.get_ylabel()
    'layer'
    """
    columns = select_columns(found, emotion)
    n_layers, n_columns = columns.values.shape
    if ax is None:
        ax = new_axes(float(np.clip(0.24 * n_columns + 2.6, 5.5, 13)), min(0.3 * n_layers + 1.9, 9))
    color = concept_colors(found["emotion"].values.tolist())[columns.emotion]
    most = float(np.nanmax(np.abs(columns.values))) if columns.signed else 1.0
    image = ax.imshow(
        columns.values,
        aspect="auto",
        interpolation="nearest",
        origin="lower",
        cmap="RdBu" if columns.signed else _towards(color),
        vmin=-max(most, 1.0) if columns.signed else 0.0,
        vmax=max(most, 1.0),
    )
    for place in columns.breaks:
        ax.axvline(place - 0.5, color="white", linewidth=4)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.tick_params(length=0, colors=INK)
    labels = [drawable(label) for label in columns.labels]
    ax.set_xticks(range(n_columns), labels, fontsize=8.5)
    for place, label in enumerate(ax.get_xticklabels()):
        if place >= columns.breaks[0]:
            label.set(rotation=30, ha="right", rotation_mode="anchor", fontweight="bold")
    every = max(1, round(n_layers / 12))
    ax.set_yticks(range(0, n_layers, every), found["layer"].values[::every], fontsize=9)
    ax.set_ylabel("layer", fontsize=10, color=FAINT_INK, **font())
    ax.set_xlabel("seconds of the sound", fontsize=10, color=FAINT_INK, **font())
    bar = figure_of(ax).colorbar(image, ax=ax, shrink=0.9, aspect=20, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=9, labelcolor=INK)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}".replace("-", "−"))
    title = drawable(f"{shortened(found.attrs['utterance'], 50)}  ·  {columns.emotion}")
    for _ in range(2):  # the second time, how much room there is is known
        set_titles(ax, title, drawable(f"{columns.meaning}, by {found.attrs['method']}"))
        settle(ax)
    return ax


def describe_layer_map(found: xr.Dataset, *, emotion: str | None = None) -> str:
    """Say in a sentence or two what `layer_map` draws, to stand in for the picture.

    Parameters
    ----------
    found, emotion
        As for `layer_map`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    columns = select_columns(found, emotion)
    told = "; ".join(
        f"{name} {amount(float(row[0]))} in the first layer, {amount(float(row[1]))} in the last"
        for name, row in (
            (columns.labels[place], columns.values[[0, -1], place])
            for place in range(columns.breaks[0], len(columns.labels))
        )
    )
    return (
        f"Heat map of {len(columns.values)} layers by {len(columns.labels)} positions: "
        f"{columns.meaning}, {found.attrs['utterance']}. {told}."
    )


def _towards(color: str) -> Colormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("towards", ["#F5F5F5", color])
