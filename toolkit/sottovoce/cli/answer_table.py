"""Recordings, answers and shares as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.cli.printing import GAP, display_width, table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.reports import AnswerRow

NONE = "–"
LONG_COLUMNS = (2, 3, 4)  # said, token level, listeners
NAME_WIDTH = 26
NARROWEST = 12


def answer_lines(rows: Sequence[AnswerRow], width: int, readout: str = "token level") -> list[str]:
    """Return a heading and a line for each answer; failed recordings are told elsewhere.

    Columns of votes are there if any recording has votes, that of the prompt if there are several.
    """
    from sottovoce.reports import in_words

    shown = [row for row in rows if row.status == "ok"]
    if not shown:
        return []
    with_votes = any(row.listeners for row in shown)
    with_prompt = len({row.prompt for row in shown}) > 1
    heading = ["recording", "prompt", "said", readout, "listeners", "JS"]
    kept = [0, *([1] if with_prompt else []), 2, 3, *([4, 5] if with_votes else [])]
    table = [heading] + [
        [
            row.utterance,
            row.prompt,
            row.answer or NONE,
            in_words(row.shares) if row.shares else NONE,
            in_words(row.listeners) if row.listeners else NONE,
            NONE if row.js is None else f"{row.js:.3f}",
        ]
        for row in shown
    ]
    rows_shown = [[row[i] for i in kept] for row in table]
    long = [place for place, i in enumerate(kept) if i in LONG_COLUMNS]
    most = {0: NAME_WIDTH} | dict.fromkeys(long, _room(rows_shown, long, width))
    return table_lines(rows_shown, right=[kept.index(5)] if with_votes else [], most=most)


def _room(rows: list[list[str]], long: list[int], width: int) -> int:
    """Return how wide each of the long columns may be, so that a line fits."""
    others = [
        min(max(display_width(row[place]) for row in rows), NAME_WIDTH)
        for place in range(len(rows[0]))
        if place not in long
    ]
    left = width - sum(others) - len(GAP) * (len(rows[0]) - 1)
    return max(left // len(long), NARROWEST)
