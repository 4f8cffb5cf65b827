"""The shares of several versions of one recording, and how far each is from the original."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ExplanationError
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.legend import legend_above
from sottovoce.plots.shares import amount, names
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors, ink_on
from sottovoce.plots.text import drawable, font, percent, set_font, shortened

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

HEIGHT = 0.7
LEAST_TOLD = 0.12  # share that has room for its percentage


def version_bars(found: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the shares of each version as one bar, with its distance from the original beside it.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.words_and_voice`.
    ax
        Where to draw; by default a new figure, high enough for all versions.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ExplanationError
        If these are no versions of a recording.

    See Also
    --------
    describe_version_bars : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_angry.flac"
    >>> ax = version_bars(sottovoce.explain.words_and_voice(sottovoce.load_model(), clip))
    >>> ax.get_yticklabels()[0].get_text()
    'as it is'
    """
    versions = _versions(found)
    if ax is None:
        ax = new_axes(7.4, 0.36 * len(versions) + 1.4)
    bare_axes(ax, grid="x")
    emotions = names(found["share"], "emotion")
    colors = concept_colors(emotions)
    left = np.zeros(len(versions))
    handles = []
    for name in emotions:
        share = found["share"].sel(emotion=name).values
        bars = ax.barh(
            range(len(versions)), share, HEIGHT, left=left, color=colors[name], label=drawable(name)
        )
        handles.append(bars[0])
        bars[0].set_label(drawable(name))
        for row in np.flatnonzero(share >= LEAST_TOLD).tolist():
            ax.text(
                left[row] + share[row] / 2,
                row,
                percent(share[row]),
                ha="center",
                va="center_baseline",
                fontsize=8,
                color=ink_on(colors[name]),
                **font(),
            )
        left = left + share
    rows = zip(["distance", *(amount(float(one)) for one in found["distance"].values)],
               [-0.8, *range(len(versions))], strict=True)  # fmt: skip
    for text, row in rows:
        ax.annotate(
            text,
            (1, row),
            (8, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            va="center_baseline",
            fontsize=9,
            color=FAINT_INK if row < 0 else INK,
            annotation_clip=False,
            **font(),
        )
    ax.set_xlim(0, 1)
    ax.set_ylim(len(versions) - 0.5, -0.6)
    ax.set_yticks(range(len(versions)), [drawable(shortened(name, 28)) for name in versions])
    ax.tick_params(labelsize=9.5)
    set_font(*ax.get_yticklabels())
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    title = drawable(f"{shortened(found.attrs['utterance'], 40)}  ·  {found.attrs['prompt']}")
    for _ in range(2):  # the second time, how much room there is is known
        height = legend_above(ax, handles, handle_length=1.0)
        set_titles(ax, title, pad=height + 7)
        settle(ax)
    return ax


def describe_version_bars(found: xr.Dataset) -> str:
    """Say in a sentence or two what `version_bars` draws, to stand in for the picture.

    Parameters
    ----------
    found
        As for `version_bars`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    emotions = names(found["share"], "emotion")
    told = []
    for place, name in enumerate(_versions(found)):
        share = found["share"].values[place]
        likeliest = int(np.argmax(share))
        told.append(
            f"{name}: {emotions[likeliest]} {percent(share[likeliest])}, distance "
            f"{amount(float(found['distance'].values[place]))}"
        )
    return f"Bars of the shares of versions of {found.attrs['utterance']}. {'; '.join(told)}."


def _versions(found: xr.Dataset) -> list[str]:
    if not {"share", "distance"} <= set(getattr(found, "data_vars", ())):
        raise ExplanationError("found must come from sottovoce.explain.words_and_voice")
    return [str(name) for name in found["version"].values]
