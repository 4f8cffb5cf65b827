"""Distributions over emotions side by side: token level, text level, listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    new_axes,
    set_titles,
    size_in_points,
    width_in_characters,
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
HATCH = "////"
LEGEND_SIZE = 11


def distribution_bars(
    sources: Mapping[str, xr.DataArray],
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw several distributions over emotions as grouped horizontal bars, with their values.

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
    >>> import xarray as xr
    >>> emotions = {"emotion": ["angry", "neutral", "sad"]}
    >>> ax = distribution_bars({
    ...     "token": xr.DataArray([0.6, 0.3, 0.1], emotions),
    ...     "listeners": xr.DataArray([5, 3, 1], emotions),
    ... })
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['angry', 'neutral', 'sad']
    """
    table = _share_table(sources, utterance, prompt)
    n_emotions, n_sources = table.shape
    if ax is None:
        ax = new_axes(8, max(2.6, n_emotions * (0.17 * n_sources + 0.16) + 1.1))
    bare_axes(ax, grid="x")
    colors = concept_colors(table.index)
    thickness = GROUP_HEIGHT / n_sources
    tints = _tints(list(table.columns))
    for j, (source, shares) in enumerate(table.items()):
        middles = np.arange(n_emotions) + (j + 0.5) * thickness - GROUP_HEIGHT / 2
        ax.barh(
            middles,
            shares.fillna(0.0),
            height=0.86 * thickness,
            color=[lighten(colors[name], tints[str(source)]) for name in table.index],
            edgecolor=[colors[name] for name in table.index],
            linewidth=[1.4 if share > 0 else 0 for share in shares],
            hatch=HATCH if tints[str(source)] == 1 else None,
            label=str(source),
        )
        for middle, share in zip(middles, shares, strict=True):
            ax.annotate(
                _percent(share),
                (0.0 if np.isnan(share) else share, middle),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=float(np.clip(46 * thickness, 7, 10)),
                color=INK,
                **font(),
            )
    ax.set_yticks(range(n_emotions), [drawable(shortened(name, 24)) for name in table.index])
    for label, name in zip(ax.get_yticklabels(), table.index, strict=True):
        label.set(fontsize=12, fontweight="bold", color=text_color(colors[name]))
    set_font(*ax.get_yticklabels())
    ax.set_ylim(n_emotions - 0.5, -0.5)
    highest = float(np.nanmax(table.to_numpy(), initial=0.1))
    ax.set_xlim(0, 1.12 * highest)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    n_rows = _legend(ax, table, tints)
    if utterance:
        about = [shortened(utterance, 40)] + ([shortened(prompt, 30)] if prompt else [])
        set_titles(ax, drawable("  ·  ".join(about)), pad=8 + 18 * n_rows)
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
    table = _share_table(sources, utterance, prompt)
    told = []
    for source, shares in table.items():
        known = shares.dropna().sort_values(ascending=False, kind="stable")
        listed = ", ".join(f"{name} {share:.0%}" for name, share in known.items())
        told.append(f"{source}: {listed or 'no answer'}.")
    of = f" for {utterance}" if utterance else ""
    return f"Bar chart: shares of {len(table)} emotions{of}. {' '.join(told)}"


def _share_table(
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


def _percent(share: float) -> str:
    if np.isnan(share):
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def _tints(sources: list[str]) -> dict[str, float]:
    """Return how light each source's bars are: from full colour on, people white."""
    models = [name for name in sources if name.lower() not in PEOPLE]
    step = 0.75 / max(len(models), 1)
    return {name: step * models.index(name) if name in models else 1.0 for name in sources}


def _legend(ax: Axes, table: pd.DataFrame, tints: Mapping[str, float]) -> int:
    """Explain the tints in grey, since the colours already mean emotions; return how many rows."""
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=lighten(FAINT_INK, tints[str(source)]),
            edgecolor=FAINT_INK,
            linewidth=1.4,
            hatch=HATCH if tints[str(source)] == 1 else None,
            label=drawable(f"{source} (no answer)" if shares.isna().all() else str(source)),
        )
        for source, shares in table.items()
    ]
    entry = max(width_in_characters(str(handle.get_label())) for handle in handles) + 4
    fitting = int(size_in_points(ax)[0] / (entry * CHARACTER_WIDTH * LEGEND_SIZE))
    n_columns = max(1, min(fitting, len(handles)))
    legend = ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=n_columns,
        frameon=False,
        borderaxespad=0.3,
        handlelength=1.4,
        fontsize=LEGEND_SIZE,
        labelcolor=INK,
    )
    set_font(*legend.get_texts())
    return -(-len(handles) // n_columns)
