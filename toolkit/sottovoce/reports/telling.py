"""A few recordings that tell how a model hears: one it got, one that divides, one it missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.evaluation import entropy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.reports.answers import AnswerRow


@dataclass(frozen=True)
class Telling:
    """A recording, and why it was picked.

    Parameters
    ----------
    row
        The recording and one question about it.
    role
        "divided", "close" or "far".
    why
        In words.
    """

    row: AnswerRow
    role: str
    why: str


def telling_recordings(rows: Sequence[AnswerRow]) -> list[Telling]:
    """Pick up to three recordings among the answers to one question.

    In this order: the one on which the listeners were most divided, the one on which model and
    listeners are closest among those that remain, and the one on which they are farthest apart.

    Parameters
    ----------
    rows
        Of one prompt; those without shares or votes are passed over.
    """
    left = [row for row in rows if row.shares and row.listeners and row.js is not None]
    chosen = []
    for role, key, why in (
        ("divided", _vote_entropy, "the recording on which the listeners were most divided"),
        ("close", _closeness, "the recording on which the model comes closest to the listeners"),
        ("far", _distance, "the recording on which the model is farthest from the listeners"),
    ):
        if left:
            row = max(left, key=key)
            chosen.append(Telling(row, role, why))
            left.remove(row)
    return chosen


def _vote_entropy(row: AnswerRow) -> float:
    return float(entropy(np.array(list((row.listeners or {}).values()))))


def _distance(row: AnswerRow) -> float:
    return row.js or 0.0


def _closeness(row: AnswerRow) -> float:
    return -_distance(row)
