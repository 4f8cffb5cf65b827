"""Any table of votes, with recordings beside it or without."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from sottovoce.corpora.cells import plain_cell
from sottovoce.corpora.columns import OF_A_RATING, Columns, find_columns
from sottovoce.corpora.corpus import Corpus, make_votes, refuse_repeated, shortened
from sottovoce.corpora.counts import count_votes, tally_ratings
from sottovoce.corpora.files import read_table
from sottovoce.corpora.find import find_files
from sottovoce.errors import VotesError
from sottovoce.vocabulary import normalise_emotion

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence


def load_votes(
    path: str | os.PathLike[str], *, emotions: Iterable[str] | None = None
) -> xr.DataArray:
    r"""Read a table of votes.

    Parameters
    ----------
    path
        CSV (separated by commas, semicolons, tabs or bars) or Parquet. Either one row a recording:
        its name in a column called utterance (or file, whose suffix is then taken off), and one
        column of counts for each emotion; or one row a rating: utterance, emotion and, if known,
        rater. Columns are matched to the six emotions in English or Japanese ("Anger", "怒り");
        others that hold numbers count as emotions of your own.
    emotions
        Read these only, by column or by emotion. For single ratings: what listeners could choose
        from; answers of another kind ("other") are left out.

    Returns
    -------
    xarray.DataArray
        Counts, dims (utterance, emotion), with the speaker along utterance where the table knows
        it. An empty cell is no vote. Who heard several emotions in a recording, in a row each, has
        as many votes. A recording without any vote stays, and the attribute ``n_without_votes``
        counts such; ``n_other_votes`` is there if votes were left out.

    Raises
    ------
    VotesError
        If the table cannot be read, names a recording twice, or has a cell that is no number of
        votes; the message names row and column.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.corpora import load_votes
    >>> path = Path(tempfile.mkdtemp()) / "votes.csv"
    >>> _ = path.write_text("utterance,Anger,sadness\na,3,1\nb,0,4\n")
    >>> load_votes(path).to_pandas()
    emotion    angry  sad
    utterance
    a            3.0  1.0
    b            0.0  4.0
    """
    table, counts, columns, attrs = _read(path, emotions)
    speakers = _per_utterance(table, counts.index, columns.speaker, str(path))
    return make_votes(counts, speakers, n_without_votes=_n_empty(counts), **attrs)


def load_ratings(path: str | os.PathLike[str]) -> xr.DataArray:
    r"""Read who heard what, from a table with one row a rating.

    Parameters
    ----------
    path
        As for :func:`load_votes`, with a column for the rater.

    Returns
    -------
    xarray.DataArray
        Of str, dims (utterance, rater): the emotion; empty where a rater gave none. Several
        emotions of one rater for one recording are joined, in the alphabet's order ("angry + sad").

    Raises
    ------
    VotesError
        If the table cannot be read, or does not say who rated.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.corpora import load_ratings
    >>> path = Path(tempfile.mkdtemp()) / "votes.csv"
    >>> _ = path.write_text("clip,rater,emotion\na,eve,sad\na,tom,angry\na,tom,sad\nb,eve,sad\n")
    >>> load_ratings(path).to_pandas()
    rater      eve          tom
    utterance
    a          sad  angry + sad
    b          sad
    """
    source = str(path)
    table = read_table(path)
    columns = find_columns(table, source)
    if columns.rating is None or columns.rater is None:
        raise VotesError(
            f"{source}: this table does not say who heard what. It needs one row a rating, with "
            "the columns utterance, emotion and rater."
        )
    names = _names(table, columns, source)
    _tally(table, columns, names, source, None)
    cells = pd.DataFrame(
        {
            "utterance": names,
            "rater": _texts(table, columns.rater),
            "emotion": [normalise_emotion(w) or w for w in _texts(table, columns.rating)],
        }
    )
    matrix = cells.pivot_table(
        index="utterance",
        columns="rater",
        values="emotion",
        aggfunc=lambda words: " + ".join(sorted(filter(None, words))),
        fill_value="",
        sort=False,
    )
    return xr.DataArray(
        matrix.to_numpy(dtype=str),
        dims=("utterance", "rater"),
        coords={"utterance": matrix.index.to_numpy(str), "rater": matrix.columns.to_numpy(str)},
        name="ratings",
    )


def load_table(
    path: str | os.PathLike[str],
    root: str | os.PathLike[str] | None = None,
    *,
    emotions: Iterable[str] | None = None,
) -> Corpus:
    """Read a table of votes together with the recordings that it is about.

    Parameters
    ----------
    path
        As for :func:`load_votes`.
    root
        The folder with the recordings; by default the one in which the table lies. A column called
        file or path says where in it each one is; without it, they are found by name.
    emotions
        As for :func:`load_votes`.

    Returns
    -------
    Corpus
        With every column of the table that says one thing about a recording. Recordings that are
        not there are left out, and the note counts them.

    Raises
    ------
    VotesError
        As for :func:`load_votes`, and if none of the recordings is there.

    Examples
    --------
    >>> from sottovoce.corpora.table import load_table
    >>> from sottovoce.paths import data_folder
    >>> load_table(data_folder() / "samples" / "votes.csv").emotions
    ['angry', 'disgusted', 'fearful', 'happy', 'neutral', 'sad']
    """
    source = str(path)
    table, counts, columns, attrs = _read(path, emotions)
    folder = Path(root if root is not None else Path(path).expanduser().parent).expanduser()
    files = _per_utterance(table, counts.index, columns.file, source)
    paths = find_files(counts.index, files, folder)
    here = pd.Series([path is not None for path in paths], index=counts.index)
    if not here.any():
        raise VotesError(
            f"{source}: none of its {len(counts)} recordings is in {folder}; the first is "
            f"{(files if files is not None else counts.index.to_series()).iloc[0]!r}. Give the "
            "folder that holds them as root."
        )
    missing = [str(name) for name in counts.index[~here]]
    counts = counts[here]
    speakers = _per_utterance(table, counts.index, columns.speaker, source)
    n_empty = _n_empty(counts)
    utterances = pd.DataFrame(
        {"path": [path for path in paths if path], "speaker": "" if speakers is None else speakers},
        index=counts.index,
    ).join(_others(table, counts.index, columns))
    notes = []
    if missing:
        notes.append(f"Left out without recording: {len(missing)} ({shortened(missing, 3)}).")
    if n_empty:
        notes.append(f"Without votes: {n_empty}.")
    if attrs:
        notes.append(f"Votes for other than these emotions left out: {attrs['n_other_votes']}.")
    return Corpus(
        name=PurePath(path).stem,
        utterances=utterances,
        votes=make_votes(
            counts, speakers, n_left_out=len(missing), n_without_votes=n_empty, **attrs
        ),
        note=" ".join(notes),
    )


def _read(
    path: str | os.PathLike[str], emotions: Iterable[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame, Columns, dict[str, int]]:
    """Return the table by utterance, the counts, what columns say, and attributes of the votes."""
    source = str(path)
    table = read_table(path)
    wanted = None if emotions is None else list(emotions)
    attrs = {}
    columns = find_columns(table, source, wanted)
    names = _names(table, columns, source)
    if columns.rating is None:
        refuse_repeated(names, source)
        counts = count_votes(table, columns.votes, names, source)
    else:
        counts = _tally(table, columns, names, source, wanted)
        n_other = sum(map(bool, _texts(table, columns.rating))) - int(counts.to_numpy().sum())
        attrs = {"n_other_votes": n_other} if n_other else {}
    if not counts.to_numpy().any():
        raise VotesError(f"{source}: nobody voted for anything: every count is 0")
    return table.set_index(pd.Index(names, name="utterance")), counts, columns, attrs


def _names(table: pd.DataFrame, columns: Columns, source: str) -> list[str]:
    column = columns.utterance or columns.file
    cells = _texts(table, column)
    if "" in cells:
        row = table.index[cells.index("")]
        raise VotesError(f"{source}, row {row}, column {column!r}: the recording has no name")
    # A table written elsewhere may hold the backslashes of Windows.
    return cells if columns.utterance else [PurePath(c.replace("\\", "/")).stem for c in cells]


def _tally(
    table: pd.DataFrame,
    columns: Columns,
    names: Sequence[str],
    source: str,
    emotions: Sequence[str] | None,
) -> pd.DataFrame:
    words = _texts(table, columns.rating)
    if columns.rater is not None:
        ratings = zip(names, words, _texts(table, columns.rater), strict=True)
        seen: set[tuple[str, str, str]] = set()
        for row, rating in zip(table.index, ratings, strict=True):
            if rating in seen and rating[1]:
                raise VotesError(
                    f"{source}, row {row}: rater {rating[2]!r} has said {rating[1]!r} of "
                    f"{rating[0]!r} before. Keep one of the two rows."
                )
            seen.add(rating)
    return tally_ratings(names, words, emotions)


def _texts(table: pd.DataFrame, column: str | None) -> list[str]:
    return [plain_cell(str(cell).strip()) for cell in table[column].fillna("")]


def _per_utterance(
    table: pd.DataFrame, utterances: pd.Index, column: str | None, source: str
) -> pd.Series | None:
    """Return one cell for each utterance; None without such a column."""
    if column is None:
        return None
    cells = table[column].fillna("").astype(str)
    different = cells != cells.groupby(level=0).transform("first")
    if different.any():
        raise VotesError(f"{source}: {cells.index[different][0]!r} has more than one {column}")
    return cells[~cells.index.duplicated()].reindex(utterances)


def _others(table: pd.DataFrame, utterances: pd.Index, columns: Columns) -> pd.DataFrame:
    """Return the columns without a role of their own that say one thing about a recording."""
    roles = {columns.utterance, columns.file, columns.speaker, columns.rater, columns.rating}
    taken = roles | set(columns.votes.values()) | {"", "path", "speaker"}
    if columns.rating is not None:
        taken |= {column for column in table.columns if column.lower() in OF_A_RATING}
    others = table[[column for column in table.columns if column not in taken]]
    first = others.groupby(level=0).transform("first")
    constant = ((others == first) | (others.isna() & first.isna())).all()
    return others.loc[~others.index.duplicated(), constant].reindex(utterances)


def _n_empty(counts: pd.DataFrame) -> int:
    return int((counts.sum(axis=1) == 0).sum())
