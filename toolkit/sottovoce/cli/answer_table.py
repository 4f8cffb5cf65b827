"""Recordings, answers and shares as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.cli.printing import table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.reports import AnswerRow

NONE = "–"


def answer_lines(rows: Sequence[AnswerRow], width: int) -> list[str]:
    """Return a heading and a line for each answer; failed recordings are told elsewhere.

    Columns of votes are there if any recording has votes, that of the prompt if there are several.
    """
    from sottovoce.reports import in_words

    shown = [row for row in rows if row.status == "ok"]
    if not shown:
        return []
    with_votes = any(row.listeners for row in shown)
    with_prompt = len({row.prompt for row in shown}) > 1
    heading = ["recording", "prompt", "said", "token level", "listeners", "JS"]
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
    free = width - 40 if with_votes else width - 30
    most = {0: 26, 1: 16, 2: max(free // 3, 16), 3: max(free // 3, 16), 4: max(free // 3, 16)}
    return table_lines(
        [[row[i] for i in kept] for row in table],
        right=[kept.index(5)] if with_votes else [],
        most={place: most[i] for place, i in enumerate(kept) if i in most},
    )
