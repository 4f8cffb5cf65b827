"""Who heard what: single ratings, one by one or as a table of raters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = ("utterance", "rater", "emotion")
# In characters of four bytes: a table of every rater by every recording is mostly empty.
MOST_CELLS = 500_000_000


def ratings_array(rows: pd.DataFrame, utterances: Sequence[str]) -> xr.DataArray:
    """Lay single ratings out by recording and rater.

    Parameters
    ----------
    rows
        With the columns utterance, rater and emotion.
    utterances
        The recordings, in order.

    Returns
    -------
    xarray.DataArray
        Of str, dims (utterance, rater): the emotion, empty where a rater gave none. Several
        emotions of one rater for one recording are joined in the alphabet's order.

    Raises
    ------
    VotesError
        If the table would not fit into memory.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"utterance": ["a", "a", "b"], "rater": ["eve"] * 3, "emotion": ["sad", "angry", "sad"]}
    ... )
    >>> ratings_array(rows, ["a", "b"]).sel(rater="eve").values.tolist()
    ['angry + sad', 'sad']
    """
    answers = whole_answers(rows)
    raters = pd.unique(rows["rater"])
    longest = max(map(len, answers["emotion"]), default=0)
    n_cells = len(utterances) * len(raters)
    if n_cells * longest > MOST_CELLS:
        raise VotesError(
            f"{len(utterances):,} recordings by {len(raters):,} raters make a table too large for "
            "memory. Select some of the recordings, or use the ratings one by one: they stand in "
            "single_ratings."
        )
    cells = np.full((len(utterances), len(raters)), "", dtype=f"<U{max(longest, 1)}")
    row = pd.Index(utterances).get_indexer(pd.Index(answers["utterance"]))
    column = pd.Index(raters).get_indexer(pd.Index(answers["rater"]))
    cells[row, column] = answers["emotion"].to_numpy(dtype=str)
    return xr.DataArray(
        cells,
        dims=("utterance", "rater"),
        coords={"utterance": np.array(utterances, dtype=str), "rater": np.array(raters, dtype=str)},
        name="ratings",
    )


def whole_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Join the emotions that one rater gave for one recording.

    Parameters
    ----------
    rows
        With the columns utterance, rater and emotion; an empty emotion is no answer.

    Returns
    -------
    pandas.DataFrame
        The same columns, one row an answer.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"utterance": ["a", "a"], "rater": ["eve", "eve"], "emotion": ["sad", "angry"]}
    ... )
    >>> whole_answers(rows)["emotion"].tolist()
    ['angry + sad']
    """
    given = rows.loc[rows["emotion"] != "", list(COLUMNS)].drop_duplicates()
    several = given.duplicated(["utterance", "rater"], keep=False)
    if not several.any():
        return given
    joined = (
        given[several]
        .sort_values("emotion", kind="stable")
        .groupby(["utterance", "rater"], sort=False)["emotion"]
        .agg(" + ".join)
        .reset_index()
    )
    return pd.concat([given[~several], joined], ignore_index=True)
