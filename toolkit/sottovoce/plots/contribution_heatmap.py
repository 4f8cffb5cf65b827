"""The part of each spelling at each step in the shares of one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.plots.heatmap_rows import Row, label_rows, name_groups
from sottovoce.plots.layout import figure_of, new_axes, set_titles, settle
from sottovoce.plots.parts import Parts, select_parts
from sottovoce.plots.step_axis import label_steps
from sottovoce.plots.style import FAINT_INK, INK, concept_colors
from sottovoce.plots.text import font, percent, visible

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage


def contribution_heatmap(
    parts: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    max_tokens: int = 24,
    ax: Axes | None = None,
) -> Axes:
    """Draw the part of each spelling at each step in its emotion's share.

    Rows are spellings, grouped by emotion; columns are steps, under which the emitted token stands.
    Blue raises the emotion's share, red lowers it.

    Parameters
    ----------
    parts
        From :func:`sottovoce.explain.contributions`.
    utterance, prompt
        Which answer; may be left out where there is only one.
    max_tokens
        How many spellings to draw at most: the largest of each emotion, and then the largest.
    ax
        Where to draw; by default a new figure, high enough for all rows.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If these are no contributions, there is no such answer, or nothing would be drawn.

    See Also
    --------
    describe_contribution_heatmap : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_4")
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, corpus.recordings, "percentages", progress=False)
    >>> ax = contribution_heatmap(sottovoce.explain.contributions(run, "mean_logprob"))
    >>> ax.get_title(loc="left")
    'maya_sad-fearful_4  ·  percentages  ·  mean_logprob'
    """
    chosen = select_parts(parts, utterance, prompt)
    at = _rows(chosen, max_tokens)
    values = chosen.of_token[at]
    rows = [Row(row, chosen.texts[row], chosen.concepts[row]) for row in at]
    if ax is None:
        width = float(np.clip(0.38 * values.shape[1] + 3.2, 5, 16))
        ax = new_axes(width, float(np.clip(0.21 * len(rows) + 1.6, 2.8, 16)))
    most = float(np.abs(values).max()) or 1.0
    image = ax.imshow(
        values, aspect="auto", interpolation="nearest", cmap="RdBu", vmin=-most, vmax=most
    )
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.tick_params(length=0, colors=INK)
    _color_scale(ax, image)
    colors = concept_colors(chosen.emotions)
    groups = name_groups(ax, rows, colors)
    left = len(chosen.texts) - len(rows)
    for _ in range(2):  # the second time, how much room there is is known
        set_titles(ax, chosen.title, chosen.subtitle)
        label_steps(
            ax,
            chosen.tick_labels,
            [None] * len(chosen.emitted),
            note=f"{left} spellings with smaller parts left out" if left else "",
        )
        label_rows(ax, rows, groups)
        settle(ax)
    return ax


def describe_contribution_heatmap(
    parts: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    max_tokens: int = 24,
) -> str:
    """Say in a sentence or two what `contribution_heatmap` draws, to stand in for the picture.

    Parameters
    ----------
    parts, utterance, prompt, max_tokens
        As for `contribution_heatmap`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    chosen = select_parts(parts, utterance, prompt)
    at = _rows(chosen, max_tokens)
    row, step = np.unravel_index(np.argmax(np.abs(chosen.of_token[at])), (len(at), _steps(chosen)))
    token = at[int(row)]
    part = float(chosen.of_token[token, step])
    verb = "raises" if part > 0 else "lowers"
    return (
        f"Heat map: the parts of {len(at)} spellings at the {_steps(chosen)} steps of the answer "
        f"of {chosen.utterance} to the prompt {chosen.prompt}, by {chosen.readout}. The largest: "
        f"{visible(chosen.texts[token])!r} at step {int(step) + 1} {verb} "
        f"{chosen.concepts[token]} by {percent(abs(part))}."
    )


def _steps(chosen: Parts) -> int:
    return int(chosen.of_token.shape[1])


def _rows(chosen: Parts, max_tokens: int) -> list[int]:
    """Return the spellings to draw, grouped by emotion."""
    largest = np.abs(chosen.of_token).max(axis=1)
    if max_tokens < 1 or not largest.size:
        raise ReadoutError(
            f"There is nothing to draw: {len(largest)} spellings, and max_tokens={max_tokens}"
        )
    by_size = np.argsort(-largest, kind="stable").tolist()
    first = {chosen.concepts[row]: row for row in by_size[::-1]}
    kept = dict.fromkeys([*sorted(first.values(), key=lambda row: -largest[row]), *by_size])
    worthy = [row for row in kept if largest[row] > 1e-4 or row in first.values()][:max_tokens]
    order = {name: place for place, name in enumerate(chosen.emotions)}
    return sorted(worthy, key=lambda row: (order[chosen.concepts[row]], -largest[row]))


def _color_scale(ax: Axes, image: AxesImage) -> None:
    bar = figure_of(ax).colorbar(image, ax=ax, shrink=0.8, aspect=24, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=9, labelcolor=INK)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:+.1%}".replace("-", "−"))
    bar.set_label("part of the emotion's share", color=FAINT_INK, **font())
