"""The probability of each emotion over the decoding steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.answers import select_answer
from sottovoce.plots.key import draw_key
from sottovoce.plots.layout import (
    figure_of,
    new_axes,
    set_titles,
    settle,
    size_in_points,
)
from sottovoce.plots.step_axis import label_steps
from sottovoce.plots.step_labels import Mark, dodge, place_labels
from sottovoce.plots.style import (
    FAINT_INK,
    GRID,
    HIGHLIGHT,
    INK,
    bare_axes,
    concept_colors,
    text_color,
)
from sottovoce.plots.text import drawable, font, percent, percentage_of_decade, shortened, visible
from sottovoce.plots.weights import LEAST_WEIGHT, MOST_LABELLED, Weights, weigh

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

MOST_TOLD = 6
HEADROOM = 30  # points above 100 %, for the name of the answer step
LABEL_SIZE = 9.0
APART = 6.0  # two markers of a step, in points
WIDE_STEPS = 8  # so few that a band as wide as a step would look like a region


def trajectories(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    emotions: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the probability of each emotion at every decoding step of one answer, on a log scale.

    A marker is the probability that the next token begins a word of that emotion, pooled over its
    spellings; the likelier, the larger, and ringed where that emotion was said. What is under the
    lowest tick, as between the emotions of most answers, lies on the floor and has no marker. The
    likeliest emotions are named at the steps where emotions have weight, as far as there is room;
    the key at the right holds them all, as they stood at the shaded answer step, at which the
    answer names its emotion. Under each step stands the token that was emitted, with its whitespace
    visible.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    utterance, prompt
        Which answer; may be left out where the run has only one.
    emotions
        The concepts to draw; by default those of the run's token set.
    ax
        Where to draw; by default a new figure, as wide as the answer is long. Its ordinate is the
        natural log-probability.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    RunError
        If there is no such answer, or the recording failed.
    ReadoutError
        If an emotion has no token in this run.

    See Also
    --------
    describe_trajectories : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_2")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["percentages"])
    >>> ax = trajectories(run)
    >>> ax.get_title(loc="left")
    'maya_sad-fearful_2  ·  percentages'
    """
    answer = select_answer(run, utterance, prompt)
    weights = weigh(answer, emotions)
    colors = {**concept_colors(weights.names), **answer.colors}
    n_steps = len(answer.emitted)
    if ax is None:
        ax = new_axes(float(np.clip(0.3 * n_steps + 4.5, 6.4, 16)), 4.2)
    bare_axes(ax, grid="y")
    _mark_answer(ax, weights)
    _draw_lines(ax, weights, colors)
    _draw_key(ax, weights, colors)
    said = any(name in weights.names for name in weights.said)
    note = "ringed above: the emotion that was said" if said else ""
    for _ in range(2):  # the second time, how much room there is is known
        set_titles(ax, answer.title, answer.subtitle)
        _scale(ax, weights)
        label_steps(ax, answer.tick_labels, answer.emitted_colors, note=note)
        settle(ax, beside=True)
    marks = _marks(ax, weights, colors)
    _draw_markers(ax, weights, marks)
    _label_marks(ax, weights, marks)
    return ax


