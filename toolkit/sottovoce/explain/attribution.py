"""The value of Aumann and Shapley of a softmax: what each term of a sum of logits contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

NODES = 64


def aumann_shapley(
    terms: NDArray[np.float64], total: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return what each term does to the softmax of the sum of all terms.

    The way from no term to all of them is gone in small steps, every term growing at one pace; a
    term's value is the integral of what it changes (Aumann & Shapley 1974, "Values of Non-Atomic
    Games"; arXiv:1703.01365). A constant added to a term changes nothing.

    Parameters
    ----------
    terms
        Logits, nats, shape (..., term, emotion).
    total
        Their sum, shape (..., emotion); computed by default.

    Returns
    -------
    ndarray of float64, shape (..., term, emotion)
        Summed over the terms: softmax(total) less an even share. Summed over the emotions: 0.

    Examples
    --------
    >>> values = aumann_shapley(np.array([[np.log(3), 0.0], [0.0, 0.0]]))
    >>> values.round(3)
    array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]])
    """
    total = terms.sum(axis=-2) if total is None else total
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    values = np.zeros_like(terms)
    for place, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        share = special.softmax(place * total, axis=-1)[..., None, :]
        change = terms - (share * terms).sum(axis=-1, keepdims=True)
        values += weight * share * change
    return values
