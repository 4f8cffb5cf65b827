"""The rows of the token heat map: which tokens, in which order, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.dataset import log_probability
from sottovoce.errors import RunError
from sottovoce.plots.layout import CHARACTER_WIDTH, figure_of, size_in_points, width_in_characters
from sottovoce.plots.style import FAINT_INK, text_color
from sottovoce.plots.text import drawable, font, set_font, shortened, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

    from sottovoce.plots.answers import Answer

PERCENTAGES = "percentages"
LARGEST, SMALLEST = 9.0, 4.0
STRIP_AWAY = 4.0  # from the grid, in points
LABEL_AWAY = 9.0


@dataclass(frozen=True)
class Row:
    """A token's row: its id, its text, and the group that it stands in."""

    token: int
    text: str
    group: str


def ordered_rows(answer: Answer, max_tokens: int, least: float) -> tuple[np.ndarray, list[Row]]:
    """Choose the tokens to draw, and their order.

    Parameters
    ----------
    answer
        Whose tokens.
    max_tokens
        How many at most.
    least
        A token that is never as probable, was not emitted and is not the likeliest of its concept
        is left out.

    Returns
    -------
    log_p : ndarray
        Log-probabilities (token, step).
    rows : list of Row

    Raises
    ------
    RunError
        If nothing would be drawn.
    """
    run = answer.run
    if run.sizes["token"] == 0 or max_tokens < 1:
        raise RunError(
            f"There is nothing to draw: the run follows {run.sizes['token']} tokens, and "
            f"max_tokens={max_tokens}"
        )
    log_p = log_probability(run)[0, 0].transpose("token", "step").values
    best = np.nan_to_num(log_p, nan=-np.inf).max(axis=1)
    emitted = np.isin(run["token"].values, run["chosen_token"].values)
    is_percentage = run["kind"].values == "percentage"
    concepts = np.where(is_percentage, PERCENTAGES, run["concept"].values.astype(str))
    by_need = np.lexsort((-best, ~emitted))
    of_concept = {str(concepts[i]): int(i) for i in by_need[::-1] if not is_percentage[i]}
    worthy = emitted | (best >= np.log(least))
    worthy[list(of_concept.values()) or by_need[:1]] = True
    kept = [i for i in by_need if worthy[i]][:max_tokens]
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
            str(concepts[i]),
        )
        for i in order
    ]
    return log_p[order], rows


def name_groups(ax: Axes, rows: list[Row], colors: dict[str, str]) -> list[Annotation]:
    """Part the groups, give each a strip of its colour; return their names, not yet placed."""
    from matplotlib.transforms import offset_copy

    left = offset_copy(ax.get_yaxis_transform(), figure_of(ax).figure, -STRIP_AWAY, units="points")
    names = []
    start = 0
    for group, members in groupby(rows, key=lambda row: row.group):
        end = start + len(list(members))
        color = colors.get(group, FAINT_INK)
        name = ax.annotate(
            drawable(shortened(group, 18)),
            (0, (start + end - 1) / 2),
            (0, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
            fontweight="bold",
            color=text_color(color),
            annotation_clip=False,
            **font(),
        )
        names.append(name)
        ax.plot(
            [0, 0],
            [start - 0.4, end - 0.6],
            transform=left,
            color=color,
            linewidth=3.5,
            solid_capstyle="butt",
            clip_on=False,
        )
        if start:
            ax.axhline(start - 0.5, color="white", linewidth=3)
        start = end
    ax.set_ylim(len(rows) - 0.5, -0.5)
    return names


def label_rows(ax: Axes, rows: list[Row], names: list[Annotation]) -> None:
    """Write each token's text, as large as there is room, and left of them the groups' names."""
    labels = [drawable(visible(row.text)) for row in rows]
    size = float(np.clip(0.8 * size_in_points(ax)[1] / len(rows), SMALLEST, LARGEST))
    ax.set_yticks(range(len(rows)), labels, fontsize=size)
    ax.tick_params(axis="y", pad=LABEL_AWAY)
    set_font(*ax.get_yticklabels())
    widest = max(map(width_in_characters, labels)) * CHARACTER_WIDTH * size
    for name in names:
        name.set_position((-widest - LABEL_AWAY - 6, 0))
        name.set_fontsize(1.1 * size)
