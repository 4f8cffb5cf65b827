"""What all measures share: how a distribution is read and how utterances are weighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    ArrayLike = npt.ArrayLike

# Shares arrive as float32: a spread below this is rounding, not a difference between emotions.
NO_SPREAD = 1e-12


def as_distribution(values: ArrayLike) -> FloatArray:
    """Divide by the sum over the last axis, so that counts and shares are read alike.

    Parameters
    ----------
    values
        Counts or shares, shape (..., emotion).

    Returns
    -------
    ndarray of float64
        The same shape, summing to 1 over the last axis; NaN where the sum is zero or not finite.

    Raises
    ------
    VotesError
        If a value is negative.

    Examples
    --------
    >>> as_distribution([[3, 1], [0, 0]])
    array([[0.75, 0.25],
           [ nan,  nan]])
    """
    array = np.asarray(values, dtype=np.float64)
    if np.any(array < 0):
        raise VotesError(
            f"the smallest value is {np.nanmin(array):g}, but counts and shares are never negative"
        )
    total = array.sum(axis=-1, keepdims=True)
    usable = (total > 0) & np.isfinite(total)
    shares: FloatArray = np.divide(array, total, out=np.full_like(array, np.nan), where=usable)
    return shares


def usable_pairs(p: ArrayLike, q: ArrayLike) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool]]:
    """Return both sides as distributions, NaN rows set to zero, and which rows are usable."""
    predicted, reference = as_distribution(p), as_distribution(q)
    usable = np.asarray(~np.isnan(predicted + reference).any(axis=-1))
    keep = usable[:, None]
    return np.where(keep, predicted, 0.0), np.where(keep, reference, 0.0), usable


def as_weights(weights: ArrayLike | None, usable: npt.NDArray[np.bool]) -> FloatArray:
    """Return how often each utterance counts, shape (..., utterance); unusable ones count zero."""
    if weights is None:
        return usable.astype(np.float64)
    return np.asarray(weights, dtype=np.float64) * usable


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> FloatArray:
    """Divide, with NaN where there is nothing to divide by."""
    above = np.asarray(numerator, dtype=np.float64)
    below = np.asarray(denominator, dtype=np.float64)
    undefined = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    quotient: FloatArray = np.divide(above, below, out=undefined, where=below > 0)
    return quotient


def mean_of_defined(values: FloatArray, defined: npt.NDArray[np.bool]) -> FloatArray:
    """Mean over the last axis of the entries that are defined, NaN where there is none."""
    return ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1))


def mean_over_utterances(values: FloatArray, weights: ArrayLike | None = None) -> FloatArray:
    """Weighted mean of one number an utterance; utterances where it is NaN are left out."""
    defined = ~np.isnan(values)
    counts = as_weights(weights, defined)
    return ratio(counts @ np.where(defined, values, 0.0), counts.sum(axis=-1))
