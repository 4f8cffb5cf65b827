"""How much of the reference's variation a prediction explains: the two things called R2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.evaluation.measures.arrays import (
    NO_SPREAD,
    as_distribution,
    as_weights,
    mean_of_defined,
    ratio,
    usable_pairs,
)

if TYPE_CHECKING:
    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray


def r2_pearson(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Squared Pearson correlation over the emotions, within an utterance.

    It is the share of the reference's spread over emotions that a straight line through the
    prediction explains. A prediction that is the same for every emotion explains nothing and gets
    0; where the reference is the same for every emotion there is nothing to explain: NaN. It does
    not punish a wrong scale, and a negative correlation counts like a positive one.

    Parameters
    ----------
    p
        Predicted counts or shares, shape (..., emotion).
    q
        Reference counts or shares, shape (..., emotion).

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN also where a row sums to zero or holds NaN.

    See Also
    --------
    r2_determination : The other quantity that papers call R2.

    Examples
    --------
    >>> r2_pearson([[0.5, 0.3, 0.2], [1, 1, 1]], [0.6, 0.3, 0.1]).round(3)
    array([0.994, 0.   ])
    """
    predicted, reference = as_distribution(p), as_distribution(q)
    predicted, reference = np.broadcast_arrays(predicted, reference)
    across = predicted - predicted.mean(axis=-1, keepdims=True)
    around = reference - reference.mean(axis=-1, keepdims=True)
    spread_p, spread_q = (across**2).sum(axis=-1), (around**2).sum(axis=-1)
    explained = (across * around).sum(axis=-1) ** 2
    correlation = ratio(explained, np.where(spread_p > NO_SPREAD, spread_p * spread_q, 0.0))
    flat = (spread_p <= NO_SPREAD) & (spread_q > NO_SPREAD)
    value = np.where(flat, 0.0, np.where(spread_q > NO_SPREAD, correlation, np.nan))
    return np.asarray(np.clip(value, 0.0, 1.0))


def r2_determination(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Coefficient of determination of each emotion over the utterances, averaged over emotions.

    For one emotion it is 1 - sum (q - p)^2 / sum (q - mean q)^2: 1 for a perfect prediction, 0 for
    the mean of the reference, below 0 for worse than that. Emotions whose share in the reference
    never changes have no value and are left out of the average. Elsewhere the same as
    ``sklearn.metrics.r2_score(q, p, multioutput="uniform_average")``.

    Parameters
    ----------
    p
        Predicted counts or shares, shape (utterance, emotion).
    q
        Reference counts or shares, shape (utterance, emotion).
    weights
        How often each utterance counts, shape (..., utterance); once if None.

    Returns
    -------
    ndarray
        At most 1, shape (...). NaN if the reference never changes.

    See Also
    --------
    r2_pearson : The other quantity that papers call R2.

    Examples
    --------
    >>> q = [[0.8, 0.2], [0.4, 0.6], [0.6, 0.4]]
    >>> float(r2_determination([[0.7, 0.3], [0.4, 0.6], [0.6, 0.4]], q).round(3))
    0.875
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable)
    total = counts.sum(axis=-1, keepdims=True)
    residual = counts @ (reference - predicted) ** 2
    spread = counts @ reference**2 - ratio((counts @ reference) ** 2, total)
    varies = spread > NO_SPREAD * np.maximum(total, 1.0)
    return mean_of_defined(1.0 - ratio(residual, np.where(varies, spread, 0.0)), varies)
