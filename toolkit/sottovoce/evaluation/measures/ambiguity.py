"""Ambiguity: the entropy of a distribution, and whether it is predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import entr

from sottovoce.evaluation.measures.arrays import (
    NO_SPREAD,
    as_distribution,
    as_weights,
    ratio,
    usable_pairs,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

# Bits. The same shares in another order sum to entropies that differ by rounding: these are ties.
TIED_DECIMALS = 9
TIE = 1e-9


def entropy(p: ArrayLike) -> FloatArray:
    """Entropy of a distribution, in bits.

    Parameters
    ----------
    p
        Counts or shares, shape (..., emotion); divided by their sum.

    Returns
    -------
    ndarray
        0 (one emotion) to log2 of the number of emotions (all equal), shape (...). NaN where a
        row sums to zero or holds NaN.

    Examples
    --------
    >>> entropy([[1, 0, 0, 0], [2, 2, 0, 0], [1, 1, 1, 1]])
    array([0., 1., 2.])
    """
    return np.asarray(entr(as_distribution(p)).sum(axis=-1) / np.log(2))


def entropy_rho(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Spearman's rank correlation of the predicted and the reference entropy over utterances.

    It tells whether the clips that divided the listeners are those that divide the model. A
    constant guess cannot win it: its entropy is always the same, so the correlation is undefined,
    NaN. Equal entropies share their mean rank; entropies closer than 1e-9 bits are equal. The same
    as ``scipy.stats.spearmanr``, and a weight of two ranks like the same utterance twice.

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
        -1 to 1, shape (...). NaN if either entropy is the same for all utterances.

    Examples
    --------
    >>> q = [[9, 0], [8, 1], [6, 3], [5, 4]]
    >>> float(entropy_rho([[0.9, 0.1], [0.7, 0.3], [0.8, 0.2], [0.5, 0.5]], q).round(3))
    0.8
    >>> float(entropy_rho([[0.6, 0.4]] * 4, q))
    nan
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable)
    x, y = _mid_ranks(entropy(predicted), counts), _mid_ranks(entropy(reference), counts)
    total = counts.sum(axis=-1, keepdims=True)
    x -= ratio((counts * x).sum(axis=-1, keepdims=True), total)
    y -= ratio((counts * y).sum(axis=-1, keepdims=True), total)
    spread = (counts * x**2).sum(axis=-1) * (counts * y**2).sum(axis=-1)
    together = (counts * x * y).sum(axis=-1)
    return np.clip(ratio(together, np.sqrt(np.where(spread > NO_SPREAD, spread, 0.0))), -1.0, 1.0)


def ambiguity_auroc(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Area under the ROC curve of the predicted entropy for telling ambiguous clips from others.

    A clip is ambiguous where no emotion got more than half of the votes. The value is the chance
    that the predicted entropy of an ambiguous clip is above that of another, ties counted half; a
    constant guess gets 0.5. The same as ``sklearn.metrics.roc_auc_score``.

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
        0 to 1, shape (...). NaN if all clips are ambiguous, or none is.

    Examples
    --------
    >>> q = [[9, 0], [8, 1], [3, 3], [4, 4]]
    >>> float(ambiguity_auroc([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.5, 0.5]], q))
    0.75
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable)
    ambiguous = counts * is_ambiguous(reference)
    n, total = ambiguous.sum(axis=-1), counts.sum(axis=-1)
    ranks = (ambiguous * _mid_ranks(entropy(predicted), counts)).sum(axis=-1)
    return ratio(ranks - n * (n + 1.0) / 2.0, n * (total - n))


def is_ambiguous(reference: FloatArray) -> npt.NDArray[np.bool]:
    """Tell in which distributions, shape (..., emotion), nothing has more than half."""
    return np.asarray(reference.max(axis=-1) <= 0.5 + TIE)


def _mid_ranks(values: FloatArray, counts: FloatArray) -> FloatArray:
    """Rank values that each stand there `counts` times, without sorting anew for every row."""
    known = np.where(np.isnan(values), 0.0, values)  # these count zero
    distinct, group = np.unique(known.round(TIED_DECIMALS), return_inverse=True)
    starts = np.searchsorted(np.sort(group), np.arange(distinct.size))
    in_group = np.add.reduceat(counts[..., np.argsort(group, kind="stable")], starts, axis=-1)
    ranks = np.cumsum(in_group, axis=-1) - (in_group - 1.0) / 2.0
    return np.asarray(ranks[..., group])
