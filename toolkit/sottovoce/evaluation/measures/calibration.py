"""Calibration: whether shares mean what they say, of the votes and of the single label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.evaluation.measures.ambiguity import entropy
from sottovoce.evaluation.measures.arrays import as_distribution, as_weights, ratio, usable_pairs
from sottovoce.evaluation.measures.labels import first_choices, has_one_label

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

# Shares arrive as float32: 0.3 a hair above its edge still belongs below it.
EDGE = 1e-7


def dist_ce(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Human distribution calibration error (DistCE): the total variation distance.

    Half the sum over emotions of |p - q|: the part of the votes that lies elsewhere than predicted.

    Parameters
    ----------
    p, q
        Counts or shares, shape (..., emotion); divided by their sum. They broadcast.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN where a row sums to zero or holds NaN.

    References
    ----------
    J. Baan, W. Aziz, B. Plank, R. Fernandez, "Stop measuring calibration when humans disagree",
    EMNLP 2022, arXiv:2210.16133.

    Examples
    --------
    >>> dist_ce([[0.6, 0.4], [1, 0]], [[0.5, 0.5], [0, 1]]).round(3)
    array([0.1, 1. ])
    """
    predicted, reference = as_distribution(p), as_distribution(q)
    return np.asarray(np.abs(predicted - reference).sum(axis=-1) / 2)


def entropy_ce(p: ArrayLike, q: ArrayLike, *, signed: bool = False) -> FloatArray:
    """Human entropy calibration error (EntCE): how far the entropies lie apart, in bits.

    Parameters
    ----------
    p
        Predicted counts or shares, shape (..., emotion).
    q
        Reference counts or shares, shape (..., emotion).
    signed
        Return predicted minus reference: below 0 where the model is surer than the listeners.

    Returns
    -------
    ndarray
        Bits, shape (...). NaN where a row sums to zero or holds NaN.

    Notes
    -----
    The paper takes nats; one nat is 1.443 bits. A few votes have a lower entropy than many would,
    so a model that knows their true distribution has an error here too, and a positive sign.

    References
    ----------
    J. Baan, W. Aziz, B. Plank, R. Fernandez, "Stop measuring calibration when humans disagree",
    EMNLP 2022, arXiv:2210.16133.

    Examples
    --------
    >>> entropy_ce([[1, 0], [0.5, 0.5]], [0.5, 0.5])
    array([1., 0.])
    >>> entropy_ce([1, 0], [0.5, 0.5], signed=True).item()
    -1.0
    """
    apart = entropy(p) - entropy(q)
    return apart if signed else np.abs(apart)


def ece(
    p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None, *, bins: int = 10
) -> FloatArray:
    """Top-label expected calibration error (ECE), on the untied clips.

    The largest share of each clip is sorted into bins of equal width, (0, 0.1], (0.1, 0.2] and so
    on; the error is the mean over the clips of how far, in their bin, the mean share is from the
    rate at which the listeners' first choice was met. A prediction that ties for first place is
    right in part.

    It asks for certainty where listeners disagree: shares that are exactly the votes' are not
    calibrated by it. It stands here for comparison; `dist_ce` is against the votes.

    Parameters
    ----------
    p
        Predicted counts or shares, shape (utterance, emotion).
    q
        Reference counts or shares, shape (utterance, emotion). Rows with a tie for first place
        are left out.
    weights
        How often each utterance counts, shape (..., utterance); once if None.
    bins
        How many, 1 or more.

    Returns
    -------
    ndarray
        0 to 1, shape (...). NaN if no clip is untied.

    See Also
    --------
    sottovoce.evaluation.reliability : The same with shares of votes in the place of labels.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML
    2017, arXiv:1706.04599.

    Examples
    --------
    >>> float(ece([[0.8, 0.2], [0.8, 0.2]], [[3, 0], [1, 2]]).round(3))
    0.3
    """
    predicted, reference, usable = usable_pairs(p, q)
    counts = as_weights(weights, usable & has_one_label(reference))
    guess = first_choices(predicted)
    right = (guess * first_choices(reference)).sum(axis=-1) / guess.sum(axis=-1)
    confidence = predicted.max(axis=-1)
    place = np.ceil((confidence - EDGE) * bins).astype(int) - 1
    return binned_error(confidence, right, place.clip(0, bins - 1), bins, counts)


def binned_error(
    confidence: FloatArray,
    right: FloatArray,
    place: npt.NDArray[np.int_],
    bins: int,
    counts: FloatArray,
) -> FloatArray:
    """Return the mean over clips of |mean confidence - mean right| in the bin of each.

    Parameters
    ----------
    confidence, right, place
        Of each utterance, shape (utterance,); `place` is the number of its bin.
    bins
        How many there are.
    counts
        How often each utterance counts, shape (..., utterance).
    """
    member = (place[:, None] == np.arange(bins)).astype(np.float64)
    apart = counts @ (member * (confidence - right)[:, None])
    return ratio(np.abs(apart).sum(axis=-1), counts.sum(axis=-1))
