"""One number for each emotion and step: pooling over spellings, masked means over steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from scipy import special

from sottovoce.readout.concepts import tokens_by_emotion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STEPS = ("utterance", "prompt", "step")


def logsumexp(array: xr.DataArray, dim: str) -> xr.DataArray:
    """Return the logarithm of the sum of exponentials along `dim`; NaN where any entry is.

    Examples
    --------
    >>> quarter = xr.DataArray([-np.log(4), -np.log(4)], dims="spelling")
    >>> round(float(np.exp(logsumexp(quarter, "spelling"))), 3)
    0.5
    """
    pooled: xr.DataArray = xr.apply_ufunc(
        special.logsumexp, array, input_core_dims=[[dim]], kwargs={"axis": -1}
    )
    return pooled


def softmax(array: xr.DataArray) -> xr.DataArray:
    """Return shares of the emotions that sum to 1; NaN where an entry is, or where all are -inf.

    Examples
    --------
    >>> softmax(xr.DataArray([22.0, 20.0, 18.0, 15.0], dims="emotion")).round(2).values
    array([0.87, 0.12, 0.02, 0.  ])
    """
    core = [["emotion"]]
    shares: xr.DataArray = xr.apply_ufunc(
        _softmax, array, input_core_dims=core, output_core_dims=core
    )
    return shares


def _softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore"):
        shares: NDArray[np.float64] = np.exp(
            values - special.logsumexp(values, axis=-1, keepdims=True)
        )
    return shares


def pooled_log_probability(run: xr.Dataset, emotions: Sequence[str] | None) -> xr.DataArray:
    """Return the log-probability that the next token begins any spelling of each emotion.

    The spellings of an emotion (" happy", "happy", "Happy", synonyms) are exclusive events of the
    model's distribution over the whole vocabulary, so their probabilities add up: log-sum-exp of
    ``logit - log_normalizer`` (arXiv:2104.08315 discusses the mass that spellings share).

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, step, emotion), float64, nats; NaN where nothing was decoded.
    """
    tokens = tokens_by_emotion(run, emotions)
    logit = run["logit"].transpose(*STEPS, "token")
    normalizer = run["log_normalizer"].transpose(*STEPS)
    # Plain arrays, an emotion at a time: labels take longer to match than the numbers to add up,
    # and whoever drags a range of steps waits for this.
    of_steps = normalizer.values.astype(np.float64)[..., np.newaxis]
    pooled = [
        special.logsumexp(logit.isel(token=at).values.astype(np.float64) - of_steps, axis=-1)
        for at in tokens.values()
    ]
    labels = {name: one for name, one in normalizer.coords.items() if name in normalizer.dims}
    return xr.DataArray(
        np.stack(pooled, axis=-1),
        {**labels, "emotion": np.array(list(tokens), dtype=object)},
        (*STEPS, "emotion"),
    )


def averaged_logit(run: xr.Dataset, emotions: Sequence[str] | None) -> xr.DataArray:
    """Return the mean raw logit over the tokens of each emotion.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, step, emotion), float64, nats up to a constant a step; NaN
        where nothing was decoded.
    """
    return _by_emotion(
        {
            emotion: run["logit"].isel(token=at).astype(np.float64).mean("token", skipna=False)
            for emotion, at in tokens_by_emotion(run, emotions).items()
        }
    )


def masked_mean(array: xr.DataArray, mask: xr.DataArray) -> xr.DataArray:
    """Return the mean over the steps that `mask` marks; NaN where it marks none.

    Examples
    --------
    >>> values = xr.DataArray([1.0, 3.0, np.nan], dims="step")
    >>> masked_mean(values, xr.DataArray([True, True, False], dims="step")).item()
    2.0
    """
    count = mask.sum("step")
    total = array.where(mask, 0.0).sum("step", skipna=False)
    return total / count.where(count > 0)


def _by_emotion(arrays: dict[str, xr.DataArray]) -> xr.DataArray:
    names = xr.Variable("emotion", np.array(list(arrays), dtype=object))
    stacked = xr.concat(list(arrays.values()), dim=names, coords="minimal", compat="override")
    return stacked.transpose("utterance", "prompt", "step", "emotion").reset_coords(drop=True)
