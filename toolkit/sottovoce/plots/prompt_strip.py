"""How much the wording of the question moves the shares of one recording."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.plots.layout import fitting_size, new_axes, set_titles, settle, size_in_points
from sottovoce.plots.legend import legend_above
from sottovoce.plots.strips import MARKERS, Strips, select_strips
from sottovoce.plots.style import (
    FAINT_INK,
    INK,
    bare_axes,
    concept_colors,
    lighten,
    text_color,
)
from sottovoce.plots.swarm import swarm
from sottovoce.plots.text import drawable, font, percent, set_font, shortened

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LISTENERS = "listeners"
LARGEST, MEDIUM, SMALLEST = 7.5, 6.0, 2.5  # diameters in points
FEW = 30  # prompts whose dots may be as large as MEDIUM although they crowd
STRIP, BAR = 0.72, 0.88  # of the room for an emotion
TICK_WIDTH = 40.0  # points
MARGIN = 0.02  # of the axis, so that dots at its ends are whole
RANGE_AWAY = 10.0  # from the axes, in points


def prompt_strip(
    shares: xr.DataArray,
    utterance: str | None = None,
    *,
    reference: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw each emotion's share in one recording under every prompt, as dots on a strip.

    The longer a strip, the more the wording of the question moves that emotion. Up to six prompts
    have a marker each; of more, the marker tells what form of answer they ask for. Dots that would
    lie on one another stand side by side. A bar is the listeners' share.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`: dims (utterance, prompt, emotion).
    utterance
        Which recording; may be left out where there is only one.
    reference
        The listeners: a corpus, or votes with dims (utterance, emotion). None draws no bars.
    ax
        Where to draw; by default a new figure, high enough for all emotions.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If there is no such utterance, it was not said which, or no prompt has an answer.
    VotesError
        If the reference has no votes for it, or not for these emotions.

    See Also
    --------
    describe_prompt_strip : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_2")
    >>> prompts = ["one_word", "one_word_2", "percentages", "json"]
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, prompts)
    >>> ax = prompt_strip(sottovoce.read_out(run), reference=corpus)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['one_word', 'one_word_2', 'percentages', 'json', 'listeners']
    """
    strips = select_strips(shares, utterance, reference)
    n_emotions = len(strips.emotions)
    if ax is None:
        ax = new_axes(7, max(2.4, 0.52 * n_emotions + 1.3))
    bare_axes(ax, grid="x")
    colors = concept_colors(strips.emotions)
    ax.set_yticks(range(n_emotions), [drawable(shortened(name, 24)) for name in strips.emotions])
    for label, name in zip(ax.get_yticklabels(), strips.emotions, strict=True):
        label.set(fontsize=11, fontweight="bold", color=text_color(colors[name]))
    set_font(*ax.get_yticklabels())
    ax.set_ylim(n_emotions - 0.5, -0.5)
    _write_ranges(ax, strips)
    about = (shortened(strips.utterance, 40), str(shares.attrs.get("readout", "")), strips.counted)
    for _ in range(2):  # the second time, how much room there is is known
        _scale(ax, strips)
        legend_height = legend_above(ax, _handles(strips), handle_length=1.0)
        set_titles(ax, drawable("  ·  ".join(filter(None, about))), pad=legend_height + 7)
        settle(ax)
    _draw_strips(ax, strips, colors)
    return ax


def describe_prompt_strip(
    shares: xr.DataArray, utterance: str | None = None, *, reference: Any = None
) -> str:
    """Say in a sentence or two what `prompt_strip` draws, to stand in for the picture.

    Parameters
    ----------
    shares, utterance, reference
        As for `prompt_strip`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import xarray as xr
    >>> shares = xr.DataArray(
    ...     [[[0.9, 0.1], [0.4, 0.6]]],
    ...     dims=("utterance", "prompt", "emotion"),
    ...     coords={"utterance": ["a"], "prompt": ["one", "two"], "emotion": ["angry", "sad"]},
    ... )
    >>> print(describe_prompt_strip(shares))
    Strip plot: shares of 2 emotions in a under 2 prompts. angry 40–90%; sad 10–60%.
    angry moves most: 40% (two) to 90% (one).
    """
    strips = select_strips(shares, utterance, reference)
    heard = (
        [f", {LISTENERS} {percent(share)}" for share in strips.listeners]
        if strips.listeners is not None
        else [""] * len(strips.emotions)
    )
    told = "; ".join(
        f"{name} {span}{votes}"
        for name, span, votes in zip(strips.emotions, strips.ranges, heard, strict=True)
    )
    of = f" in {strips.utterance}" if strips.utterance else ""
    moved = f" {strips.moved}." if strips.moved else ""
    return (
        f"Strip plot: shares of {len(strips.emotions)} emotions{of} under {strips.counted}. "
        f"{told}.{moved}"
    )


