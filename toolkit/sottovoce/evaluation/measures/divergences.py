"""How far two distributions lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import rel_entr

from sottovoce.evaluation.measures.arrays import as_distribution

if TYPE_CHECKING:
    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray


def js_divergence(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Jensen-Shannon divergence in base 2.

    With m = (p + q) / 2, this is KL(p, m) / 2 + KL(q, m) / 2, in bits: 0 for equal distributions,
    1 for distributions that share no emotion. It is not the distance, which is its square root and
    which SciPy and some papers call "JS".

    Parameters
    ----------
    p, q
        Counts or shares, shape (..., emotion); divided by their sum. They broadcast.

    Returns
    -------
    ndarray
        Bits, 0 to 1, shape (...). NaN where a row sums to zero or holds NaN.

    References
    ----------
    J. Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information
    Theory 37(1), 145-151, 1991, doi:10.1109/18.61115.

    Examples
    --------
    >>> js_divergence([[0.5, 0.5], [1, 0], [1, 0]], [[0.5, 0.5], [0, 1], [0.5, 0.5]]).round(3)
    array([0.   , 1.   , 0.311])
    """
    predicted, reference = as_distribution(p), as_distribution(q)
    # KL(p, m) = KL(2p, p + q) / 2 without halving, which would underflow for the tiniest shares.
    total = predicted + reference
    terms = rel_entr(2 * predicted, total) + rel_entr(2 * reference, total)
    return np.asarray(np.clip(terms.sum(axis=-1) / (4 * np.log(2)), 0.0, 1.0))


def js_distance(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Jensen-Shannon distance in base 2: the square root of the divergence, a metric.

    The same as ``scipy.spatial.distance.jensenshannon(p, q, base=2)``.

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
    D. M. Endres, J. E. Schindelin, "A new metric for probability distributions", IEEE Transactions
    on Information Theory 49(7), 1858-1860, 2003, doi:10.1109/TIT.2003.813506.

    Examples
    --------
    >>> js_distance([[0, 1], [1, 0]], [0.5, 0.5]).round(3)
    array([0.558, 0.558])
    """
    return np.sqrt(js_divergence(p, q))


def bhattacharyya(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Bhattacharyya coefficient: the sum over emotions of sqrt(p q).

    1 for equal distributions, 0 for distributions that share no emotion. The Jensen-Shannon
    divergence in base 2 is never below 1 minus this coefficient.

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
    A. Bhattacharyya, "On a measure of divergence between two statistical populations defined by
    their probability distributions", Bulletin of the Calcutta Mathematical Society 35, 99-109,
    1943.

    Examples
    --------
    >>> bhattacharyya([[1, 0], [2, 2]], [0.5, 0.5]).round(3)
    array([0.707, 1.   ])
    """
    predicted, reference = as_distribution(p), as_distribution(q)
    overlap = np.sqrt(predicted) * np.sqrt(reference)
    return np.asarray(np.clip(overlap.sum(axis=-1), 0.0, 1.0))
