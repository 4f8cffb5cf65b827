"""How the shares move with one property of the voice, and where the winner flips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ExplanationError
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.legend import legend_above
from sottovoce.plots.shares import amount, names
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors
from sottovoce.plots.text import drawable, font, shortened

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

COLUMNS = 4
GAP_X, GAP_Y = 0.035, 0.42  # between panels: of the whole width, and of a panel's height


def counterfactual_curves(
    found: xr.Dataset, factor: str | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw the shares over the degrees of a property, or of all of them in panels.

    The grey line is the voice as it is; a dashed line is where another emotion takes the lead.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.counterfactuals`.
    factor
        Which property; by default all.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        With an inset for each property where there are several.

    Raises
    ------
    ExplanationError
        If these are no counterfactuals, or there is no such property.

    See Also
    --------
    describe_counterfactual_curves : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_neutral.flac"
    >>> model = sottovoce.load_model()
    >>> found = sottovoce.explain.counterfactuals(
    ...     model, clip, factors={"loudness": [-20, 0, 20]}, progress=False
    ... )
    >>> counterfactual_curves(found).get_xlabel()
    'loudness, dB'
    """
    chosen = _factors(found, factor)
    columns = min(len(chosen), COLUMNS)
    rows = -(-len(chosen) // columns)
    if ax is None:
        ax = new_axes(6.4, 3.6) if len(chosen) == 1 else new_axes(2.9 * columns, 2.5 * rows + 0.9)
    panels = [ax] if len(chosen) == 1 else _panels(ax, len(chosen), rows, columns)
    emotions = names(found["share"], "emotion")
    colors = concept_colors(emotions)
    for place, (name, panel) in enumerate(zip(chosen, panels, strict=True)):
        _draw(panel, found.sel(factor=name), colors, labelled=place % columns == 0)
    handles = [line for line in panels[0].lines if line.get_gid() in emotions]
    title = drawable(f"{shortened(found.attrs['utterance'], 40)}  ·  {found.attrs['prompt']}")
    for _ in range(2):  # the second time, how much room there is is known
        height = legend_above(ax, handles)
        set_titles(ax, title, pad=height + 7)
        settle(ax)
    return ax


def describe_counterfactual_curves(found: xr.Dataset, factor: str | None = None) -> str:
    """Say in a sentence or two what `counterfactual_curves` draws, to stand in for the picture.

    Parameters
    ----------
    found, factor
        As for `counterfactual_curves`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    told = []
    for name in _factors(found, factor):
        one = found.sel(factor=name)
        at = int(np.argmin(np.abs(one["value"].values - float(one["neutral"]))))
        winner = names(one["share"], "emotion")[int(np.argmax(one["share"].values[at]))]
        flips = [
            f"{to} from {amount(float(value), 1)} {one['unit'].item()}"
            for value, to in zip(one["flip"].values, one["flip_to"].values, strict=True)
            if not np.isnan(value)
        ]
        told.append(f"{name}: {winner}, {' and '.join(flips) or 'at every degree'}")
    return f"Curves of the shares in {found.attrs['utterance']} by {'; '.join(told)}."


def _factors(found: xr.Dataset, factor: str | None) -> list[str]:
    needed = {"share", "flip", "flip_to"}
    if not needed <= set(getattr(found, "data_vars", ())):
        raise ExplanationError("found must come from sottovoce.explain.counterfactuals")
    known = [str(name) for name in found["factor"].values]
    if factor is None:
        return known
    if factor not in known:
        raise ExplanationError(f"factor={factor!r} must be one of {', '.join(map(repr, known))}")
    return [factor]


def _panels(ax: Axes, count: int, rows: int, columns: int) -> list[Axes]:
    ax.set_axis_off()
    width = (1 - GAP_X * (columns - 1)) / columns
    height = 1 / (rows + GAP_Y * (rows - 1))
    return [
        ax.inset_axes(
            (
                (place % columns) * (width + GAP_X),
                1 - height - (place // columns) * height * (1 + GAP_Y),
                width,
                height,
            )
        )
        for place in range(count)
    ]


def _draw(ax: Axes, one: xr.Dataset, colors: dict[str, str], *, labelled: bool) -> None:
    bare_axes(ax, grid="y")
    value = one["value"].values
    ax.axvline(float(one["neutral"]), color=FAINT_INK, linewidth=2.5, alpha=0.3, zorder=0)
    for name, color in colors.items():
        share = one["share"].sel(emotion=name).values
        ax.plot(value, share, color=color, linewidth=1.8, label=drawable(name), gid=name)
    sides = zip(one["flip"].values, one["flip_to"].values, (-2, 2), strict=True)
    for flip, to, aside in sides:
        if np.isnan(flip):
            continue
        ax.axvline(flip, color=colors[str(to)], linewidth=1.2, linestyle=(0, (4, 2)), gid="flip")
        ax.annotate(
            f"{flip:.2g}".replace("-", "−"),
            (flip, 1),
            (aside, -2),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="right" if aside < 0 else "left",
            va="top",
            fontsize=8,
            color=INK,
            **font(),
        )
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"] if labelled else ["", "", ""])
    ax.tick_params(labelsize=8.5, labelcolor=FAINT_INK)
    named = f"{one['factor'].item()}, {one['unit'].item()}".replace("_", " ")
    ax.set_xlabel(named, fontsize=9.5, color=INK, **font())
