"""Constant guesses: what a predictor scores that does not listen.

A smooth guess looks good on overlap measures, so a result means little without these beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    from collections.abc import Callable

CONSTANTS_NOTE = (
    "uniform gives every emotion the same share. corpus mean is the mean reference of the "
    "utterances it is evaluated on: it has seen their votes and is optimistic for a constant."
)


def uniform(reference: xr.DataArray) -> xr.DataArray:
    """Give every emotion the same share, for every utterance of the reference.

    Parameters
    ----------
    reference
        A distribution, dims (utterance, emotion).

    Returns
    -------
    DataArray
        The same dims and coordinates.

    Examples
    --------
    >>> reference = xr.DataArray([[1.0, 0.0], [0.5, 0.5]], dims=("utterance", "emotion"))
    >>> uniform(reference).values
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    return xr.full_like(reference, 1.0 / reference.sizes["emotion"], dtype=np.float64)


def corpus_mean(reference: xr.DataArray) -> xr.DataArray:
    """Give every utterance the mean of the reference over these very utterances.

    It has seen the votes that it is measured against, which no real predictor has, so it is the
    best that a constant can do here and slightly optimistic.

    Parameters
    ----------
    reference
        A distribution, dims (utterance, emotion).

    Returns
    -------
    DataArray
        The same dims and coordinates.

    Examples
    --------
    >>> reference = xr.DataArray([[1.0, 0.0], [0.5, 0.5]], dims=("utterance", "emotion"))
    >>> corpus_mean(reference).values
    array([[0.75, 0.25],
           [0.75, 0.25]])
    """
    mean = reference.mean("utterance")
    return (xr.zeros_like(reference, dtype=np.float64) + mean).transpose(*reference.dims)


CONSTANTS: dict[str, Callable[[xr.DataArray], xr.DataArray]] = {
    "uniform": uniform,
    "corpus mean": corpus_mean,
}
