"""The log-probability of each followed token at each decoding step."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.dataset import log_probability
from sottovoce.errors import RunError
from sottovoce.plots.answers import Answer, select_answer
from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    figure_of,
    label_steps,
    new_axes,
    set_titles,
    size_in_points,
    width_in_characters,
)
from sottovoce.plots.style import FAINT_INK, INK, text_color
from sottovoce.plots.text import drawable, font, set_font, shortened, visible

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

LEAST_PROBABILITY = 1e-6
PERCENTAGES = "percentages"
LARGEST_ROW_LABEL = 9


@dataclass(frozen=True)
class Row:
    """A token's row: its id, its text, and the group that it stands in."""

    token: int
    text: str
    group: str


def token_heatmap(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    max_tokens: int = 40,
    ax: Axes | None = None,
) -> Axes:
    """Draw the log-probability of every followed token at every decoding step of one answer.

    Rows are tokens, grouped by concept, percentages last; columns are steps, under which the
    emitted token stands. Where the emitted token is one of the rows, a ring marks its cell.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    utterance, prompt
        Which answer; may be left out where the run has only one.
    max_tokens
        How many tokens to draw at most: the likeliest at any step, and those that were emitted.
    ax
        Where to draw; by default a new figure, high enough for all tokens.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    RunError
        If there is no such answer, or the recording failed.

    See Also
    --------
    describe_token_heatmap : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> from sottovoce import open_run
    >>> ax = token_heatmap(open_run("run.zarr"), "clip_01", "percentages")  # doctest: +SKIP
    >>> ax.figure.savefig("token_heatmap.png")  # doctest: +SKIP
    """
    answer = select_answer(run, utterance, prompt)
    log_p, rows = _ordered_rows(answer, max_tokens)
    n_tokens, n_steps = log_p.shape
    if ax is None:
        width = float(np.clip(0.38 * n_steps + 4, 7, 16))
        ax = new_axes(width, float(np.clip(0.21 * n_tokens + 1.9, 3.5, 16)))
    image = ax.imshow(
        log_p,
        aspect="auto",
        interpolation="nearest",
        cmap="magma_r",
        vmin=np.log(LEAST_PROBABILITY),
        vmax=0,
    )
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.tick_params(length=0, colors=INK)
    label_steps(ax, answer.tick_labels, answer.emitted_colors)
    _label_rows(ax, rows, answer.colors)
    _mark_emitted(ax, answer, rows)
    _color_scale(ax, image)
    followed = answer.run.sizes["token"]
    which = f"; rows: {n_tokens} of {followed} followed tokens" if n_tokens < followed else ""
    ax.set_xlabel(f"emitted tokens (○ marks them in the grid{which})", color=FAINT_INK, **font())
    set_titles(ax, answer.title, answer.subtitle)
    return ax


def describe_token_heatmap(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    max_tokens: int = 40,
) -> str:
    """Say in a sentence or two what `token_heatmap` draws, to stand in for the picture.

    Parameters
    ----------
    run, utterance, prompt, max_tokens
        As for `token_heatmap`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    answer = select_answer(run, utterance, prompt)
    log_p, rows = _ordered_rows(answer, max_tokens)
    best = np.unravel_index(np.argmax(np.nan_to_num(log_p, nan=-np.inf)), log_p.shape)
    return (
        f"Heat map: log-probability of {len(rows)} tokens at the {len(answer.emitted)} decoding "
        f"steps of the answer of {answer.utterance} to the prompt {answer.prompt}. The model said: "
        f"{shortened(answer.text, 120) or 'nothing'}. The likeliest cell is the token "
        f"{visible(rows[best[0]].text)!r} at step {best[1] + 1}, {np.exp(log_p[best]):.1%}."
    )


def _ordered_rows(answer: Answer, max_tokens: int) -> tuple[np.ndarray, list[Row]]:
    """Return log-probabilities (token, step) of the rows to draw, and what the rows are."""
    run = answer.run
    if run.sizes["token"] == 0 or max_tokens < 1:
        raise RunError(
            f"There is nothing to draw: the run follows {run.sizes['token']} tokens, and "
            f"max_tokens={max_tokens}"
        )
    log_p = log_probability(run)[0, 0].transpose("token", "step").values
    best = np.nan_to_num(log_p, nan=-np.inf).max(axis=1)
    emitted = np.isin(run["token"].values, run["chosen_token"].values)
    kept = np.lexsort((-best, ~emitted))[:max_tokens]
    is_percentage = run["kind"].values == "percentage"
    # Alphabetical by concept, percentages last and in the order of their digits.
    order = sorted(
        kept,
        key=lambda i: (
            bool(is_percentage[i]),
            not str(run["concept"].values[i]).isdigit() and bool(is_percentage[i]),
            str(run["concept"].values[i]),
            0.0 if is_percentage[i] else -best[i],
            int(run["token"].values[i]),
        ),
    )
    rows = [
        Row(
            int(run["token"].values[i]),
            str(run["token_text"].values[i]),
            PERCENTAGES if is_percentage[i] else str(run["concept"].values[i]),
        )
        for i in order
    ]
    return log_p[order], rows


def _label_rows(ax: Axes, rows: list[Row], colors: dict[str, str]) -> None:
    """Write each token's text, and left of them the groups' names with a strip of their colour."""
    labels = [drawable(visible(row.text)) for row in rows]
    size = float(np.clip(0.8 * size_in_points(ax)[1] / len(rows), 4, LARGEST_ROW_LABEL))
    ax.set_yticks(range(len(rows)), labels, fontsize=size)
    ax.tick_params(axis="y", pad=10)
    set_font(*ax.get_yticklabels())
    widest = max(map(width_in_characters, labels)) * CHARACTER_WIDTH * size
    start = 0
    for group, members in groupby(rows, key=lambda row: row.group):
        end = start + len(list(members))
        color = colors.get(group, FAINT_INK)
        ax.annotate(
            drawable(shortened(group, 18)),
            (0, (start + end - 1) / 2),
            (-widest - 18, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=1.17 * size,
            fontweight="bold",
            color=text_color(color),
            annotation_clip=False,
            **font(),
        )
        ax.plot(
            [-0.008, -0.008],
            [start - 0.4, end - 0.6],
            transform=ax.get_yaxis_transform(),
            color=color,
            linewidth=4,
            solid_capstyle="butt",
            clip_on=False,
        )
        if start:
            ax.axhline(start - 0.5, color="white", linewidth=3)
        start = end
    ax.set_ylim(len(rows) - 0.5, -0.5)


def _mark_emitted(ax: Axes, answer: Answer, rows: list[Row]) -> None:
    row_of = {row.token: i for i, row in enumerate(rows)}
    chosen = answer.run["chosen_token"].values[0, 0].tolist()
    marks = [(step, row_of[token]) for step, token in enumerate(chosen) if token in row_of]
    steps, places = ([mark[axis] for mark in marks] for axis in (0, 1))
    ax.scatter(steps, places, s=34, c="white", edgecolors=INK, linewidths=1.2, zorder=3)


def _color_scale(ax: Axes, image: AxesImage) -> None:
    bar = figure_of(ax).colorbar(image, ax=ax, shrink=0.7, aspect=28, pad=0.02)
    exponents = np.arange(0, 7)
    bar.set_ticks(-exponents * np.log(10), labels=[f"{100 * 10.0**-k:.10g}%" for k in exponents])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=9, labelcolor=INK)
    bar.set_label("probability, log scale", color=FAINT_INK, **font())