def describe_trajectories(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    emotions: Sequence[str] | None = None,
) -> str:
    """Say in a sentence or two what `trajectories` draws, to stand in for the picture.

    Parameters
    ----------
    run, utterance, prompt, emotions
        As for `trajectories`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    answer = select_answer(run, utterance, prompt)
    weights = weigh(answer, emotions)
    together = weights.p.sum(axis=0)
    weighed = sorted(s for s in weights.weighed if together[s] >= LEAST_WEIGHT)
    step = weights.answer_step
    at_steps = "; ".join(
        f"step {s + 1}, {visible(answer.emitted[s])!r}: "
        + ", ".join(f"{weights.names[i]} {weights.p[i, s]:.1%}" for i in weights.leading(s))
        for s in weighed[:MOST_TOLD]
    )
    more = f"; and {len(weighed) - MOST_TOLD} more" if len(weighed) > MOST_TOLD else ""
    order = np.argsort(-weights.p[:, step], kind="stable")[:MOST_LABELLED]
    likeliest = ", ".join(f"{weights.names[i]} {weights.p[i, step]:.1%}" for i in order)
    return (
        f"Line chart: probability, on a log scale, of {len(weights.names)} emotions over the "
        f"{len(answer.emitted)} decoding steps of the answer of {answer.utterance} to the prompt "
        f"{answer.prompt}. The model said: {shortened(answer.text, 120) or 'nothing'}. At the "
        f"answer step, where it emitted {visible(answer.emitted[step])!r}, the likeliest were "
        f"{likeliest}. "
        + (
            f"Emotions had weight at {len(weighed)} step{'' if len(weighed) == 1 else 's'} "
            f"({at_steps}{more})."
            if weighed
            else "Emotions had little weight at any step."
        )
    )


def _scale(ax: Axes, weights: Weights) -> None:
    """Put ticks at powers of ten, and leave room above 100 % in points."""
    height = size_in_points(ax)[1]
    every = int(np.ceil(weights.decades / max(height // 22, 1)))
    exponents = [*range(0, weights.decades, every), weights.decades]
    labels = [percentage_of_decade(k) for k in exponents]
    labels[-1] = f"<{labels[-1]}"
    ax.set_yticks([-k * np.log(10) for k in exponents], labels, fontsize=10, **font())
    foot = 0.02 * -weights.floor
    head = (-weights.floor + foot) * HEADROOM / max(height - HEADROOM, HEADROOM)
    ax.set_ylim(weights.floor - foot, head)
    ax.set_ylabel("probability, log scale", color=FAINT_INK, **font())


def _mark_answer(ax: Axes, weights: Weights) -> None:
    n_steps = weights.p.shape[1]
    step = weights.answer_step
    for other in weights.weighed:
        if other != step:
            ax.axvline(other, color=GRID, linewidth=0.8, zorder=0.5)
    if step < 0:
        return
    half = 0.5 if n_steps > WIDE_STEPS else 0.25
    ax.axvspan(step - half, step + half, color=HIGHLIGHT, linewidth=0, zorder=0)
    aligned = "left" if step < n_steps / 4 else "right" if step >= 3 * n_steps / 4 else "center"
    ax.annotate(
        "answer step",
        (step + {"left": -half, "right": half, "center": 0}[aligned], 1),
        ({"left": 3, "right": -3, "center": 0}[aligned], -3),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        ha=aligned,
        va="top",
        fontsize=9,
        color=FAINT_INK,
        **font(),
    )


def _draw_lines(ax: Axes, weights: Weights, colors: dict[str, str]) -> None:
    for i, name in enumerate(weights.names):
        ax.plot(
            np.arange(weights.p.shape[1]),
            weights.clamped[i],
            color=colors[name],
            linewidth=1.3,
            alpha=0.35,
            label=name,
        )


def _draw_markers(ax: Axes, weights: Weights, marks: dict[tuple[int, int], Mark]) -> None:
    from matplotlib.transforms import offset_copy

    for (i, step), mark in marks.items():
        size = 4.5 + 4 * np.sqrt(weights.p[i, step])
        beside = offset_copy(ax.transData, figure_of(ax).figure, mark.aside, units="points")
        said = weights.said[step] == weights.names[i]
        for grown, color, edge, order in [(4, "white", INK, 3)] * said + [
            (0, mark.color, "white", 3.5)
        ]:
            ax.plot(
                *([value] for value in mark.data),
                marker="o",
                markersize=size + grown,
                color=color,
                markeredgecolor=edge,
                markeredgewidth=0.9,
                zorder=order,
                transform=beside,
                clip_on=False,
                label="_ring" if grown else "_marker",
            )


def _draw_key(ax: Axes, weights: Weights, colors: dict[str, str]) -> None:
    p = weights.p[:, weights.answer_step]
    order = np.argsort(-p, kind="stable")
    draw_key(
        ax,
        "at the answer step",
        [(weights.names[i], colors[weights.names[i]], percent(p[i])) for i in order],
    )


def _marks(ax: Axes, weights: Weights, colors: dict[str, str]) -> dict[tuple[int, int], Mark]:
    """Return what is above the floor, side by side where it would lie on one another."""
    width, height = size_in_points(ax)
    low, high = ax.get_ylim()
    n_steps = weights.p.shape[1]
    heights = (weights.log_p - low) / (high - low) * height
    marks = {}
    for step in range(n_steps):
        drawn = np.flatnonzero(weights.log_p[:, step] > weights.floor).tolist()
        for i, aside in zip(drawn, dodge(heights[drawn, step].tolist(), APART), strict=True):
            name = weights.names[i]
            marks[i, step] = Mark(
                (step + 0.5) * width / n_steps,
                float(heights[i, step]),
                (step, float(weights.log_p[i, step])),
                aside,
                drawable(shortened(name, 24)),
                percent(weights.p[i, step]),
                colors[name],
            )
    return marks


def _label_marks(ax: Axes, weights: Weights, marks: dict[tuple[int, int], Mark]) -> None:
    from matplotlib.patheffects import withStroke

    width, height = size_in_points(ax)
    low, high = ax.get_ylim()
    named = [[(i, step) for i in weights.leading(step)] for step in weights.weighed]
    labels = place_labels(
        [[marks[place] for place in places if place in marks] for places in named],
        list(marks.values()),
        width=width,
        top=-low / (high - low) * height,
        ceiling=height - 20,
        size=LABEL_SIZE,
        radius=4,
    )
    for label in labels:
        ax.annotate(
            label.text,
            label.mark.data,
            label.offset,
            textcoords="offset points",
            ha=label.alignment,
            va="center_baseline",
            fontsize=LABEL_SIZE,
            color=text_color(label.mark.color),
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            annotation_clip=False,
            zorder=5,
            **font(),
        )
