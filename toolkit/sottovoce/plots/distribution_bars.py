"""Distributions over emotions side by side: token level, text level, listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.plots.bars_legend import EDGE, HATCH, draw_legend
from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    new_axes,
    set_titles,
    settle,
    size_in_points,
)
from sottovoce.plots.style import (
    FAINT_INK,
    INK,
    bare_axes,
    concept_colors,
    lighten,
    text_color,
)
from sottovoce.plots.text import drawable, font, set_font, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

#: Sources of these names are people, drawn hollow.
PEOPLE = ("listeners", "votes", "reference", "聴取者")
GROUP_HEIGHT = 0.8
BAR = 0.86  # of the room for a bar
VALUE_AWAY = 4.0  # from the bar's end, in points


def distribution_bars(
    sources: Mapping[str, xr.DataArray],
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw several distributions over emotions as grouped horizontal bars, with their values.

    A share of zero has neither bar nor value; a share that is missing is a dash.

    Parameters
    ----------
    sources
        Name to shares or counts with the dimension emotion, and utterance and prompt if there are
        several: for example read-outs under "token" and "text", and a corpus's reference under
        "listeners". Sources of that name (also "votes" and "reference") are drawn hollow.
    utterance, prompt
        Which to draw; may be left out where a source has only one. Sources without that dimension
        are drawn as they are.
    ax
        Where to draw; by default a new figure, high enough for all bars.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If a source has no such utterance or prompt, or it was not said which.

    See Also
    --------
    describe_distribution_bars : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_2")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["percentages"])
    >>> shares = {name: sottovoce.read_out(run, name) for name in ("answer_step", "text")}
    >>> ax = distribution_bars(shares | {"listeners": corpus.reference})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['angry', 'disgusted', 'fearful', 'happy', 'neutral', 'sad']
    """
    table = share_table(sources, utterance, prompt)
    n_emotions, n_sources = table.shape
    if ax is None:
        ax = new_axes(7, max(2.4, n_emotions * (0.16 * n_sources + 0.12) + 0.9))
    bare_axes(ax, grid="x")
    ax.axvline(0, color=FAINT_INK, linewidth=1)
    colors = concept_colors(table.index)
    tints = _tints(list(table.columns))
    about = [shortened(utterance, 40)] if utterance else []
    about += [shortened(prompt, 30)] if utterance and prompt else []
    labels = {
        str(source): f"{source} (no answer)" if shares.isna().all() else str(source)
        for source, shares in table.items()
    }
    _draw_bars(ax, table, colors, tints)
    ax.set_yticks(range(n_emotions), [drawable(shortened(name, 24)) for name in table.index])
    for label, name in zip(ax.get_yticklabels(), table.index, strict=True):
        label.set(fontsize=11, fontweight="bold", color=text_color(colors[name]))
    set_font(*ax.get_yticklabels())
    ax.set_ylim(n_emotions - 0.5, -0.5)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    for _ in range(2):  # the second time, how much room there is is known
        _leave_room(ax, table)
        legend_height = draw_legend(ax, labels, tints)
        set_titles(ax, drawable("  ·  ".join(about)), pad=legend_height + 7)
        settle(ax)
    _write_values(ax, table)
    return ax


def describe_distribution_bars(
    sources: Mapping[str, xr.DataArray], utterance: str | None = None, prompt: str | None = None
) -> str:
    """Say in a sentence or two what `distribution_bars` draws, to stand in for the picture.

    Parameters
    ----------
    sources, utterance, prompt
        As for `distribution_bars`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import xarray as xr
    >>> print(describe_distribution_bars(
    ...     {"token": xr.DataArray([0.6, 0.4], {"emotion": ["angry", "sad"]})}
    ... ))
    Bar chart: shares of 2 emotions. token: angry 60%, sad 40%.
    """
    table = share_table(sources, utterance, prompt)
    told = []
    for source, shares in table.items():
        known = shares.dropna().sort_values(ascending=False, kind="stable")
        listed = ", ".join(f"{name} {share:.0%}" for name, share in known.items())
        told.append(f"{source}: {listed or 'no answer'}.")
    of = f" for {utterance}" if utterance else ""
    return f"Bar chart: shares of {len(table)} emotions{of}. {' '.join(told)}"


