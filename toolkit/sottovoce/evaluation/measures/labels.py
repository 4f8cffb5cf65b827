"""Single labels: the emotion that most listeners named, on the clips where there is one.

A clip whose listeners tie for first place has no single label and is left out. A prediction that
ties for first place shares its one guess equally among the emotions in the tie, so that no emotion
gains from standing first in the alphabet: the uniform guess over six emotions is right 1/6 of the
time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.evaluation.measures.arrays import as_weights, mean_of_defined, ratio, usable_pairs

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

TIE = 1e-9


def confusion(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Count predicted against true labels on the clips whose reference has one label.

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
        Shape (..., emotion, emotion), rows the true label, columns the predicted one.

    Examples
    --------
    >>> confusion([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8]], [[3, 0], [2, 1], [1, 1]])
    array([[1.5, 0.5],
           [0. , 0. ]])
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable & has_one_label(reference))
    guess = first_choices(predicted)
    return count_pairs(first_choices(reference), guess / guess.sum(axis=-1, keepdims=True), counts)


def count_pairs(true: FloatArray, guess: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the confusion of labels that are given as shares, shape (utterance, emotion)."""
    n, size = guess.shape
    outcomes = (true[:, :, None] * guess[:, None, :]).reshape(n, size * size)
    return np.asarray((counts @ outcomes).reshape(*counts.shape[:-1], size, size))


def plurality_accuracy(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Share of untied clips where the largest predicted share is the listeners' first choice.

    Parameters
    ----------
    p
        Predicted counts or shares, shape (utterance, emotion). A tie for first place shares the
        guess.
    q
        Reference counts or shares, shape (utterance, emotion). Rows with a tie for first place
        are left out.
    weights
        How often each utterance counts, shape (..., utterance); once if None.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN if no clip is untied.

    Examples
    --------
    >>> float(plurality_accuracy([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], [[3, 0], [2, 1], [1, 1]]))
    0.5
    """
    return accuracy_of(confusion(p, q, weights))


def uar(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Unweighted average recall: the mean recall of the labels that occur in the reference.

    The same as ``sklearn.metrics.balanced_accuracy_score`` on the untied clips. A constant guess
    gets 1 divided by the number of labels.

    Parameters
    ----------
    p, q, weights
        As for `plurality_accuracy`.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN if no clip is untied.

    Examples
    --------
    >>> float(uar([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [[3, 0], [2, 1], [1, 2]]))
    0.5
    """
    table = confusion(p, q, weights)
    found, true = np.diagonal(table, axis1=-2, axis2=-1), table.sum(axis=-1)
    return mean_of_defined(ratio(found, true), true > 0)


def macro_f1(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Mean F1 of the labels that occur in the reference, on the untied clips.

    The same as ``sklearn.metrics.f1_score`` with ``average="macro"`` and ``labels`` those of the
    reference, so that all predictors are averaged over the same labels.

    Parameters
    ----------
    p, q, weights
        As for `plurality_accuracy`.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN if no clip is untied.

    Examples
    --------
    >>> float(macro_f1([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [[3, 0], [2, 1], [1, 2]]))
    0.4
    """
    scores, true = f1_of(confusion(p, q, weights))
    return mean_of_defined(scores, true > 0)


def weighted_f1(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """F1 of the labels, weighted by how often each occurs in the reference, on the untied clips.

    The same as ``sklearn.metrics.f1_score`` with ``average="weighted"``.

    Parameters
    ----------
    p, q, weights
        As for `plurality_accuracy`.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN if no clip is untied.

    Examples
    --------
    >>> float(weighted_f1([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], [[3, 0], [2, 1], [1, 2]]).round(3))
    0.533
    """
    return weighted_f1_of(confusion(p, q, weights))


def accuracy_of(table: FloatArray) -> FloatArray:
    """Return the share of a confusion, shape (..., emotion, emotion), on its diagonal."""
    return ratio(np.trace(table, axis1=-2, axis2=-1), table.sum(axis=(-2, -1)))


def f1_of(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the F1 of each label of a confusion, and how often each is true.

    Both of shape (..., emotion); the F1 is NaN for a label that is neither true nor guessed.
    """
    found, true = np.diagonal(table, axis1=-2, axis2=-1), table.sum(axis=-1)
    return ratio(2 * found, true + table.sum(axis=-2)), true


def weighted_f1_of(table: FloatArray) -> FloatArray:
    """Return the mean F1 of a confusion's labels, weighted by how often each is true."""
    scores, true = f1_of(table)
    return ratio((np.where(true > 0, scores, 0.0) * true).sum(axis=-1), true.sum(axis=-1))


def has_one_label(reference: FloatArray) -> npt.NDArray[np.bool]:
    """Tell which distributions, shape (..., emotion), have no tie for first place."""
    return np.asarray(first_choices(reference).sum(axis=-1) == 1)


def first_choices(distribution: FloatArray) -> FloatArray:
    """Mark the largest share of each row, all of them where several are equal."""
    largest = distribution.max(axis=-1, keepdims=True)
    return np.asarray(distribution >= largest - TIE, dtype=np.float64)
