"""The log-probability of each emotion over the decoding steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.answers import Answer, select_answer
from sottovoce.plots.layout import label_steps, new_axes, set_titles, size_in_points, spread
from sottovoce.plots.style import (
    FAINT_INK,
    HIGHLIGHT,
    bare_axes,
    concept_colors,
    text_color,
)
from sottovoce.plots.text import drawable, font, shortened, visible
from sottovoce.readout import answer_step, pooled_log_probability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from matplotlib.axes import Axes

LEAST_PROBABILITY = 1e-6
LABEL_SIZE = 11
WIDE_STEPS = 8  # so few that a band as wide as a step would look like a region


def trajectories(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    emotions: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the log-probability of each emotion at every decoding step of one answer.

    A line is the log-probability that the next token begins a word of that emotion, pooled over
    its spellings. Under each step stands the token that was emitted, with its whitespace visible;
    the step at which the answer names its emotion is shaded.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    utterance, prompt
        Which answer; may be left out where the run has only one.
    emotions
        The concepts to draw; by default those of the run's token set.
    ax
        Where to draw; by default a new figure, as wide as the answer is long.

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
    >>> from sottovoce import open_run
    >>> ax = trajectories(open_run("run.zarr"), "clip_01", "percentages")  # doctest: +SKIP
    >>> ax.figure.savefig("trajectories.png")  # doctest: +SKIP
    """
    answer = select_answer(run, utterance, prompt)
    log_p = pooled_log_probability(answer.run, emotions).isel(utterance=0, prompt=0)
    names = [str(name) for name in log_p["emotion"].values]
    n_steps = len(answer.emitted)
    if ax is None:
        ax = new_axes(float(np.clip(0.42 * n_steps + 3, 8, 16)), 5)
    bare_axes(ax, grid="y")
    _scale(ax, log_p.values)
    _mark_answer(ax, answer, emotions)
    colors = {**concept_colors(names), **answer.colors}
    for name in names:
        ax.plot(
            np.arange(n_steps),
            log_p.sel(emotion=name).values,
            color=colors[name],
            linewidth=2.2,
            marker="o",
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.8,
            label=name,
        )
    label_steps(ax, answer.tick_labels, answer.emitted_colors)
    _label_ends(ax, log_p, colors)
    set_titles(ax, answer.title, answer.subtitle)
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
    log_p = pooled_log_probability(answer.run, emotions).isel(utterance=0, prompt=0)
    step = _answer_step(answer, emotions)
    p = np.exp(log_p.isel(step=step).to_series()).sort_values(ascending=False, kind="stable")
    likeliest = ", ".join(f"{name} {value:.1%}" for name, value in p.head(3).items())
    return (
        f"Line chart: log-probability of {log_p.sizes['emotion']} emotions over the "
        f"{len(answer.emitted)} decoding steps of the answer of {answer.utterance} to the prompt "
        f"{answer.prompt}. The model said: {shortened(answer.text, 120) or 'nothing'}. At the "
        f"answer step, where it emitted {visible(answer.emitted[step])!r}, the likeliest were "
        f"{likeliest}."
    )


def _answer_step(answer: Answer, emotions: Sequence[str] | None) -> int:
    return int(answer_step(answer.run, emotions=emotions)["answer_step"].item())


def _mark_answer(ax: Axes, answer: Answer, emotions: Sequence[str] | None) -> None:
    step = _answer_step(answer, emotions)
    if step < 0:
        return
    half = 0.5 if len(answer.emitted) > WIDE_STEPS else 0.25
    ax.axvspan(step - half, step + half, color=HIGHLIGHT, linewidth=0, zorder=0)
    ax.annotate(
        "answer step",
        (step, 0),
        (0, 5),
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
        rotation=90,
        ha="center",
        va="bottom",
        fontsize=9,
        color=FAINT_INK,
        **font(),
    )


def _scale(ax: Axes, log_p: np.ndarray) -> None:
    """Put ticks at powers of ten, each told as a log-probability and as a probability."""
    finite = log_p[np.isfinite(log_p)]
    lowest = max(finite.min() if finite.size else 0.0, np.log(LEAST_PROBABILITY))
    exponents = np.arange(0, np.ceil(-lowest / np.log(10)) + 1)
    ticks = np.log(10) * (0.0 - exponents)
    ax.set_yticks(
        ticks,
        [f"{tick:.1f}  ({100 * 10.0**-k:.10g}%)".replace("-", "−") for k, tick in enumerate(ticks)],
        fontsize=10,
        **font(),
    )
    margin = 0.04 * -ticks[-1]
    ax.set_ylim(ticks[-1] - margin, margin)
    ax.set_ylabel("log-probability (probability)", color=FAINT_INK, **font())


def _label_ends(ax: Axes, log_p: xr.DataArray, colors: Mapping[str, str]) -> None:
    """Write each name right of its line's last value, spread apart, with a thin line to it."""
    low, high = ax.get_ylim()
    last = log_p.sizes["step"] - 1
    ends = {
        str(line["emotion"].item()): float(
            np.clip(np.nan_to_num(line.values[-1], nan=low), low, high)
        )
        for line in log_p.transpose("emotion", "step")
    }
    gap = 1.35 * LABEL_SIZE / size_in_points(ax)[1] * (high - low)
    places = spread(list(ends.values()), gap, low, high)
    for (name, end), place in zip(ends.items(), places, strict=True):
        ax.annotate(
            drawable(shortened(name, 24)),
            (last, end),
            (last + 0.5, place),
            textcoords=ax.transData,
            va="center",
            fontsize=LABEL_SIZE,
            fontweight="bold",
            color=text_color(colors[name]),
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colors[name],
                "linewidth": 0.8,
                "relpos": (0, 0.5),
                "shrinkB": 4,
            },
            **font(),
        )
