"""The probability of each followed token at each decoding step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.answers import Answer, select_answer
from sottovoce.plots.heatmap_rows import Row, label_rows, name_groups, ordered_rows
from sottovoce.plots.layout import (
    CHARACTER_WIDTH,
    figure_of,
    new_axes,
    set_titles,
    settle,
    size_in_points,
)
from sottovoce.plots.step_axis import label_steps
from sottovoce.plots.style import FAINT_INK, INK
from sottovoce.plots.text import font, percent, percentage_of_decade, shortened, visible

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

LEAST_PROBABILITY = 1e-4
LEAST_TOLD = 0.01
LIGHT_ON_DARK = 0.02  # the probability from which text in a cell is white
NO_WEIGHT = "#F5F5F5"
CELL_TEXT, SMALLEST_CELL_TEXT = 8.0, 6.0


def token_heatmap(
    run: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    max_tokens: int = 40,
    ax: Axes | None = None,
) -> Axes:
    """Draw the probability of the followed tokens at every decoding step of one answer.

    Rows are tokens, grouped by concept, percentages last; columns are steps, under which the
    emitted token stands. Where the emitted token is one of the rows, its cell is framed. The colour
    is on a log scale and ends at 0.01 %; tokens that are never above it are left out, except the
    likeliest of each concept. Where there is room, cells tell their percentage.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    utterance, prompt
        Which answer; may be left out where the run has only one.
    max_tokens
        How many tokens to draw at most: those that were emitted, and the likeliest at any step.
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
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_2")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["percentages"])
    >>> ax = token_heatmap(run)
    >>> ax.get_title(loc="left")
    'maya_sad-fearful_2  ·  percentages'
    """
    answer = select_answer(run, utterance, prompt)
    log_p, rows = ordered_rows(answer, max_tokens, LEAST_PROBABILITY)
    n_tokens, n_steps = log_p.shape
    if ax is None:
        width = float(np.clip(0.38 * n_steps + 3.2, 5, 16))
        ax = new_axes(width, float(np.clip(0.21 * n_tokens + 1.6, 2.8, 16)))
    image = ax.imshow(
        log_p,
        aspect="auto",
        interpolation="nearest",
        cmap=_color_map(),
        vmin=np.log(LEAST_PROBABILITY),
        vmax=0,
    )
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.tick_params(length=0, colors=INK)
    followed = answer.run.sizes["token"]
    which = f"; {n_tokens} of {followed} followed tokens" if n_tokens < followed else ""
    _color_scale(ax, image)
    _mark_emitted(ax, answer, rows)
    names = name_groups(ax, rows, answer.colors)
    for _ in range(2):  # the second time, how much room there is is known
        set_titles(ax, answer.title, answer.subtitle)
        label_steps(
            ax,
            answer.tick_labels,
            answer.emitted_colors,
            note=f"framed in the grid{which}",
        )
        label_rows(ax, rows, names)
        settle(ax)
    _write_percentages(ax, log_p)
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
    log_p, rows = ordered_rows(answer, max_tokens, LEAST_PROBABILITY)
    best = np.unravel_index(np.argmax(np.nan_to_num(log_p, nan=-np.inf)), log_p.shape)
    return (
        f"Heat map: probability, on a log scale, of {len(rows)} tokens at the "
        f"{len(answer.emitted)} decoding steps of the answer of {answer.utterance} to the prompt "
        f"{answer.prompt}. The model said: {shortened(answer.text, 120) or 'nothing'}. "
        f"The likeliest cell is the token {visible(rows[best[0]].text)!r} at step {best[1] + 1}, "
        f"{np.exp(log_p[best]):.1%}."
    )


def _color_map() -> Colormap:
    """Return white to purple, so that what has no weight recedes, and ends before black."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    colors = colormaps["BuPu"](np.linspace(0.08, 0.9, 256))
    return ListedColormap(colors).with_extremes(under=NO_WEIGHT, bad=NO_WEIGHT)


def _mark_emitted(ax: Axes, answer: Answer, rows: list[Row]) -> None:
    from matplotlib.patches import Rectangle

    row_of = {row.token: i for i, row in enumerate(rows)}
    for step, token in enumerate(answer.run["chosen_token"].values[0, 0].tolist()):
        if token in row_of:
            corner = (step - 0.5, row_of[token] - 0.5)
            frame = Rectangle(
                corner, 1, 1, fill=False, edgecolor=INK, linewidth=1.6, zorder=3, clip_on=False
            )
            ax.add_patch(frame)


def _write_percentages(ax: Axes, log_p: np.ndarray) -> None:
    """Tell the percentage in the cells that have one, if all cells have room for it."""
    width, height = size_in_points(ax)
    n_tokens, n_steps = log_p.shape
    slot = width / n_steps
    size = min(CELL_TEXT, 0.75 * height / n_tokens, slot / (4 * CHARACTER_WIDTH))
    if size < SMALLEST_CELL_TEXT:
        return
    for token, step in np.argwhere(log_p >= np.log(LEAST_TOLD)):
        ax.text(
            step,
            token,
            percent(np.exp(log_p[token, step])),
            ha="center",
            va="center_baseline",
            fontsize=size,
            color="white" if log_p[token, step] > np.log(LIGHT_ON_DARK) else INK,
            gid="percentage",
            **font(),
        )


def _color_scale(ax: Axes, image: AxesImage) -> None:
    bar = figure_of(ax).colorbar(image, ax=ax, shrink=0.8, aspect=24, pad=0.02)
    exponents = np.arange(0, round(-np.log10(LEAST_PROBABILITY)) + 1)
    labels = [percentage_of_decade(int(k)) for k in exponents]
    bar.set_ticks(-exponents * np.log(10), labels=[*labels[:-1], f"<{labels[-1]}"])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=9, labelcolor=INK)
    bar.set_label("probability, log scale", color=FAINT_INK, **font())
