"""weigh_prompts: how much each prompt counts in an ensemble, learned from votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.folds import speaker_folds
from sottovoce.evaluation.intervals import resampling_units
from sottovoce.readout import fit_pool_weights
from sottovoce.readout.ensemble import pool

if TYPE_CHECKING:
    from sottovoce.readout.ensemble import Pool


def weigh_prompts(
    shares: xr.DataArray,
    votes: Any,
    how: Pool = "mean",
    *,
    penalty: float = 1.0,
    n_folds: int | None = None,
    speakers: Any = None,
    seed: int = 0,
) -> xr.Dataset:
    """Learn the weights of an ensemble of prompts, and what they are worth on other speakers.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`: dims (utterance, prompt, emotion), two prompts or more.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    how
        The pool, as :func:`sottovoce.readout.combine` takes it.
    penalty
        Pulls towards equal weights; see :func:`sottovoce.readout.fit_pool_weights`.
    n_folds, speakers, seed
        As for `cross_calibrate`.

    Returns
    -------
    Dataset
        `weight` (prompt), fitted to all votes, for ``combine(..., weights=...)`` of other runs;
        `share` (utterance, emotion), pooled by weights that were fitted without the utterance's
        speaker, to be held against the same votes; `weight_in_fold` (fold, prompt). The attributes
        `held_out` and `n_folds` say how.

    Raises
    ------
    VotesError
        If there are fewer than two prompts, the arrays do not fit each other, or there is nobody
        to hold out.

    Examples
    --------
    >>> labels = {"utterance": [f"clip{i}" for i in range(200)], "emotion": ["angry", "sad"]}
    >>> votes = xr.DataArray([[9, 1], [1, 9]] * 100, labels)
    >>> guess = xr.full_like(votes, 0.5, dtype=float)
    >>> shares = xr.concat([votes / 10, guess], xr.Variable("prompt", ["hears", "guesses"]))
    >>> found = weigh_prompts(shares, votes)
    >>> bool(found["weight"].sel(prompt="hears") > 0.5)
    True
    """
    if "prompt" not in shares.dims or shares.sizes["prompt"] < 2:
        raise VotesError("weights are learned for two prompts or more; these shares have one")
    aligned = align(shares, votes)
    reference = aligned.reference.values
    members = np.stack(list(aligned.predictions.values()))
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    folds = speaker_folds(resampling, n_folds, seed)
    share, in_fold = np.full(reference.shape, np.nan), []
    for train, test in folds:
        weights = fit_pool_weights(members[:, train], reference[train], how, penalty=penalty)
        share[test] = pool(members[:, test], weights, how)
        in_fold.append(weights)
    return xr.Dataset(
        {
            "weight": ("prompt", fit_pool_weights(members, reference, how, penalty=penalty)),
            "share": (("utterance", "emotion"), share),
            "weight_in_fold": (("fold", "prompt"), np.stack(in_fold)),
        },
        coords={
            "prompt": [prompt for _, prompt in aligned.predictions],
            "utterance": aligned.utterances,
            "emotion": aligned.reference["emotion"].values,
        },
        attrs={"pool": how, "held_out": resampling.unit, "n_folds": len(folds), "seed": seed},
    )
