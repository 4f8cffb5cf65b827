"""How the shares form from layer to layer, where the model speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.plots.layer_columns import select_columns
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.legend import legend_above
from sottovoce.plots.shares import names
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors
from sottovoce.plots.text import drawable, font, percent, shortened

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def layer_curves(found: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the shares that a lens reads in each layer at the last position.

    The dashed line is the layer from which on the winner leads.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.layer_lens`.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ExplanationError
        If this is no lens.

    See Also
    --------
    describe_layer_curves : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_angry.flac"
    >>> ax = layer_curves(sottovoce.explain.layer_lens(sottovoce.load_model(), clip))
    >>> ax.get_xlabel()
    'layer'
    """
    select_columns(found, None)
    if ax is None:
        ax = new_axes(6.4, 3.4)
    bare_axes(ax, grid="y")
    layer = found["layer"].values
    at_answer = found["share"].isel(position=-1)
    emotions = names(found["share"], "emotion")
    colors = concept_colors(emotions)
    lines = []
    for name in emotions:
        share = at_answer.sel(emotion=name).values
        lines += ax.plot(
            layer,
            share,
            "o-",
            color=colors[name],
            linewidth=1.8,
            markersize=4,
            label=drawable(name),
        )
    if "settles" in found.attrs:
        at = found.attrs["settles"]
        ax.axvline(at, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=0)
        ax.annotate(
            f"{found.attrs['target']} leads from here",
            (at, 1),
            (4, -2),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            va="top",
            fontsize=9,
            color=INK,
            **font(),
        )
    ax.set_ylim(0, 1.08)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    ax.set_xticks(layer[:: max(1, round(len(layer) / 12))])
    ax.tick_params(labelsize=9, labelcolor=FAINT_INK)
    ax.set_xlabel("layer", fontsize=10, color=FAINT_INK, **font())
    title = drawable(f"{shortened(found.attrs['utterance'], 40)}  ·  {found.attrs['prompt']}")
    for _ in range(2):  # the second time, how much room there is is known
        height = legend_above(ax, lines)
        set_titles(ax, title, pad=height + 7)
        settle(ax)
    return ax


def describe_layer_curves(found: xr.Dataset) -> str:
    """Say in a sentence or two what `layer_curves` draws, to stand in for the picture.

    Parameters
    ----------
    found
        As for `layer_curves`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    target = select_columns(found, None).emotion
    share = found["share"].isel(position=-1).sel(emotion=target).values
    settled = found.attrs.get("settles")
    leads = "" if settled is None else f" It leads from layer {settled} on."
    return (
        f"Curves over {len(share)} layers: the share of {target} in {found.attrs['utterance']}, "
        f"where the model speaks, goes from {percent(share[0])} to {percent(share[-1])}.{leads}"
    )
