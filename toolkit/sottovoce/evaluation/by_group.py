"""by_group: an evaluation broken down, with the constants and the ceiling of every group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.evaluate import evaluate
from sottovoce.evaluation.grouping import group_utterances
from sottovoce.evaluation.intervals import FEWEST_SPEAKERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sottovoce.evaluation.alignment import Shares

FEWEST_UTTERANCES = 20
_TABLES = ("value", "low", "high")
_COUNTS = ("n", "n_missing", "n_untied")


def by_group(
    shares: Shares,
    votes: Any,
    by: Any,
    *,
    measures: str | Iterable[str] | None = None,
    speakers: Any = None,
    fewest: int = FEWEST_UTTERANCES,
    n_boot: int = 1000,
    n_splits: int = 50,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Evaluate every group of utterances by itself.

    Parameters
    ----------
    shares, votes, measures, speakers, n_boot, n_splits, seed, confidence
        As for `evaluate`.
    by
        "emotion" (what most listeners heard), "ambiguity" (how far they agreed), "speaker", or a
        column of the corpus or coordinate of the shares, such as "sex", "age" or "duration", whose
        numbers fall into thirds; or a mapping from utterance to group.
    fewest
        A group of fewer utterances is marked as small.

    Returns
    -------
    Dataset
        What `evaluate` returns, with a further dim group, sorted: numbers by size, what listeners
        heard by name. The constants and the ceiling are those of the group itself, since groups
        differ in how hard they are. Along group: `n_utterances`, `n_speakers`, and `is_small`,
        true where there are too few utterances, or fewer than three speakers while the groups are
        not the speakers themselves. The attribute `notes` warns of these by name, and counts
        utterances without a group.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or nothing is known by which to group.

    Notes
    -----
    A difference between groups may be one of difficulty, not of fairness: compare how far each
    group's score is on the way from its constants to its ceiling. Grouping by what the listeners
    said, "emotion" or "ambiguity", selects clips by the answer, so a constant that gives the
    group's mean does very well.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8], [5, 4], [0, 7]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> share = (votes + 1) / (votes + 1).sum("emotion")
    >>> sex = {"a": "female", "b": "female", "c": "male", "d": "male"}
    >>> result = by_group({"smoothed": share}, votes, sex, n_boot=0)
    >>> result["value"].sel(predictor="smoothed", measure="js").values.round(3).ravel()
    array([0.005, 0.029])
    >>> result["n_utterances"].to_series().to_dict(), result["is_small"].values
    ({'female': 2, 'male': 2}, array([ True,  True]))
    """
    if not isinstance(shares, xr.DataArray):
        shares = dict(shares.items())
    named = {"shares": shares} if isinstance(shares, xr.DataArray) else shares
    told = speakers_of(shares, votes, speakers)
    aligned = align(shares, votes)
    groups = group_utterances(by, votes, named, speakers=speakers)
    groups = groups[groups.index.isin(aligned.utterances)]
    names = sorted(groups.unique(), key=_order)
    if not names:
        raise VotesError("no utterance with shares and votes has a group")
    counts = getattr(votes, "votes", votes)
    ids = np.array([str(one) for one in counts["utterance"].values])
    parts, speaking = [], []
    for name in names:
        members = set(groups.index[groups == name])
        part = counts.isel(utterance=np.isin(ids, list(members)))
        parts.append(
            evaluate(
                shares,
                part,
                measures=measures,
                speakers=told or None,
                n_boot=n_boot,
                n_splits=n_splits,
                seed=seed,
                confidence=confidence,
            )
        )
        speaking.append(len({told[one] for one in members if one in told}))
    index = pd.Index(names, name="group")
    whole = xr.concat(
        [part[[*_TABLES, *_COUNTS]] for part in parts], dim=index, join="outer", fill_value=np.nan
    ).fillna(dict.fromkeys(_COUNTS, 0))
    n = [int((groups == name).sum()) for name in names]
    are_speakers = isinstance(by, str) and by == "speaker"
    small = [
        size < fewest or (bool(told) and not are_speakers and heard < FEWEST_SPEAKERS)
        for size, heard in zip(n, speaking, strict=True)
    ]
    return whole.assign(
        n_utterances=("group", n), n_speakers=("group", speaking), is_small=("group", small)
    ).assign_attrs(
        **{key: parts[0].attrs[key] for key in ("n_boot", "seed", "confidence", "constants")},
        ceiling=parts[0].attrs["ceiling"],
        by=by if isinstance(by, str) else "a mapping",
        notes="\n".join(_notes(names, n, speaking, small, len(aligned.utterances))),
    )


def _notes(
    names: list[str], n: list[int], speaking: list[int], small: list[bool], total: int
) -> list[str]:
    few = [
        f"{name} ({_counted(size, 'utterance')}"
        + (f" of {_counted(heard, 'speaker')})" if heard else ")")
        for name, size, heard, is_small in zip(names, n, speaking, small, strict=True)
        if is_small
    ]
    notes = [f"Too small to tell much: {', '.join(few)}."] if few else []
    if total > sum(n):
        notes.append(f"{_counted(total - sum(n), 'utterance')} without a group left out.")
    return notes


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _order(name: str) -> tuple[float, str]:
    """Sort bands and numbers by size, then names."""
    first = name.split(" to ")[0]
    try:
        return float(first), ""
    except ValueError:
        return np.inf, name
