"""How unsure the model was of each utterance, against how divided the listeners were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.evaluation import ambiguity
from sottovoce.plots.layout import new_axes, set_titles, settle, size_in_points
from sottovoce.plots.shares import amount, count_of, select_prompt, title_of
from sottovoce.plots.square import fit_labels, interval_over, square_axes
from sottovoce.plots.style import FAINT_INK, POINT_COLOR
from sottovoce.plots.text import drawable, set_font

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

SAME_PLACE = 0.02  # bits: points that are nearer lie on one another
LARGEST, SMALLEST, BIGGEST_PILE = 7.0, 2.4, 22.0  # diameters in points
FEW, MANY = 50, 2000
ALPHA = 0.75
LEGEND_AWAY = 38.0  # from the axes, in points


@dataclass(frozen=True)
class Scatter:
    """What is drawn and told: the entropies of each utterance, and how they go along.

    Parameters
    ----------
    prompt
        The prompt's name, empty if there is none.
    listeners, predicted
        Entropies in bits, (utterance,).
    most
        The entropy of equal shares.
    result
        As from :func:`sottovoce.evaluation.ambiguity`, without the dimension prompt.
    """

    prompt: str
    listeners: np.ndarray
    predicted: np.ndarray
    most: float
    result: xr.Dataset

    @property
    def told(self) -> str:
        """The correlation with its interval, and what the interval is over."""
        rho, low, high = (self.result[name].item() for name in ("rho", "low", "high"))
        if np.isnan(rho):
            return "Spearman's ρ not defined (equal entropies)"
        if np.isnan(low):
            return f"Spearman's ρ {amount(rho)}, without an interval"
        interval = f"[{amount(low)}, {amount(high)}], {interval_over(self.result)}"
        return f"Spearman's ρ {amount(rho)} {interval}"


def ambiguity_scatter(
    shares: xr.DataArray,
    reference: Any,
    *,
    prompt: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how unsure the model was of each utterance, against how divided the listeners were.

    Both are entropies in bits, from 0, where one emotion has it all, to that of equal shares. On
    the line the model was as unsure as the listeners. Utterances in the same place are one point,
    with an area that tells how many. Above stands Spearman's rank correlation with its interval.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`: dims (utterance, emotion), and prompt if there are several.
    reference
        The listeners: a corpus, or votes with dims (utterance, emotion).
    prompt
        Which; may be left out where there is only one.
    ax
        Where to draw; by default a new figure. It becomes square.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If there is no such prompt, or it was not said which.
    VotesError
        If shares and votes do not fit each other.

    See Also
    --------
    describe_ambiguity_scatter : The same in a sentence, for those who cannot see it.
    sottovoce.evaluation.ambiguity : The numbers, and what few votes do to them.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["one_word"])
    >>> ax = ambiguity_scatter(sottovoce.read_out(run), corpus)
    >>> ax.get_xlabel()
    'ambiguity to the listeners: entropy of their votes, bits'
    """
    scatter = _measure(shares, reference, prompt)
    if ax is None:
        ax = new_axes(5.2, 5.7)
    ticks = np.arange(0, scatter.most + 1e-9, 0.5 if scatter.most > 1 else 0.25)
    square_axes(
        ax,
        scatter.most,
        ticks.tolist(),
        [f"{tick:g}" for tick in ticks],
        across="ambiguity to the listeners: entropy of their votes, bits",
        up="ambiguity to the model: entropy of its shares, bits",
        above="the model is the more unsure",
        below="the listeners are the more divided",
    )
    counted = count_of(len(scatter.predicted), scatter.result.sizes["utterance"])
    title = title_of(shares, scatter.prompt, counted)
    diameter, largest_pile = _draw_points(ax, scatter)
    for _ in range(2):  # the second time, how much room there is is known
        fit_labels(ax)
        set_titles(ax, drawable(title), scatter.told)
        if largest_pile > 1:
            _draw_legend(ax, diameter, largest_pile)
        settle(ax)
    return ax


