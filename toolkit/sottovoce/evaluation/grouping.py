"""Which group an utterance is of: by who speaks, by what listeners heard, by how long it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import reference_distribution, speakers_of
from sottovoce.evaluation.measures.ambiguity import is_ambiguous
from sottovoce.evaluation.measures.labels import first_choices, has_one_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

#: What can be told of every corpus.
FROM_VOTES = ("emotion", "ambiguity")
MOST_NUMBERS = 8  # distinct ones that are groups as they stand
N_BANDS = 3


def group_utterances(
    by: Any,
    votes: Any,
    shares: Mapping[str, xr.DataArray] | None = None,
    *,
    speakers: Any = None,
    name: str = "by",
) -> pd.Series[Any]:
    """Return the group of each utterance that has votes, as text; those without one are left out.

    Parameters
    ----------
    by
        "emotion": what most listeners heard, or "tied". "ambiguity": whether all of them agreed, a
        majority, or none. "speaker". Or the name of a column of the corpus or of a coordinate of
        the shares, such as "sex", "age" or "duration". Or a mapping, Series or DataArray from
        utterance to group. Numbers of more than eight kinds fall into thirds.
    votes
        A corpus, or counts with dims (utterance, emotion).
    shares
        Predictors, for their coordinates.
    speakers
        As for `evaluate`.
    name
        What to call a mapping in messages.

    Raises
    ------
    VotesError
        If nothing of this name is known.

    Examples
    --------
    >>> import xarray as xr
    >>> votes = xr.DataArray(
    ...     [[9, 0], [2, 7], [5, 5]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abc"), "emotion": ["angry", "sad"]},
    ... )
    >>> group_utterances("emotion", votes).to_dict()
    {'a': 'angry', 'b': 'sad', 'c': 'tied'}
    >>> group_utterances("ambiguity", votes).tolist()
    ['all agree', 'majority', 'no majority']
    """
    reference = reference_distribution(votes)
    if isinstance(by, str) and by in FROM_VOTES:
        return _from_votes(by, reference)
    told = _told(by, votes, shares or {}, speakers)
    if told is None:
        if isinstance(by, str):
            raise VotesError(
                f"by={by!r} is unknown here; known are "
                f"{', '.join(map(repr, _known(votes, shares or {})))}. A mapping from utterance to "
                "group does as well."
            )
        raise VotesError(
            f"{name} is a {type(by).__name__}, but must be a name, or a mapping, Series or "
            "DataArray from utterance to group"
        )
    utterances = [str(one) for one in reference["utterance"].values]
    found = pd.Series({str(key): value for key, value in told.items()}, dtype=object)
    return _as_text(found.reindex(utterances))


def _from_votes(by: str, reference: xr.DataArray) -> pd.Series[Any]:
    values = reference.values
    if by == "emotion":
        names = reference["emotion"].values[first_choices(values).argmax(axis=1)]
        groups = np.where(has_one_label(values), names.astype(object), "tied")
    else:
        split = np.where(is_ambiguous(values), "no majority", "majority")
        groups = np.where(values.max(axis=1) > 1 - 1e-9, "all agree", split)
    index = [str(one) for one in reference["utterance"].values]
    return pd.Series(groups.tolist(), index=index, dtype=object)


def _told(
    by: Any, votes: Any, shares: Mapping[str, xr.DataArray], speakers: Any
) -> dict[Any, Any] | None:
    """Return utterance -> value; None if nothing of this name is known."""
    if not isinstance(by, str):
        if hasattr(by, "coords"):
            return dict(zip(by["utterance"].values.tolist(), by.values.tolist(), strict=True))
        return dict(by.items()) if hasattr(by, "items") else None
    if by == "speaker":
        return dict(speakers_of(shares, votes, speakers)) or None
    table = getattr(votes, "utterances", None)
    if table is not None and by in table:
        return dict(table[by].items())
    for array in (getattr(votes, "votes", votes), *shares.values()):
        if by in array.coords and array[by].dims == ("utterance",):
            return dict(zip(array["utterance"].values.tolist(), array[by].values, strict=True))
    return None


def _known(votes: Any, shares: Mapping[str, xr.DataArray]) -> list[str]:
    names = [*FROM_VOTES, "speaker"]
    names += [str(name) for name in getattr(votes, "utterances", ())]
    for array in (getattr(votes, "votes", votes), *shares.values()):
        names += [str(n) for n, c in array.coords.items() if c.dims == ("utterance",)]
    return [name for name in dict.fromkeys(names) if name != "utterance"]


def _as_text(values: pd.Series[Any]) -> pd.Series[Any]:
    known = values[[not pd.isna(one) and str(one) != "" for one in values]]
    are_numbers = all(isinstance(one, int | float | np.number) for one in known)
    if not are_numbers or known.nunique() <= MOST_NUMBERS:
        return known.astype(str)
    numbers = known.astype(float)
    bands = pd.qcut(numbers, N_BANDS, duplicates="drop", labels=False)
    limits = numbers.groupby(bands).agg(["min", "max"])
    names = {band: f"{low:.3g} to {high:.3g}" for band, low, high in limits.itertuples()}
    return bands.map(names).astype(object)
