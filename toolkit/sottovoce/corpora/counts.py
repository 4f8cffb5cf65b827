"""From the cells of a table to numbers of votes."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sottovoce.corpora.checks import shortened
from sottovoce.errors import VotesError
from sottovoce.vocabulary import EMOTIONS, normalise_emotion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# More is another number: a time, an id, or what a division by zero left.
MOST_VOTES = 1e6
_AFFIX = re.compile(r"^(votes?|counts?)[\s_-]+|[\s_-]+(votes?|counts?)$", re.IGNORECASE)


def emotion_of(name: str) -> str | None:
    """Return the emotion that the name of a column stands for, or None.

    Examples
    --------
    >>> emotion_of("Anger"), emotion_of("count_sad"), emotion_of("speaker")
    ('angry', 'sad', None)
    """
    return normalise_emotion(_AFFIX.sub("", name.strip()))


def is_numeric(cells: pd.Series) -> bool:
    """Tell whether most of the cells that hold anything hold a number.

    Examples
    --------
    >>> is_numeric(pd.Series(["3", "", "1", "many"])), is_numeric(pd.Series(["a", "1", "b"]))
    (True, False)
    """
    filled = cells[~_is_blank(cells)]
    return bool(len(filled)) and bool(_numbers(filled).notna().mean() > 0.5)


def count_votes(
    table: pd.DataFrame, columns: Mapping[str, str], names: Sequence[str], source: str
) -> pd.DataFrame:
    """Read numbers of votes from one column an emotion.

    Parameters
    ----------
    table
        As :func:`read_table` gives it: the index numbers the rows.
    columns
        Emotion -> the column that counts it.
    names
        The utterance of each row.
    source
        The table's file, for messages.

    Returns
    -------
    pandas.DataFrame
        One row a row of the table, called by its utterance; one column an emotion; float64. An
        empty cell is no vote.

    Raises
    ------
    VotesError
        If a cell holds anything but a number from 0 to a million; the message names row and column.

    Examples
    --------
    >>> table = pd.DataFrame({"Sad": ["3", "-1"]}, index=[2, 3])
    >>> count_votes(table, {"sad": "Sad"}, ["a", "b"], "votes.csv")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: votes.csv, row 3 (b), column 'Sad': '-1' is not a number of...
    """
    counts = {}
    for emotion, column in columns.items():
        cells = table[column]
        numbers = np.where(_is_blank(cells), 0.0, _numbers(cells).to_numpy(dtype=np.float64))
        with np.errstate(invalid="ignore"):
            wrong = ~((numbers >= 0) & (numbers <= MOST_VOTES))
        if wrong.any():
            first = int(np.argmax(wrong))
            raise VotesError(
                f"{source}, row {table.index[first]} ({names[first]}), column {column!r}: "
                f"{str(cells.iloc[first])!r} is not a number of votes. It must be 0 or more, with "
                "a point before a fraction, and at most a million."
            )
        counts[emotion] = numbers
    return pd.DataFrame(counts, index=pd.Index(names, name="utterance"))


def tally_ratings(
    utterances: Iterable[str], words: Iterable[str], emotions: Iterable[str] | None = None
) -> pd.DataFrame:
    """Count ratings that come one by one.

    Parameters
    ----------
    utterances
        What each rating is of.
    words
        The emotion that each names; empty where the listener gave none.
    emotions
        The emotions to count. By default those that were chosen; and all six, where those are
        among the six, since that nobody chose an emotion is an answer too.

    Returns
    -------
    pandas.DataFrame
        One row an utterance, in order of appearance; one column an emotion; float64.

    Examples
    --------
    >>> tally_ratings(["a", "a", "b"], ["Anger", "sad", "sad"], ["angry", "sad"])
               angry  sad
    utterance
    a            1.0  1.0
    b            0.0  1.0
    """
    tally: dict[str, Counter[str]] = {}
    for utterance, word in zip(utterances, words, strict=True):
        votes = tally.setdefault(utterance, Counter())
        if word:
            votes[normalise_emotion(word) or word] += 1
    if emotions is None:
        seen = dict.fromkeys(word for votes in tally.values() for word in votes)
        columns = list(EMOTIONS) if set(seen) <= set(EMOTIONS) else in_order(seen)
    else:
        columns = list(dict.fromkeys(normalise_emotion(word) or word for word in emotions))
    return pd.DataFrame(
        [[float(votes[emotion]) for emotion in columns] for votes in tally.values()],
        index=pd.Index(list(tally), name="utterance"),
        columns=columns,
    )


def in_order(emotions: Iterable[str]) -> list[str]:
    """Put the six emotions in their usual order, and any others behind them.

    Examples
    --------
    >>> in_order(["curious", "sad", "angry"])
    ['angry', 'sad', 'curious']
    """
    given = list(emotions)
    known = [emotion for emotion in EMOTIONS if emotion in given]
    return known + [emotion for emotion in given if emotion not in EMOTIONS]


def refuse_synonyms(columns: Iterable[tuple[str, str]], source: str) -> None:
    """Raise if two columns count one emotion.

    Examples
    --------
    >>> refuse_synonyms([("angry", "Anger"), ("angry", "fury")], "votes.csv")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: votes.csv: the columns 'Anger', 'fury' all mean 'angry'...
    """
    by_emotion: dict[str, list[str]] = {}
    for emotion, column in columns:
        by_emotion.setdefault(emotion, []).append(column)
    for emotion, same in by_emotion.items():
        if len(same) > 1:
            raise VotesError(
                f"{source}: the columns {shortened(same)} all mean {emotion!r}. Keep one of them, "
                "or add them up."
            )


def _is_blank(cells: pd.Series) -> pd.Series:
    return cells.isna() | (cells.astype(str).str.strip() == "")


def _numbers(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce")
