"""Any table of votes, with recordings beside it or without."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.checks import shortened
from sottovoce.corpora.corpus import Corpus, make_votes
from sottovoce.corpora.find import alike_names, find_files
from sottovoce.corpora.labels import votes_left_out
from sottovoce.corpora.raters import ratings_array
from sottovoce.corpora.votes_table import VotesTable, read_votes
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import xarray as xr


def load_votes(
    path: str | os.PathLike[str],
    *,
    emotions: Iterable[str] | None = None,
    labels: str | Mapping[str, str] | None = None,
    encoding: str | None = None,
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
    labels
        What counts as which emotion: the name of a label set, such as "words-basic", or a mapping
        from emotions to those that they shall count as, by which all others are left out. By
        default every emotion counts as itself.
    encoding
        Of a text file that is not in UTF-8 or UTF-16, such as "cp932".

    Returns
    -------
    xarray.DataArray
        Counts, dims (utterance, emotion), with the speaker along utterance where the table knows
        it. An empty cell is no vote. Who heard several emotions in a recording, in a row each, has
        as many votes. A recording without any vote stays, and the attribute ``n_without_votes``
        counts such; ``n_other_votes`` is there if votes were left out, ``n_fractional`` if
        recordings have votes that are no whole numbers, which count as weights.

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
    read = read_votes(path, emotions=emotions, labels=labels, encoding=encoding)
    return make_votes(
        read.counts,
        read.per_utterance(read.columns.speaker),
        n_without_votes=_n_empty(read.counts),
        **read.attrs(),
    )


def load_ratings(
    path: str | os.PathLike[str],
    *,
    labels: str | Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> xr.DataArray:
    r"""Read who heard what, from a table with one row a rating.

    Parameters
    ----------
    path
        As for :func:`load_votes`, with a column for the rater.
    labels, encoding
        As for :func:`load_votes`.

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
    read = read_votes(path, labels=labels, encoding=encoding)
    if read.ratings is None:
        raise VotesError(
            f"{read.source}: this table does not say who heard what. It needs one row a rating, "
            "with the columns utterance, emotion and rater."
        )
    return ratings_array(read.ratings, list(map(str, read.counts.index)))


def load_table(
    path: str | os.PathLike[str],
    root: str | os.PathLike[str] | None = None,
    *,
    emotions: Iterable[str] | None = None,
    labels: str | Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Corpus:
    """Read a table of votes together with the recordings that it is about.

    Parameters
    ----------
    path
        As for :func:`load_votes`.
    root
        The folder with the recordings; by default the one in which the table lies. A column called
        file or path says where in it each one is; without it, they are found by name.
    emotions, labels, encoding
        As for :func:`load_votes`.

    Returns
    -------
    Corpus
        With every column of the table that says one thing about a recording, and with single
        ratings where it names the raters. Recordings that are not there are left out, and the note
        counts them.

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
    read = read_votes(path, emotions=emotions, labels=labels, encoding=encoding)
    folder = Path(root if root is not None else Path(path).expanduser().parent).expanduser()
    files = read.per_utterance(read.columns.file)
    paths = find_files(read.counts.index, files, folder)
    here = pd.Series([path is not None for path in paths], index=read.counts.index)
    if not here.any():
        first = (files if files is not None else read.counts.index.to_series()).iloc[0]
        raise VotesError(
            f"{read.source}: none of its {len(here)} recordings is in {folder}; the first is "
            f"{first!r}. Give the folder that holds them as root."
        )
    missing = [str(name) for name in here.index[~here]]
    # What was read of recordings that are not there is told apart from what was.
    read.counts = read.counts[here]
    speakers = read.per_utterance(read.columns.speaker)
    utterances = pd.DataFrame(
        {"path": [path for path in paths if path], "speaker": "" if speakers is None else speakers},
        index=read.counts.index,
    ).join(read.others())
    ratings = read.ratings
    if ratings is not None:
        ratings = ratings[ratings["utterance"].isin(set(utterances.index))].reset_index(drop=True)
    return Corpus(
        name=PurePath(path).stem,
        utterances=utterances,
        votes=make_votes(
            read.counts,
            speakers,
            n_left_out=len(missing),
            n_without_votes=_n_empty(read.counts),
            **read.attrs(),
        ),
        note=" ".join(filter(None, _notes(read, missing))),
        single_ratings=ratings,
        left_out=read.left_out,
    )


def _notes(read: VotesTable, missing: list[str]) -> list[str]:
    """Return what a reader of the results must know."""
    n_empty, told = _n_empty(read.counts), read.attrs()
    alike = alike_names(map(str, read.counts.index))
    return [
        f"Left out without recording: {len(missing)} ({shortened(missing, 3)})." if missing else "",
        f"Without votes: {n_empty}." if n_empty else "",
        f"Votes for other than these emotions left out: {read.n_other}." if read.n_other else "",
        "" if read.labels is None else read.labels.in_words(),
        votes_left_out(read.left_out),
        f"Votes that are no whole numbers, in {told['n_fractional']} recordings, count as weights."
        if "n_fractional" in told
        else "",
        f"Names that look alike but are not: {shortened(alike, 4)}." if alike else "",
    ]


def _n_empty(counts: pd.DataFrame) -> int:
    return int((counts.sum(axis=1) == 0).sum())
