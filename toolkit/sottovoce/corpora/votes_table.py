"""What a table of votes says: counts, who gave them, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.cells import plain_cell
from sottovoce.corpora.checks import refuse_repeated
from sottovoce.corpora.columns import OF_A_RATING, Columns, find_columns
from sottovoce.corpora.counts import count_votes, tally_ratings
from sottovoce.corpora.files import read_table
from sottovoce.corpora.labels import label_set
from sottovoce.errors import VotesError
from sottovoce.vocabulary import normalise_emotion

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from sottovoce.corpora.labels import LabelSet


@dataclass
class VotesTable:
    """A table of votes that has been read and checked.

    Parameters
    ----------
    source
        Its file, for messages.
    table
        Its rows, called by their utterance.
    columns
        What each column says.
    counts
        One row an utterance, one column an emotion.
    ratings
        One row a rating with the columns utterance, rater and emotion, where the rater is known.
    n_other
        Votes for other than the emotions that were asked for.
    labels
        The label set, if one was given.
    left_out
        Votes that it leaves out, by label.
    """

    source: str
    table: pd.DataFrame
    columns: Columns
    counts: pd.DataFrame
    ratings: pd.DataFrame | None = None
    n_other: int = 0
    labels: LabelSet | None = None
    left_out: dict[str, int] = field(default_factory=dict)

    def per_utterance(self, column: str | None) -> pd.Series | None:
        """Return one cell for each utterance; None without such a column.

        Raises
        ------
        VotesError
            If an utterance has more than one.
        """
        if column is None:
            return None
        cells = self.table[column].fillna("").astype(str)
        different = cells != cells.groupby(level=0).transform("first")
        if different.any():
            name = cells.index[different][0]
            raise VotesError(f"{self.source}: {name!r} has more than one {column}")
        return cells[~cells.index.duplicated()].reindex(self.counts.index)

    def others(self) -> pd.DataFrame:
        """Return the columns without a role of their own that say one thing about a recording."""
        columns = self.columns
        roles = {columns.utterance, columns.file, columns.speaker, columns.rater, columns.rating}
        taken = roles | set(columns.votes.values()) | {"", "path", "speaker"}
        if columns.rating is not None:
            taken |= {column for column in self.table.columns if column.lower() in OF_A_RATING}
        others = self.table[[column for column in self.table.columns if column not in taken]]
        first = others.groupby(level=0).transform("first")
        constant = ((others == first) | (others.isna() & first.isna())).all()
        return others.loc[~others.index.duplicated(), constant].reindex(self.counts.index)

    def attrs(self) -> dict[str, int | str]:
        """Return what votes made of it must say of themselves."""
        told: dict[str, int | str] = {}
        n_other = self.n_other + sum(self.left_out.values())
        if n_other:
            told["n_other_votes"] = n_other
        if self.labels is not None:
            told["labels"] = self.labels.name
        n_fractional = int((self.counts % 1 != 0).any(axis=1).sum())
        if n_fractional:
            told["n_fractional"] = n_fractional
        return told


def read_votes(
    path: str | os.PathLike[str],
    *,
    emotions: Iterable[str] | None = None,
    labels: str | Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> VotesTable:
    """Read a table of counts or of single ratings.

    Parameters
    ----------
    path, emotions, labels, encoding
        As for :func:`sottovoce.corpora.load_votes`.

    Raises
    ------
    VotesError
        As :func:`sottovoce.corpora.load_votes` does.
    """
    source = str(path)
    table = read_table(path, encoding=encoding)
    wanted = None if emotions is None else list(emotions)
    chosen = None if labels is None else label_set(labels, "words")
    columns = find_columns(table, source, wanted)
    names = utterance_names(table, columns, source)
    read = VotesTable(source, table, columns, pd.DataFrame(), labels=chosen)
    if columns.rating is None:
        refuse_repeated(names, source)
        read.counts = count_votes(table, columns.votes, names, source)
        if chosen is not None:
            read.counts, read.left_out = _merged(read.counts, chosen)
    else:
        words = [normalise_emotion(word) or word for word in texts(table, columns.rating)]
        raters = None if columns.rater is None else texts(table, columns.rater)
        if raters is not None:
            _refuse_repeated_ratings(table, names, words, raters, source)
        if chosen is not None:
            words, read.left_out = _relabelled(words, chosen)
        read.counts, read.ratings = _tallied(names, words, raters, wanted, chosen)
        read.n_other = sum(map(bool, words)) - int(read.counts.to_numpy().sum())
    if not read.counts.to_numpy().any():
        raise VotesError(f"{source}: nobody voted for anything: every count is 0")
    read.table = table.set_index(pd.Index(names, name="utterance"))
    return read


def utterance_names(table: pd.DataFrame, columns: Columns, source: str) -> list[str]:
    """Return the utterance of each row.

    Raises
    ------
    VotesError
        If a row has none.
    """
    column = columns.utterance or columns.file
    cells = texts(table, column)
    if "" in cells:
        row = table.index[cells.index("")]
        raise VotesError(f"{source}, row {row}, column {column!r}: the recording has no name")
    # A table written elsewhere may hold the backslashes of Windows.
    return cells if columns.utterance else [PurePath(c.replace("\\", "/")).stem for c in cells]


def texts(table: pd.DataFrame, column: str | None) -> list[str]:
    """Return the cells of a column as texts, without what guards them from spreadsheets."""
    return [plain_cell(str(cell).strip()) for cell in table[column].fillna("")]


def _refuse_repeated_ratings(
    table: pd.DataFrame,
    names: Sequence[str],
    words: Sequence[str],
    raters: Sequence[str],
    source: str,
) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row, rating in zip(table.index, zip(names, words, raters, strict=True), strict=True):
        if rating in seen and rating[1]:
            raise VotesError(
                f"{source}, row {row}: rater {rating[2]!r} has said {rating[1]!r} of "
                f"{rating[0]!r} before. Keep one of the two rows."
            )
        seen.add(rating)


def _tallied(
    names: Sequence[str],
    words: Sequence[str],
    raters: Sequence[str] | None,
    wanted: Sequence[str] | None,
    chosen: LabelSet | None,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the counts, and who gave them where that is known."""
    rows = pd.DataFrame({"utterance": names, "emotion": words})
    if raters is not None:
        # After merging, one rater may have said the same twice: that is one vote.
        rows = rows.assign(rater=list(raters)).drop_duplicates(ignore_index=True)
    if wanted is None and chosen is not None and not chosen.open:
        wanted = chosen.emotions
    counts = tally_ratings(rows["utterance"], rows["emotion"], wanted)
    if raters is None:
        return counts, None
    counted = rows[rows["emotion"].isin(set(counts.columns)) & (rows["rater"] != "")]
    return counts, counted[["utterance", "rater", "emotion"]].reset_index(drop=True)


