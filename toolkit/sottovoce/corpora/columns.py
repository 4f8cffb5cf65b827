"""Which column of a table says what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sottovoce.corpora.checks import shortened
from sottovoce.corpora.counts import emotion_of, in_order, is_numeric, refuse_synonyms
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

UTTERANCE = ("utterance", "utterance_id", "clip", "clip_id", "clip_name", "stimulus", "name", "id")
FILE = (
    "file",
    "path",
    "filename",
    "file_name",
    "file_path",
    "recording",
    "audio",
    "wav",
)
SPEAKER = ("speaker", "speaker_id", "actor", "actor_id")
RATING = ("emotion", "rating", "label", "response", "vote")
RATER = ("rater", "rater_id", "annotator", "annotator_id", "listener", "listener_id", "worker")

# What a rating holds beside what was heard: it says nothing about the recording.
OF_A_RATING = frozenset({"time", "timestamp", "seconds", "response_time", "plays"})

# Names so weak that a file's own name is the better one.
_WEAK = frozenset({"clip", "clip_id", "clip_name", "stimulus", "name", "id"})
_ROLES = frozenset(UTTERANCE + FILE + SPEAKER + RATING + RATER)
# What else tables of votes hold in numbers; the empty name is that of a saved index.
_NOT_VOTES = re.compile(
    r"""
    | age | sex | gender | year | session | trial | index | row | step | order | series
    | duration | seconds | start | end | onset | offset | rate
    | time | timestamp | response_time | plays
    | arousal | valence | dominance | intensity | level | confidence | agreement | entropy
    | n | total | sum | votes | responses | raters | (n|num|number_of)_?(votes|responses|raters)
    | (weight|mean|median|unnamed)_.*
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Columns:
    """The roles that columns play.

    Parameters
    ----------
    utterance, file, speaker, rater
        Names of columns, where there is one.
    votes
        Emotion -> the column that counts it; empty if each row is one rating.
    rating
        The column that holds a rating's emotion, if each row is one rating.
    """

    utterance: str | None
    file: str | None
    speaker: str | None
    rater: str | None
    votes: Mapping[str, str]
    rating: str | None


def find_columns(
    table: pd.DataFrame, source: str, emotions: Iterable[str] | None = None
) -> Columns:
    """Tell from names and cells what the columns of a table say.

    Parameters
    ----------
    table
        As :func:`read_table` gives it.
    source
        The table's file, for messages.
    emotions
        The emotions to count, by the name of their column or of the emotion; by default the
        columns called by one of the six emotions, in any spelling that the vocabulary knows, and
        other columns of numbers, unless their name is usual for something else ("age").

    Returns
    -------
    Columns

    Raises
    ------
    VotesError
        If the recordings or the votes cannot be found.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"Clip": ["a"], "Anger": ["3"], "curious": ["1"], "age": ["30"]})
    >>> find_columns(table, "votes.csv").votes
    {'angry': 'Anger', 'curious': 'curious'}
    """
    plain = {_plain(column): column for column in reversed(table.columns)}

    def first(names: Iterable[str]) -> str | None:
        return next((plain[name] for name in names if name in plain), None)

    file = first(FILE)
    utterance = first(name for name in UTTERANCE if file is None or name not in _WEAK)
    if utterance is None and file is None:
        raise VotesError(
            f"{source}: no column names the recordings. Call one utterance or file; there are "
            f"{shortened(table.columns)}.{_one_column(table)}"
        )
    roles = {utterance, file, first(SPEAKER), first(RATER)}
    free = [column for column in table.columns if column not in roles]
    votes = _vote_columns(table, free, source, None if emotions is None else list(emotions))
    rating = first(RATING)
    sure = bool(votes) and (emotions is not None or any(map(emotion_of, votes.values())))
    if rating is not None and not sure and not is_numeric(table[rating]):
        votes = {}
    elif votes:
        rating = None
    else:
        raise VotesError(
            f"{source}: no column holds votes. Give one column of counts for each emotion, such as "
            "angry and sad, or one row for each rating with its emotion in a column called "
            f"emotion; there are {shortened(table.columns)}."
        )
    return Columns(utterance, file, first(SPEAKER), first(RATER), votes, rating)


def _one_column(table: pd.DataFrame) -> str:
    if len(table.columns) > 1:
        return ""
    return " Columns must be separated by commas, semicolons, tabs or bars."


def _vote_columns(
    table: pd.DataFrame, free: list[str], source: str, wanted: list[str] | None
) -> dict[str, str]:
    """Return emotion -> column; empty if no column counts an emotion that is wanted."""
    every = [(emotion_of(column) or column, column) for column in free]
    if wanted is None:
        order = None
        chosen = [(e, c) for e, c in every if emotion_of(c) or _may_count(table, c)]
    else:
        order = list(dict.fromkeys(emotion_of(name) or name for name in wanted))
        chosen = [(e, c) for e, c in every if e in order]
    refuse_synonyms(chosen, source)
    found = dict(chosen)
    missing = [emotion for emotion in order or [] if emotion not in found]
    # A table of single ratings has no column for any of them.
    if missing and found:
        raise VotesError(
            f"{source}: no column counts {shortened(missing)}; there are {shortened(free)}"
        )
    return {emotion: found[emotion] for emotion in order or in_order(found) if found}


def _may_count(table: pd.DataFrame, column: str) -> bool:
    plain = _plain(column)
    reserved = plain in _ROLES or _NOT_VOTES.fullmatch(plain)
    return not reserved and is_numeric(table[column])


def _plain(column: str) -> str:
    return re.sub(r"[\s\-.]+", "_", column.strip().lower())
