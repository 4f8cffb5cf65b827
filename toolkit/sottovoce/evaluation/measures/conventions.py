"""The measures of others, as their code computes them, for numbers that stand beside theirs.

The names say whose they are. Both take the first of several equal shares for the label, in the
order of the emotions, on tied clips too; their order of emotions may be another than yours.
"""

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
from sottovoce.evaluation.measures.calibration import binned_error
from sottovoce.evaluation.measures.labels import accuracy_of, count_pairs, f1_of, weighted_f1_of

if TYPE_CHECKING:
    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

AER_LLM_BINS = 5
SCALING_AMBIGUITY_BINS = 10
_DECIMALS = 4


def aer_llm_js(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Jensen-Shannon distance as AER-LLM has it under the name "JS".

    The square root of the divergence in nats, at most 0.833, and not the divergence. 1e-8 is added
    to the mean of both, and each of the two Kullback-Leibler divergences is rounded to four
    decimals before the root.

    References
    ----------
    X. Hong, Y. Gong, V. Sethu, T. Dang, "AER-LLM: Ambiguity-aware emotion recognition leveraging
    large language models", 2024, arXiv:2409.18339; Evaluation/eval_metrics.py of
    https://github.com/mHealthUnimelb/AER-LLM.

    Examples
    --------
    >>> aer_llm_js([[0.5, 0.5], [1, 0]], [[0.5, 0.5], [0, 1]]).round(4)
    array([0.    , 0.8325])
    """
    predicted, reference = as_distribution(p), as_distribution(q)
    middle = (predicted + reference) / 2
    halves = (_rounded_kl(predicted, middle) + _rounded_kl(reference, middle)) / 2
    return np.sqrt(np.maximum(halves, 0.0))


def aer_llm_bc(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Bhattacharyya coefficient of each utterance, rounded to four decimals as AER-LLM does.

    Examples
    --------
    >>> aer_llm_bc([1, 0], [0.5, 0.5]).item()
    0.7071
    """
    overlap = np.sqrt(as_distribution(p) * as_distribution(q)).sum(axis=-1)
    return np.asarray(np.round(overlap, _DECIMALS))


def aer_llm_r2(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Squared Pearson correlation over the emotions as AER-LLM has it under the name "R2".

    1e-10 in the denominator makes it 0 where either distribution is flat, and four decimals are
    kept of each utterance's.

    Examples
    --------
    >>> aer_llm_r2([0.5, 0.3, 0.2], [[0.6, 0.3, 0.1], [1, 1, 1]])
    array([0.9944, 0.    ])
    """
    predicted, reference = np.broadcast_arrays(as_distribution(p), as_distribution(q))
    across = predicted - predicted.mean(axis=-1, keepdims=True)
    around = reference - reference.mean(axis=-1, keepdims=True)
    spread = (across**2).mean(axis=-1) * (around**2).mean(axis=-1)
    together = (across * around).mean(axis=-1)
    return np.asarray(np.round(together**2 / (spread + 1e-10), _DECIMALS))


def aer_llm_ece(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Top-label expected calibration error over 5 bins that hold their upper edge, tied clips too.

    Examples
    --------
    >>> float(aer_llm_ece([[0.8, 0.2], [0.8, 0.2]], [[3, 0], [1, 2]]).round(3))
    0.3
    """
    predicted, reference, usable = usable_pairs(p, q)
    confidence = predicted.max(axis=-1)
    edges = np.linspace(0, 1, AER_LLM_BINS + 1)
    place = np.searchsorted(edges, confidence, side="left") - 1
    right = _same_first(predicted, reference)
    counts = as_weights(weights, usable)
    return binned_error(confidence, right, place.clip(0, None), AER_LLM_BINS, counts)


def scaling_ambiguity_r2(
    p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None
) -> FloatArray:
    """Coefficient of determination by emotion, averaged over all of them, as scikit-learn has it.

    An emotion whose reference never changes counts 1 where it is predicted exactly and 0 where not,
    which ``sklearn.metrics.r2_score`` does; `r2_determination` leaves it out.

    References
    ----------
    W. Zhang, H. Jin, S. Wang, Z. Wei, T. Dang, "Scaling ambiguity: augmenting human annotation in
    speech emotion recognition with audio-language models", ICASSP 2026, arXiv:2601.14620;
    lib/evaluation_lib.py of https://github.com/WendaZhang08/scaling-ambiguity-SER.

    Examples
    --------
    >>> q = [[0.8, 0.2, 0], [0.4, 0.6, 0], [0.6, 0.4, 0]]
    >>> float(scaling_ambiguity_r2([[0.7, 0.3, 0], [0.4, 0.6, 0], [0.5, 0.4, 0.1]], q).round(3))
    0.542
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable)
    total = counts.sum(axis=-1, keepdims=True)
    residual = counts @ (reference - predicted) ** 2
    spread = counts @ reference**2 - ratio((counts @ reference) ** 2, total)
    varies = spread > NO_SPREAD * np.maximum(total, 1.0)
    exact = residual <= NO_SPREAD
    value = np.where(varies, 1.0 - ratio(residual, np.where(varies, spread, 1.0)), exact)
    return np.asarray(np.where(total[..., 0] > 0, value.mean(axis=-1), np.nan))


def scaling_ambiguity_ece(
    p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None
) -> FloatArray:
    """Top-label expected calibration error over 10 bins that hold their lower edge.

    Examples
    --------
    >>> float(scaling_ambiguity_ece([[0.8, 0.2], [0.8, 0.2]], [[3, 0], [1, 2]]).round(3))
    0.3
    """
    predicted, reference, usable = usable_pairs(p, q)
    confidence = predicted.max(axis=-1)
    place = (confidence * SCALING_AMBIGUITY_BINS).astype(int).clip(0, SCALING_AMBIGUITY_BINS - 1)
    right = _same_first(predicted, reference)
    counts = as_weights(weights, usable)
    return binned_error(confidence, right, place, SCALING_AMBIGUITY_BINS, counts)


def argmax_accuracy(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Accuracy of the first of the largest shares against the first of the most votes.

    Examples
    --------
    >>> float(argmax_accuracy([[0.9, 0.1], [0.4, 0.6]], [[3, 0], [1, 1]]))
    0.5
    """
    return accuracy_of(_argmax_confusion(p, q, weights))


def argmax_macro_f1(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Macro-F1 of these labels over all that are true or guessed, as scikit-learn has it.

    Examples
    --------
    >>> float(argmax_macro_f1([[0.9, 0.1, 0], [0.4, 0.6, 0]], [[3, 0, 0], [1, 1, 0]]).round(3))
    0.333
    """
    scores, _ = f1_of(_argmax_confusion(p, q, weights))
    return mean_of_defined(scores, ~np.isnan(scores))


def argmax_weighted_f1(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """F1 of these labels, weighted by how often each is true.

    Examples
    --------
    >>> float(argmax_weighted_f1([[0.9, 0.1], [0.4, 0.6]], [[3, 0], [1, 1]]).round(3))
    0.667
    """
    return weighted_f1_of(_argmax_confusion(p, q, weights))


def _rounded_kl(a: FloatArray, b: FloatArray) -> FloatArray:
    above = np.where(a > 0, a, 1.0)
    terms = np.where(a > 0, a * np.log(above / (b + 1e-8)), np.where(np.isnan(a), np.nan, 0.0))
    return np.asarray(np.round(terms.sum(axis=-1), _DECIMALS))


def _same_first(predicted: FloatArray, reference: FloatArray) -> FloatArray:
    same = predicted.argmax(axis=-1) == reference.argmax(axis=-1)
    return np.asarray(same, dtype=np.float64)


def _argmax_confusion(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None) -> FloatArray:
    predicted, reference, usable = usable_pairs(p, q)
    labels = np.eye(reference.shape[-1])
    true, guess = labels[reference.argmax(axis=-1)], labels[predicted.argmax(axis=-1)]
    return count_pairs(true, guess, as_weights(weights, usable))