def describe_ambiguity_scatter(
    shares: xr.DataArray, reference: Any, *, prompt: str | None = None
) -> str:
    """Say in a sentence or two what `ambiguity_scatter` draws, to stand in for the picture.

    Parameters
    ----------
    shares, reference, prompt
        As for `ambiguity_scatter`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> print(describe_ambiguity_scatter((corpus.reference + 0.1) / 1.6, corpus))
    Scatter plot: entropy of the model's shares against entropy of the listeners' votes, in bits,
    for 31 utterances. Spearman's ρ 1.00 [...], 95% interval over 4 speakers. The median is
    ... bits for the model and ... for the listeners, of at most 2.58; the model was the more
    unsure for 31 utterances.
    """
    scatter = _measure(shares, reference, prompt)
    notes = scatter.result.attrs["notes"]
    of = f" (prompt {scatter.prompt})" if scatter.prompt else ""
    n = len(scatter.predicted)
    opening = (
        "Scatter plot: entropy of the model's shares against entropy of the listeners' votes, in "
        f"bits, for {count_of(n)}{of}. "
    )
    if not n:
        return opening + "None of them has shares."
    return (
        f"{opening}{scatter.told}. The median is {np.median(scatter.predicted):.2f} bits for the "
        f"model and {np.median(scatter.listeners):.2f} for the listeners, of at most "
        f"{scatter.most:.2f}; the model was the more unsure for "
        f"{count_of(int((scatter.predicted > scatter.listeners).sum()))}."
        + (f" {notes}" if notes else "")
    )


def _measure(shares: xr.DataArray, reference: Any, prompt: str | None) -> Scatter:
    chosen, name = select_prompt(shares, prompt)
    result = ambiguity(chosen, reference).isel(prompt=0)
    known = result["predicted"].notnull().values
    return Scatter(
        name,
        result["listeners"].values[known],
        result["predicted"].values[known],
        result.attrs["most"],
        result,
    )


def _draw_points(ax: Axes, scatter: Scatter) -> tuple[float, int]:
    """Draw a point for each place; return the diameter of a single one, and the largest pile."""
    n = len(scatter.predicted)
    if not n:
        return LARGEST, 0
    x, y, piled = pile_up(scatter.listeners, scatter.predicted, SAME_PLACE)
    crowd = float(np.clip(np.log(n / FEW) / np.log(MANY / FEW), 0, 1))
    diameter = LARGEST * (SMALLEST / LARGEST) ** crowd
    diameter = max(min(diameter, BIGGEST_PILE / np.sqrt(piled.max())), SMALLEST / 2)
    order = np.argsort(-piled, kind="stable")  # so that no single one lies under a pile
    ax.scatter(
        x[order],
        y[order],
        s=piled[order] * diameter**2,
        color=POINT_COLOR,
        alpha=ALPHA - 0.35 * crowd,
        linewidths=0.5,
        edgecolors="white",
        zorder=2,
        gid="utterances",
    )
    return diameter, int(piled.max())


def _draw_legend(ax: Axes, diameter: float, largest_pile: int) -> None:
    """Explain the areas, in a row below the axes, where no point can be."""
    from matplotlib.lines import Line2D

    counts = sorted({1, int(np.ceil(np.sqrt(largest_pile))), largest_pile})
    handles = [Line2D([], [], linestyle="none", label="utterances:")]
    handles += [
        Line2D(
            [],
            [],
            linestyle="none",
            marker="o",
            markersize=diameter * np.sqrt(count),
            color=POINT_COLOR,
            alpha=ALPHA,
            markeredgecolor="white",
            label=f"{count:,}",
        )
        for count in counts
    ]
    legend = ax.legend(
        handles=handles,
        ncols=len(handles),
        loc="upper left",
        bbox_to_anchor=(-0.04, -LEGEND_AWAY / size_in_points(ax)[1]),
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handletextpad=0.1,
        columnspacing=0.9,
        fontsize=9,
        labelcolor=FAINT_INK,
    )
    set_font(*legend.get_texts())


def pile_up(x: np.ndarray, y: np.ndarray, grid: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bring points together that lie in one cell of a grid.

    Parameters
    ----------
    x, y
        Where the points are.
    grid
        How wide a cell is.

    Returns
    -------
    x, y
        The middle of each cell's points.
    count
        How many they are.

    Examples
    --------
    >>> pile_up(np.array([1.0, 1.0, 2.0]), np.array([0.5, 0.5, 0.0]), 0.1)
    (array([1., 2.]), array([0.5, 0. ]), array([2, 1]))
    """
    cells = np.round(np.column_stack([x, y]) / grid)
    _, cell, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    cell = cell.ravel()
    return np.bincount(cell, x) / count, np.bincount(cell, y) / count, count