def _relabelled(words: Sequence[str], chosen: LabelSet) -> tuple[list[str], dict[str, int]]:
    left_out: dict[str, int] = {}
    kept = []
    for word in words:
        emotion = chosen.emotion_of(word) if word else ""
        if emotion is None:
            label = chosen.answer_of(word)
            left_out[label] = left_out.get(label, 0) + 1
        kept.append(emotion or "")
    return kept, left_out


def _merged(counts: pd.DataFrame, chosen: LabelSet) -> tuple[pd.DataFrame, dict[str, int]]:
    """Add up the columns that count as one emotion, and leave out those that count as none."""
    emotions = {column: chosen.emotion_of(str(column)) for column in counts}
    left_out = {
        chosen.answer_of(str(column)): int(counts[column].sum())
        for column, emotion in emotions.items()
        if emotion is None and counts[column].sum()
    }
    merged: dict[str, pd.Series[float]] = {}
    for column, emotion in emotions.items():
        if emotion is not None:
            known = merged.get(emotion)
            merged[emotion] = counts[column] if known is None else known + counts[column]
    if not chosen.open:
        none = pd.Series(0.0, index=counts.index)
        merged = {emotion: merged.get(emotion, none) for emotion in chosen.emotions}
    return pd.DataFrame(merged, index=counts.index), left_out
