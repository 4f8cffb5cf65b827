"""Whether a share means what it says: predicted shares against the listeners'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce import evaluation
from sottovoce.plots.layout import CHARACTER_WIDTH, new_axes, set_titles, settle, size_in_points
from sottovoce.plots.shares import amount, count_of, select_prompt, title_of
from sottovoce.plots.square import fit_labels, interval_over, square_axes
from sottovoce.plots.style import FAINT_INK, POINT_COLOR
from sottovoce.plots.text import drawable, font, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

DIAMETER = 7.0  # points
LARGEST, SMALLEST = 8.5, 5.5  # of the counts
COUNTS = "pairs"


def reliability(
    shares: xr.DataArray,
    reference: Any,
    *,
    prompt: str | None = None,
    bins: int | Sequence[float] = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw the model's shares, in bins, against the mean share that the listeners gave.

    A pair is one utterance's share of one emotion, by the model and by the listeners; the row of
    numbers above tells how many pairs a bin holds. A dot on the line: where the model gave 30 %, so
    did the listeners, on average. Below it the model says too much. Lines through the dots are
    intervals; a dot without one stands for too few pairs. Above stands the expected calibration
    error, the mean distance from the line, in shares.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`: dims (utterance, emotion), and prompt if there are several.
    reference
        The listeners: a corpus, or votes with dims (utterance, emotion).
    prompt
        Which; may be left out where there is only one.
    bins
        How many, of equal width, or their edges from 0 to 1.
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
        If shares and votes do not fit each other, or the bins do not go from 0 to 1.

    See Also
    --------
    describe_reliability : The same in a sentence, for those who cannot see it.
    sottovoce.evaluation.reliability : The numbers, and what to beware of.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["one_word"])
    >>> ax = reliability(sottovoce.read_out(run), corpus, bins=5)
    >>> ax.get_title(loc="left")
    'one_word  ·  answer_step  ·  31 utterances'
    """
    result, name = _measure(shares, reference, prompt, bins)
    if ax is None:
        ax = new_axes(5.2, 5.6)
    ticks = np.linspace(0, 1, 6)
    square_axes(
        ax,
        1.0,
        ticks.tolist(),
        [f"{tick:.0%}" for tick in ticks],
        across="the model's share: mean of a bin",
        up="the listeners' share: mean over the same pairs",
        above="the model says too little",
        below="the model says too much",
    )
    counted = count_of(result["n_utterances"].item(), result.attrs["n_utterances"])
    title = drawable(title_of(shares, name, counted))
    for _ in range(2):  # the second time, how much room there is is known
        height = _write_counts(ax, result)
        fit_labels(ax)
        set_titles(ax, title, _told(result), pad=24 + height, subtitle_away=7 + height)
        settle(ax)
    _draw_bins(ax, result)
    return ax


def describe_reliability(
    shares: xr.DataArray,
    reference: Any,
    *,
    prompt: str | None = None,
    bins: int | Sequence[float] = 10,
) -> str:
    """Say in a sentence or two what `reliability` draws, to stand in for the picture.

    Parameters
    ----------
    shares, reference, prompt, bins
        As for `reliability`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> print(describe_reliability((corpus.reference + 0.1) / 1.6, corpus, bins=2))
    Reliability diagram: mean share of the listeners' votes against the model's share, in 2 bins,
    for 31 utterances. Calibration error ... [...], 95% interval over 4 speakers. At 10%
    the listeners gave 7% (163 pairs); at 61% they gave 88% (23 pairs).
    """
    result, name = _measure(shares, reference, prompt, bins)
    of = f" (prompt {name})" if name else ""
    n = result["n_utterances"].item()
    opening = (
        "Reliability diagram: mean share of the listeners' votes against the model's share, in "
        f"{result.sizes['bin']} bins, for {count_of(n, result.attrs['n_utterances'])}{of}. "
    )
    filled = result.isel(bin=result["n"].values > 0)
    if not n:
        return opening + "None of them has shares."
    told = [
        f"at {percent(predicted)} {'they' if i else 'the listeners'} gave {percent(observed)} "
        f"({count:,} pair{'' if count == 1 else 's'})"
        for i, (predicted, observed, count) in enumerate(
            zip(*(filled[name].values for name in ("predicted", "observed", "n")), strict=True)
        )
    ]
    notes = result.attrs["notes"]
    sentence = "; ".join(told)
    return f"{opening}{_told(result)}. A{sentence[1:]}." + (f" {notes}" if notes else "")


def _measure(
    shares: xr.DataArray, reference: Any, prompt: str | None, bins: int | Sequence[float]
) -> tuple[xr.Dataset, str]:
    chosen, name = select_prompt(shares, prompt)
    result = evaluation.reliability(chosen, reference, bins=bins).isel(prompt=0)
    return result, name


def _told(result: xr.Dataset) -> str:
    error, low, high = (result[name].item() for name in ("error", "error_low", "error_high"))
    told = f"Calibration error {amount(error, 3)}"
    if np.isnan(low):
        return f"{told}, without an interval"
    return f"{told} [{amount(low, 3)}, {amount(high, 3)}], {interval_over(result)}"


def _write_counts(ax: Axes, result: xr.Dataset) -> float:
    """Write above each bin how many pairs it holds; return the height of the row, in points."""
    for earlier in [text for text in ax.texts if text.get_gid() == COUNTS]:
        earlier.remove()
    left, right, n = (result[name].values for name in ("left", "right", "n"))
    low, high = ax.get_xlim()
    longest = max(len(f"{count:,}") for count in n)
    room = size_in_points(ax)[0] * (right - left).min() / (high - low)
    wanted = room / ((longest + 0.6) * CHARACTER_WIDTH)
    size = float(np.clip(wanted, SMALLEST, LARGEST))
    upright = wanted < SMALLEST
    texts = [f"{COUNTS}:", *(f"{count:,}" for count in n)]
    for i, (x, text) in enumerate(zip([low, *(left + right) / 2], texts, strict=True)):
        ax.annotate(
            text,
            (x, 1),
            (0, 3),
            xycoords=ax.get_xaxis_transform(),
            textcoords="offset points",
            ha="center" if i else "right",
            va="bottom",
            rotation=90 if upright and i else 0,
            fontsize=size if i else LARGEST,
            color=FAINT_INK,
            annotation_clip=False,
            gid=COUNTS,
            **font(),
        )
    return longest * CHARACTER_WIDTH * size + 3 if upright else 1.3 * size


def _draw_bins(ax: Axes, result: xr.Dataset) -> None:
    filled = result.isel(bin=result["n"].values > 0)
    x, y, low, high = (filled[name].values for name in ("predicted", "observed", "low", "high"))
    neighbours = [result[name].values for name in ("predicted", "observed")]  # with gaps
    ax.plot(*neighbours, color=POINT_COLOR, linewidth=1.2, alpha=0.4, zorder=2)
    ax.vlines(x, low, high, color=POINT_COLOR, linewidth=1.8, zorder=2.5, gid="intervals")
    ax.plot(
        x,
        y,
        linestyle="none",
        marker="o",
        markersize=DIAMETER,
        color=POINT_COLOR,
        markeredgecolor="white",
        zorder=3,
        gid="bins",
    )
