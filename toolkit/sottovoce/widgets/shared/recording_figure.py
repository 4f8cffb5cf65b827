"""Recordings as a picture: their waveforms on one scale of time, and how the listeners voted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors
from sottovoce.plots.text import drawable, font, shortened
from sottovoce.widgets.shared.sound import envelope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sottovoce.audio import Recording

    Votes = Sequence[float] | None

PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td,th{padding:.35rem .9rem .35rem 0;text-align:left;"
    "vertical-align:middle;border-bottom:1px solid #8886;overflow-wrap:anywhere}"
    "th[scope=col]{white-space:nowrap}audio{height:34px;max-width:260px}"
)
MOST_DRAWN = 12


def draw_recordings(
    recordings: Sequence[Recording],
    votes: Sequence[Votes] = (),
    emotions: Sequence[str] = (),
    *,
    note: str = "",
    empty: str,
) -> Figure:
    """Draw recordings below each other.

    Parameters
    ----------
    recordings
        The first dozen is drawn, the others are counted.
    votes
        Counts for each of them, or None.
    emotions
        What the counts are of.
    note
        What a reader must know of recordings and votes.
    empty
        What to say where there is no recording.
    """
    from sottovoce.widgets.shared.figure import StillFigure

    shown = recordings[:MOST_DRAWN]
    rows = max(1, len(shown))
    figure = StillFigure(figsize=(8, 0.75 * rows + 0.9), layout="constrained")
    if not shown:
        figure.text(0.5, 0.5, empty, ha="center", color=FAINT_INK)
        return figure
    given = [*votes, *([None] * len(shown))][: len(shown)]
    with_votes = any(one is not None for one in given)
    axes = figure.subplots(
        rows, 2 if with_votes else 1, squeeze=False, width_ratios=[3, 1.3] if with_votes else [1]
    )
    longest = max(recording.duration for recording in shown)
    for row, recording, counts in zip(axes, shown, given, strict=True):
        _wave(row[0], recording, longest)
        if with_votes:
            _votes(row[1], counts, emotions)
    for ax in axes[:-1, 0]:
        ax.tick_params(labelbottom=False)
    more = len(recordings) - len(shown)
    axes[-1, 0].set_xlabel("seconds" + (f"; {more} more recordings" if more else ""), fontsize=9)
    if with_votes:
        _key(figure, emotions)
    if note:
        told = drawable(shortened(note, 120))
        figure.suptitle(told, x=0.01, ha="left", fontsize=9, color=FAINT_INK, **font())
    return figure


def _wave(ax: Axes, recording: Recording, longest: float) -> None:
    outline = envelope(recording)
    time = np.linspace(0, recording.duration, len(outline["low"]))
    ax.fill_between(time, outline["low"], outline["high"], color=INK, alpha=0.75, linewidth=0)
    bare_axes(ax, grid="x")
    ax.set_xlim(0, longest)
    ax.set_ylim(-1.05, 1.05)
    ax.set_yticks([])
    ax.tick_params(axis="x", labelsize=8, labelcolor=FAINT_INK)
    title = f"{shortened(recording.id, 48)}  ({recording.duration:.1f} s)"
    ax.set_title(drawable(title), loc="left", fontsize=9.5, color=INK, pad=2, **font())


def _votes(ax: Axes, counts: Votes, emotions: Sequence[str]) -> None:
    bare_axes(ax, grid="x")
    ax.grid(False)
    ax.set_yticks([])
    ax.set_xticks([])
    ax.set_xlim(0, 1)
    ax.set_ylim(-1, 1)
    if counts is None or not sum(counts):
        ax.text(0, 0, "no votes", va="center", fontsize=9, color=FAINT_INK)
        return
    colors = concept_colors(emotions)
    left = 0.0
    for name, count in zip(emotions, counts, strict=True):
        width = count / sum(counts)
        ax.barh(0, width, left=left, height=0.8, color=colors[name], edgecolor="white")
        left += width
    top = emotions[int(np.argmax(counts))]
    told = f"{max(counts):g} of {sum(counts):g}: {shortened(top, 18)}"
    ax.set_title(drawable(told), loc="left", fontsize=9, color=FAINT_INK, pad=2, **font())


def _key(figure: Figure, emotions: Sequence[str]) -> None:
    from matplotlib.patches import Patch

    colors = concept_colors(emotions)
    handles = [Patch(color=colors[name], label=drawable(shortened(name, 18))) for name in emotions]
    legend = figure.legend(
        handles=handles, loc="outside lower center", ncols=6, frameon=False, fontsize=9
    )
    for text in legend.get_texts():
        text.set_fontfamily(font()["fontfamily"])
