"""How far the listeners agree among themselves, beyond chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import krippendorff
import numpy as np
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import speakers_of
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


def krippendorff_alpha(
    ratings: Any,
    *,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return Krippendorff's alpha for nominal data: 1 is agreement, 0 is what chance gives.

    Parameters
    ----------
    ratings
        Who said what, dims (utterance, rater), as :func:`sottovoce.corpora.load_ratings` reads it,
        empty where a rater said nothing; or counts of votes, dims (utterance, emotion); or a
        corpus. Which rater gave a vote does not matter to alpha.
    speakers, n_boot, seed, confidence
        As for `evaluate`.

    Returns
    -------
    Dataset
        Without dims: `alpha` with its interval from `low` to `high`; `n`, the utterances that have
        two ratings or more, which alone count; and `n_ratings`, the ratings of these. All are NaN
        but the numbers if every rating is the same, since then nothing tells agreement from
        chance. Attributes tell what was resampled.

    Raises
    ------
    VotesError
        If no utterance has two ratings, or the votes are not whole numbers.

    Notes
    -----
    The value is that of the package krippendorff. Resampled are speakers, or utterances where the
    speakers are unknown, never the raters: the interval is for other recordings and the same
    kind of listeners. Who may choose several emotions for a recording gives a set; give ratings,
    not counts, so that their emotions are not taken for disagreement with themselves. A set agrees
    only with the same set, which is strict.

    References
    ----------
    K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011,
    https://repository.upenn.edu/asc_papers/43.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[5, 0], [4, 1], [1, 4], [0, 5]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> round(krippendorff_alpha(votes)["alpha"].item(), 3)
    0.62
    """
    require_resampling_options(n_boot, confidence)
    counts = _counts(_answers(ratings))
    counts = counts[counts.sum("emotion") >= 2]
    if not counts.size:
        raise VotesError(
            "no utterance has two ratings, so there is no agreement to be measured: let two "
            "listeners rate the same recordings"
        )
    values = counts.values
    utterances = [str(name) for name in counts["utterance"].values]
    resampling = resampling_units(utterances, speakers_of({}, ratings, speakers))
    alike, totals = _sums(values)

    def resampled(weights: FloatArray) -> FloatArray:
        """Return alpha from how often each utterance counts, shape (resample, 1)."""
        by_emotion = weights @ totals
        n = by_emotion.sum(axis=1)
        observed = n - weights @ alike
        expected = n**2 - (by_emotion**2).sum(axis=1)
        alpha = np.full(n.shape, np.nan)
        np.divide((n - 1) * observed, expected, out=alpha, where=expected > 0)
        return (1 - alpha)[:, None]

    varied = np.count_nonzero(values.sum(axis=0)) > 1
    low, high = percentile_interval(bootstrap(resampled, resampling, n_boot, seed), confidence)
    return xr.Dataset(
        {
            "alpha": krippendorff.alpha(value_counts=values, level_of_measurement="nominal")
            if varied
            else np.nan,
            "low": low[0],
            "high": high[0],
            "n": len(values),
            "n_ratings": int(values.sum()),
        },
        attrs={
            "level_of_measurement": "nominal",
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )


def _answers(ratings: Any) -> Any:
    """Return a corpus's answers, one a listener where the listeners are known, or its votes."""
    return getattr(ratings, "answers", getattr(ratings, "votes", ratings))


def _counts(votes: Any) -> xr.DataArray:
    """Return whole numbers of votes, dims (utterance, emotion)."""
    dims = set(votes.dims) if isinstance(votes, xr.DataArray) else set()
    if dims == {"utterance", "rater"}:
        labels = votes.transpose("utterance", "rater").fillna("").astype(str)
        words = [str(word) for word in np.unique(labels.values) if word]
        return xr.DataArray(
            np.stack([(labels.values == word).sum(axis=1) for word in words], axis=1)
            if words
            else np.zeros((labels.sizes["utterance"], 0), dtype=int),
            dims=("utterance", "emotion"),
            coords={"utterance": labels["utterance"], "emotion": words},
        )
    if dims != {"utterance", "emotion"}:
        given = f"the dimensions {tuple(votes.dims)}" if dims else f"a {type(votes).__name__}"
        raise VotesError(
            f"ratings have {given}, but must be a DataArray with (utterance, rater) for ratings or "
            "(utterance, emotion) for votes, or a corpus"
        )
    counts: xr.DataArray = votes.transpose("utterance", "emotion").fillna(0)
    if np.any(counts.values < 0) or np.any(counts.values % 1):
        raise VotesError(
            "these votes are no whole numbers. Agreement needs the counts of the votes, not their "
            "shares."
        )
    return counts.astype(int)


def _sums(counts: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Return each utterance's pairs that agree, over its ratings less one, and its votes."""
    n = counts.sum(axis=1)
    return (counts * (counts - 1)).sum(axis=1) / (n - 1), counts.astype(np.float64)
