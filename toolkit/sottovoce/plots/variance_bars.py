"""Whose the variance of the shares is: the recording's, the question's, or both's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ExplanationError
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.legend import legend_above
from sottovoce.plots.style import FAINT_INK, bare_axes, ink_on
from sottovoce.plots.text import drawable, font, percent, set_font

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

COLORS = {"recording": "#5B4B8A", "prompt": "#D55E00", "interaction": "#E6B89C"}
HEIGHT = 0.66
LEAST_TOLD = 0.06


def variance_bars(found: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the parts of the shares' variance, a bar for each thing about the question that varies.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.question_sensitivity`.
    ax
        Where to draw; by default a new figure, high enough for all bars.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ExplanationError
        If these are no parts of variance.

    See Also
    --------
    describe_variance_bars : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(speakers="tom")
    >>> found = sottovoce.explain.question_sensitivity(
    ...     sottovoce.load_model(),
    ...     corpus.recordings,
    ...     {"language": ["one_word", "one_word_ja"]},
    ...     progress=False,
    ... )
    >>> variance_bars(found).get_xlabel()
    'part of the variance of the shares'
    """
    factors, parts = _parts(found)
    if ax is None:
        ax = new_axes(6.8, 0.42 * len(factors) + 1.5)
    bare_axes(ax, grid="x")
    left = np.zeros(len(factors))
    handles = []
    for source, color in COLORS.items():
        part = parts.sel(source=source).values
        bars = ax.barh(range(len(factors)), part, HEIGHT, left=left, color=color)
        bars[0].set_label(source)
        handles.append(bars[0])
        for row in np.flatnonzero(part >= LEAST_TOLD).tolist():
            ax.text(
                left[row] + part[row] / 2,
                row,
                ">99%" if 0.995 <= part[row] < 1 else percent(part[row]),
                ha="center",
                va="center_baseline",
                fontsize=8.5,
                color=ink_on(color),
                **font(),
            )
        left = left + np.nan_to_num(part)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(factors) - 0.5, -0.5)
    ax.set_yticks(range(len(factors)), [drawable(factor) for factor in factors], fontsize=10)
    set_font(*ax.get_yticklabels())
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    ax.set_xlabel("part of the variance of the shares", fontsize=10, color=FAINT_INK, **font())
    n = found.sizes.get("utterance", 0)
    for _ in range(2):  # the second time, how much room there is is known
        height = legend_above(ax, handles, handle_length=1.0)
        set_titles(
            ax, f"{n} recordings  ·  {found.sizes.get('prompt', 0)} questions", pad=height + 7
        )
        settle(ax)
    return ax


def describe_variance_bars(found: xr.Dataset) -> str:
    """Say in a sentence or two what `variance_bars` draws, to stand in for the picture.

    Parameters
    ----------
    found
        As for `variance_bars`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    factors, parts = _parts(found)
    told = "; ".join(
        f"{factor}: "
        + ", ".join(
            f"{source} {percent(float(parts.sel(source=source).values[row]))}" for source in COLORS
        )
        for row, factor in enumerate(factors)
    )
    return f"Bars of the parts of the shares' variance, by what varies in the question. {told}."


def _parts(found: xr.Dataset) -> tuple[list[str], xr.DataArray]:
    if "part" not in getattr(found, "data_vars", ()) or "factor" not in found["part"].dims:
        raise ExplanationError("found must come from sottovoce.explain.question_sensitivity")
    return [str(name) for name in found["factor"].values], found["part"]
