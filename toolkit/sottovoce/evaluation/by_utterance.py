"""One number an utterance, for tables of single recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError, require_one_of
from sottovoce.evaluation.alignment import SUM_TOLERANCE, reference_distribution
from sottovoce.evaluation.measures import MEASURES

if TYPE_CHECKING:
    from sottovoce.evaluation.measures import MeasureName


def by_utterance(shares: xr.DataArray, votes: Any, measure: MeasureName = "js") -> xr.DataArray:
    """Hold every utterance's shares against its own votes.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several, each row summing to 1.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    measure
        One that has a value for a single utterance: "js", "js_distance", "bc", "r2_pearson",
        "dist_ce" or "entropy_ce".

    Returns
    -------
    DataArray
        The dims of `shares` without emotion, in the order of `shares`; NaN where an utterance has
        no votes or no shares.

    Raises
    ------
    VotesError
        If the measure has no value for a single utterance, the emotions differ, or shares do not
        sum to 1.

    See Also
    --------
    evaluate : The same over all utterances, with intervals and constants.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[4, 0], [2, 2]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a", "b"], "emotion": ["angry", "sad"]},
    ... )
    >>> by_utterance(votes / 4, votes.isel(emotion=[1, 0])).values
    array([0., 0.])
    """
    within = {
        name: entry.within_utterance for name, entry in MEASURES.items() if entry.within_utterance
    }
    require_one_of("measure", measure, within, VotesError)
    reference = reference_distribution(votes)
    if set(shares["emotion"].values) != set(reference["emotion"].values):
        raise VotesError(
            f"the shares have the emotions {sorted(shares['emotion'].values.tolist())}, but the "
            f"votes have {sorted(reference['emotion'].values.tolist())}; both must be the same"
        )
    total = shares.sum("emotion", skipna=False)
    wrong = np.abs(total.values - 1) > SUM_TOLERANCE
    if wrong.any():
        place = dict(zip(total.dims, np.argwhere(wrong)[0], strict=True))
        where = ", ".join(repr(str(total[dim].values[at])) for dim, at in place.items())
        raise VotesError(
            f"the shares of {where} sum to {float(total[place]):.3f}, but must sum to 1: divide "
            'them by shares.sum("emotion"), or set the row to NaN where there is no answer'
        )
    placed = reference.reset_coords(drop=True).reindex(utterance=shares["utterance"].astype(str))
    placed = placed.sel(emotion=shares["emotion"]).assign_coords(utterance=shares["utterance"])
    result: xr.DataArray = xr.apply_ufunc(
        within[measure],
        shares,
        placed,
        input_core_dims=[["emotion"], ["emotion"]],
        keep_attrs=False,
    )
    return result.transpose(*[dim for dim in shares.dims if dim != "emotion"]).rename(measure)