def _scale(ax: Axes, strips: Strips) -> None:
    """End the axis at the next tenth above the highest share, at a half at least."""
    highest = float(strips.shares.max())
    if strips.listeners is not None:
        highest = max(highest, float(strips.listeners.max()))
    end = max(np.ceil(10 * highest - 1e-9) / 10, 0.5)
    ax.set_xlim(-MARGIN * end, (1 + MARGIN) * end)
    room = size_in_points(ax)[0] / TICK_WIDTH
    step = next((step for step in (0.1, 0.2, 0.25) if end / step <= room), 0.5)
    ticks = np.arange(0, end + 1e-9, step)
    ax.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks], **font())
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    size = fitting_size(strips.moved, 1.3 * size_in_points(ax)[0], 9.5, 6.5)
    ax.set_xlabel(drawable(strips.moved), fontsize=size, color=FAINT_INK, **font())


def _write_ranges(ax: Axes, strips: Strips) -> None:
    """Write the smallest and the largest share right of each strip."""
    rows = zip(["over prompts", *strips.ranges], [-0.5, *range(len(strips.emotions))], strict=True)
    for text, row in rows:
        ax.annotate(
            text,
            (1, row),
            (RANGE_AWAY, 6 if row < 0 else 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            va="center_baseline",
            fontsize=9 if row < 0 else 10,
            color=FAINT_INK if row < 0 else INK,
            annotation_clip=False,
            gid="heading" if row < 0 else "range",
            **font(),
        )


def _handles(strips: Strips) -> list[Artist]:
    """Explain the markers in grey, since the colours already mean emotions."""
    from matplotlib.lines import Line2D

    many = Counter(strips.kinds)
    kinds = zip(many.items(), MARKERS, strict=False)
    handles: list[Artist] = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markersize=LARGEST,
            color=FAINT_INK,
            markeredgecolor="white",
            label=drawable(shortened(kind, 24) + (f" ({count})" if count > 1 else "")),
        )
        for (kind, count), marker in kinds
    ]
    if strips.listeners is not None:
        bar = Line2D(
            [], [], linestyle="none", marker="|", markersize=12, color=INK, markeredgewidth=2.2
        )
        bar.set_label(LISTENERS)
        handles.append(bar)
    return handles


def _draw_strips(ax: Axes, strips: Strips, colors: dict[str, str]) -> None:
    """Draw the range of each emotion, its dots, and the listeners' bar."""
    width, height = size_in_points(ax)
    low, high = ax.get_xlim()
    pitch = height / len(strips.emotions)
    room = STRIP * pitch
    along = (strips.shares - low) / (high - low) * width
    smallest = max(MEDIUM * min(1.0, np.sqrt(FEW / len(strips.prompts))), SMALLEST)
    offsets, diameter = swarm(list(along.T), room, LARGEST, smallest)
    markers = dict(zip(dict.fromkeys(strips.kinds), MARKERS, strict=False))
    for row, name in enumerate(strips.emotions):
        share = strips.shares[:, row]
        ax.plot(
            [share.min(), share.max()],
            [row, row],
            color=lighten(colors[name], 0.78),
            linewidth=min(LARGEST, room),
            solid_capstyle="round",
            zorder=1,
        )
        for kind, marker in markers.items():
            of_kind = np.array([one == kind for one in strips.kinds])
            ax.scatter(
                share[of_kind],
                row + offsets[row][of_kind] / pitch,
                s=diameter**2,
                marker=marker,
                color=colors[name],
                edgecolors="white",
                linewidths=0.1 * diameter,
                zorder=2,
                clip_on=False,
                gid=name,
            )
        if strips.listeners is not None:
            ax.plot(
                [strips.listeners[row]] * 2,
                [row - BAR / 2, row + BAR / 2],
                color=INK,
                linewidth=2.5,
                solid_capstyle="butt",
                zorder=1.5,
                clip_on=False,
                gid=LISTENERS,
            )
