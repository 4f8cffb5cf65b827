"""What labelled clips bring: the score of a calibration by their number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import VotesError, require_one_of
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.style import FAINT_INK, GRID, INK, POINT_COLOR
from sottovoce.plots.text import drawable

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

FROM_MIDDLE = 0.35


def learning_curve(curve: xr.Dataset, *, prompt: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the score on speakers that had no part, by the number of labelled clips.

    The line is the mean over the draws of speakers and clips, the band holds the middle 95 % of
    them. The dashed line is the score without any label. Where the numbers are enough by what the
    curve was asked for, a mark stands.

    Parameters
    ----------
    curve
        From :func:`sottovoce.evaluation.learning_curve`.
    prompt
        Which; may be left out where there is only one.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    VotesError
        If it is no learning curve, has no such prompt, or it was not said which.

    See Also
    --------
    describe_learning_curve : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce import evaluation
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, "one_word")
    >>> shares = sottovoce.read_out(run)
    >>> ax = learning_curve(evaluation.learning_curve(shares, corpus, sizes=[5, 10]))
    >>> ax.get_title(loc="left"), [label.get_text() for label in ax.get_xticklabels()]
    ('one_word  ·  labelled clips', ['none', '5', '10'])
    """
    name, one = _select(curve, prompt)
    if ax is None:
        ax = new_axes(6.4, 4.2)
    places = np.arange(one.sizes["size"])
    value, low, high = (one[key].values for key in ("value", "low", "high"))
    ax.fill_between(places, low, high, color=POINT_COLOR, alpha=0.15, linewidth=0)
    ax.axhline(value[0], color=FAINT_INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.plot(places, value, color=POINT_COLOR, linewidth=1.6, marker="o", markersize=5)
    _mark_enough(ax, one, places)
    ax.set_xticks(places, ["none" if not size else f"{size:,}" for size in one["size"].values])
    ax.set_xlim(-FROM_MIDDLE, places[-1] + FROM_MIDDLE)
    ax.set_xlabel("labelled clips", color=INK)
    better = curve.attrs["better"]
    ax.set_ylabel(f"{curve.attrs['title']}\n({better} is better)", color=INK)
    ax.tick_params(colors=INK, length=0)
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(GRID)
    title = f"{name}  ·  labelled clips" if name else "labelled clips"
    settle(ax)
    set_titles(ax, drawable(title), drawable(_verdict(curve, name).partition(" (")[0]))
    settle(ax)
    return ax


def describe_learning_curve(curve: xr.Dataset, *, prompt: str | None = None) -> str:
    """Say in a few sentences what `learning_curve` draws, to stand in for the picture.

    Parameters
    ----------
    curve, prompt
        As for `learning_curve`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import xarray as xr
    >>> from sottovoce import evaluation
    >>> votes = xr.DataArray(
    ...     [[6, 3], [3, 6], [7, 2]] * 10,
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": [f"clip{i}" for i in range(30)], "emotion": ["angry", "sad"]},
    ... )
    >>> sure = xr.where(votes > 4, 0.98, 0.02)
    >>> print(describe_learning_curve(evaluation.learning_curve(sure, votes, sizes=[5, 10])))
    Learning curve of a calibration, Jensen-Shannon divergence, base 2 (lower is better), mean of
    30 draws: 0.120 without labels, 0.021 with 5, 0.011 with 10 labelled clips. More than 5 labelled
    clips still pay in js (0.120 without any, 0.011 with 10).
    """
    name, one = _select(curve, prompt)
    told = [
        f"{value:.3f} " + (f"with {size:,}" if size else "without labels")
        for value, size in zip(one["value"].values, one["size"].values.tolist(), strict=True)
    ]
    of = f" (prompt {name})" if name else ""
    verdict = _verdict(curve, name)
    return (
        f"Learning curve of a calibration{of}, {curve.attrs['title']} "
        f"({curve.attrs['better']} is better), mean of {curve.attrs['n_draws']} draws: "
        f"{', '.join(told)} labelled clips. {verdict[:1].upper()}{verdict[1:]}"
    )


def _select(curve: xr.Dataset, prompt: str | None) -> tuple[str, xr.Dataset]:
    if "size" not in curve.dims or "enough" not in curve:
        raise VotesError("this is no learning curve: give what evaluation.learning_curve returned")
    names = [str(name) for name in curve["prompt"].values]
    if prompt is None:
        if len(names) > 1:
            raise VotesError(f"say which prompt is to be drawn: {', '.join(map(repr, names))}")
        prompt = names[0]
    require_one_of("prompt", prompt, names, VotesError)
    return prompt, curve.sel(prompt=prompt)


def _verdict(curve: xr.Dataset, prompt: str) -> str:
    names = [str(name) for name in curve["prompt"].values]
    line = str(curve.attrs["verdict"]).splitlines()[names.index(prompt)]
    return line.removeprefix(f"{prompt}: ") if prompt else line


def _mark_enough(ax: Axes, one: xr.Dataset, places: np.ndarray) -> None:
    enough = float(one["enough"])
    if np.isnan(enough):
        return
    at = int(np.flatnonzero(one["size"].values == enough)[0])
    ax.plot(
        places[at],
        one["value"].values[at],
        marker="o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=1.2,
    )
    ax.annotate(
        "enough" if at else "none needed",
        (places[at], one["value"].values[at]),
        xytext=(0, 10) if at else (9, -14),
        textcoords="offset points",
        ha="center" if at else "left",
        color=INK,
        fontsize=9,
    )
