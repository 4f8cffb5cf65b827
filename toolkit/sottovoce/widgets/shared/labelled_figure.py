"""Names with a text each, as a picture."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sottovoce.plots.style import FAINT_INK, INK
from sottovoce.plots.text import drawable, font, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.figure import Figure

MOST_ROWS = 24
_COLUMNS = 76
_LINE = 0.21
_GAP = 0.13
_MARGIN = 0.2
_WIDTH = 8.0
_LABEL = 1.7
_LONGEST_LABEL = 22
_MOST_LINES = 8


def draw_labelled(rows: Sequence[tuple[str, str]], *, empty: str) -> Figure:
    """Draw names on the left and their texts, wrapped, on the right.

    Parameters
    ----------
    rows
        Name and text; the first two dozen are drawn, the others counted.
    empty
        What to say where there is none.
    """
    from sottovoce.widgets.shared.figure import StillFigure

    blocks = [(label, wrap(text, _COLUMNS)[:_MOST_LINES]) for label, text in rows[:MOST_ROWS]]
    more = len(rows) - len(blocks)
    if more > 0:
        blocks.append(("", [f"and {more} more"]))
    blocks = blocks or [("", [empty])]
    height = 2 * _MARGIN + sum(len(lines) * _LINE + _GAP for _, lines in blocks)
    figure = StillFigure(figsize=(_WIDTH, height))
    top = height - _MARGIN
    for label, lines in blocks:
        name = drawable(shortened(label, _LONGEST_LABEL))
        at = {"va": "top", "fontsize": 9.5, **font()}
        figure.text(_MARGIN / _WIDTH, top / height, name, color=INK, weight="bold", **at)
        for i, line in enumerate(lines):
            figure.text(
                _LABEL / _WIDTH,
                (top - i * _LINE) / height,
                drawable(line),
                color=INK if label else FAINT_INK,
                **at,
            )
        top -= len(lines) * _LINE + _GAP
    return figure


def wrap(text: str, columns: int) -> list[str]:
    """Return a text in lines, with Japanese, which has no spaces, broken anywhere.

    Examples
    --------
    >>> wrap("one two three", 8), wrap("感情の割合", 6)
    (['one two', 'three'], ['感情の', '割合'])
    """
    lines, line, width = [], "", 0
    for part in _parts(text):
        wide = sum(_width(sign) for sign in part)
        if line and width + wide - part.endswith(" ") > columns:
            lines.append(line.rstrip())
            line, width = "", 0
        line, width = line + part, width + wide
    return [*lines, line.rstrip()]


def _parts(text: str) -> Iterable[str]:
    """Yield words with the space behind them, and signs of double width alone."""
    word = ""
    for sign in " ".join(text.split()):
        if _width(sign) == 2:
            if word:
                yield word
            word = ""
            yield sign
        else:
            word += sign
            if sign == " ":
                yield word
                word = ""
    if word:
        yield word


def _width(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