def share_table(
    sources: Mapping[str, xr.DataArray], utterance: str | None, prompt: str | None
) -> pd.DataFrame:
    """Return one row an emotion, one column a source, each column summing to 1 or NaN."""
    if not sources:
        raise ReadoutError("sources is empty: give at least one distribution")
    import pandas as pd

    return pd.DataFrame(
        {
            str(name): _one_distribution(str(name), array, utterance, prompt)
            for name, array in sources.items()
        }
    )


def _one_distribution(
    source: str, array: xr.DataArray, utterance: str | None, prompt: str | None
) -> pd.Series[float]:
    for dim, wanted in (("utterance", utterance), ("prompt", prompt)):
        if dim not in array.dims:
            continue
        names = [str(name) for name in array[dim].values]
        if wanted is None and len(names) > 1:
            raise ReadoutError(f"{source} has {len(names)} {dim}s: say which, {dim}=...")
        if wanted is not None and wanted not in names:
            raise ReadoutError(f"{source} has no {dim} {wanted!r}")
        array = array.isel({dim: names.index(wanted) if wanted is not None else 0})
    if array.dims != ("emotion",) or "emotion" not in array.coords:
        raise ReadoutError(
            f"{source} must have the labelled dimension emotion, and at most utterance and prompt "
            f"beside it; it has {array.dims}"
        )
    shares = array.reset_coords(drop=True).to_series()
    return shares / shares.sum(skipna=False)


def _middles(table: pd.DataFrame) -> np.ndarray:
    """Return the ordinate of each bar (emotion, source)."""
    n_emotions, n_sources = table.shape
    within = (np.arange(n_sources) + 0.5) / n_sources - 0.5
    return np.arange(n_emotions)[:, None] + GROUP_HEIGHT * within


def _draw_bars(
    ax: Axes, table: pd.DataFrame, colors: Mapping[str, str], tints: Mapping[str, float]
) -> None:
    for middles, (source, shares) in zip(_middles(table).T, table.items(), strict=True):
        tint = tints[str(source)]
        ax.barh(
            middles,
            shares.fillna(0.0),
            height=BAR * GROUP_HEIGHT / len(table.columns),
            color=[lighten(colors[name], tint) for name in table.index],
            edgecolor=[colors[name] for name in table.index],
            linewidth=[EDGE if share > 0 else 0 for share in shares],
            hatch=HATCH if tint == 1 else None,
            label=str(source),
        )


def _value_size(ax: Axes, table: pd.DataFrame) -> float:
    """Return the font size at which the values of neighbouring bars stand clear of each other."""
    pitch = size_in_points(ax)[1] / len(table) * GROUP_HEIGHT / len(table.columns)
    return float(np.clip(0.95 * pitch, 4, 10))


def _leave_room(ax: Axes, table: pd.DataFrame) -> None:
    """End the axis where the value behind the longest bar ends."""
    width = size_in_points(ax)[0]
    text = VALUE_AWAY + 4 * CHARACTER_WIDTH * _value_size(ax, table)
    highest = float(np.nanmax(table.to_numpy(), initial=0.1))
    ax.set_xlim(0, highest * width / max(width - text, 0.4 * width))


def _write_values(ax: Axes, table: pd.DataFrame) -> None:
    """Write each share behind its bar; where there is no bar, what is missing is no zero."""
    size = _value_size(ax, table)
    for middles, shares in zip(_middles(table).T, table.to_numpy().T, strict=True):
        for middle, share in zip(middles, shares, strict=True):
            ax.annotate(
                _percent(share),
                (0.0 if np.isnan(share) else share, middle),
                (VALUE_AWAY, 0),
                textcoords="offset points",
                va="center_baseline",
                fontsize=size,
                color=INK if share > 0 else FAINT_INK,
                **font(),
            )


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _tints(sources: list[str]) -> dict[str, float]:
    """Return how light each source's bars are: from full colour on, people white."""
    models = [name for name in sources if name.lower() not in PEOPLE]
    step = 0.75 / max(len(models), 1)
    return {name: step * models.index(name) if name in models else 1.0 for name in sources}
