"""Prior correction: what a model answers to nothing is divided out of what it answers to a clip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.errors import ReadoutError
from sottovoce.readout.registry import read_out

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

BATCH_MEAN = "batch_mean"
# Where nothing was ever answered with an emotion, division would make it certain.
FLOOR = 1e-3


def correct_prior(
    shares: xr.DataArray, content_free: xr.Dataset | xr.DataArray | str, *, strength: float = 1.0
) -> xr.DataArray:
    """Divide shares by the model's prior over the emotions, and normalise.

    Parameters
    ----------
    shares
        From a read-out, dims (utterance, emotion), and prompt if there are several.
    content_free
        Where the prior is taken from: a run over content-free recordings, which is read out by the
        same rule as the shares; shares of such a run; or "batch_mean" for the mean of the very
        shares that are corrected, which needs no further run but assumes that all emotions are
        about equally frequent in these recordings.
    strength
        0 leaves the shares, 1 divides by the prior, 0.5 by its square root.

    Returns
    -------
    DataArray
        As `shares`, each row summing to 1. The attribute `prior` holds the prior of each prompt, as
        JSON, and `prior_from` says where it came from.

    Raises
    ------
    ReadoutError
        If the emotions or prompts differ, or nothing could be read from the content-free run.

    Notes
    -----
    Each prompt has a prior of its own, the mean of its content-free shares. It is mixed with 0.1 %
    of equal shares, so that an emotion that the model never names to silence is not multiplied
    without limit. A correction helps where the model's prior is wrong for the corpus, and harms
    where it is right: hold both against votes.

    References
    ----------
    T. Zhao et al., "Calibrate before use", ICML 2021, arXiv:2102.09690; H. Zhou et al., "Batch
    calibration", ICLR 2024, arXiv:2309.17249.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[0.6, 0.4], [0.9, 0.1]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a", "b"], "emotion": ["neutral", "sad"]},
    ... )
    >>> correct_prior(shares, "batch_mean").values.round(2)
    array([[0.33, 0.67],
           [0.75, 0.25]])
    """
    if not 0 <= strength < np.inf:
        raise ReadoutError(f"strength={strength} must be 0 or more; 1 divides by the whole prior")
    priors, source = _prior(shares, content_free)
    corrected: xr.DataArray = xr.apply_ufunc(
        divide_prior,
        shares,
        priors,
        input_core_dims=[["emotion"], ["emotion"]],
        output_core_dims=[["emotion"]],
        kwargs={"strength": strength},
    )
    by_prompt = priors if "prompt" in priors.dims else priors.expand_dims(prompt=[""])
    told = {
        str(prompt): dict(
            zip(priors["emotion"].values.tolist(), row.values.round(6).tolist(), strict=True)
        )
        for prompt, row in zip(by_prompt["prompt"].values, by_prompt, strict=True)
    }
    return (
        corrected.transpose(*shares.dims)
        .rename(shares.name)
        .assign_attrs(
            **shares.attrs,
            prior=json.dumps(told, ensure_ascii=False),
            prior_from=source,
            prior_strength=strength,
        )
    )


def divide_prior(shares: npt.ArrayLike, prior: npt.ArrayLike, strength: float = 1.0) -> FloatArray:
    """Return shares divided by a prior, on arrays.

    Parameters
    ----------
    shares
        Shape (..., emotion), rows that sum to 1 or hold NaN.
    prior
        Shape (..., emotion), which broadcasts with `shares`.
    strength
        The power of the prior.

    Examples
    --------
    >>> divide_prior([0.5, 0.5], [0.8, 0.2]).round(1)
    array([0.2, 0.8])
    """
    below = np.asarray(prior, dtype=np.float64)
    below = (1 - FLOOR) * below + FLOOR / below.shape[-1]
    divided = np.asarray(shares, dtype=np.float64) / below**strength
    return np.asarray(divided / divided.sum(axis=-1, keepdims=True))


def _prior(
    shares: xr.DataArray, content_free: xr.Dataset | xr.DataArray | str
) -> tuple[xr.DataArray, str]:
    if isinstance(content_free, str):
        if content_free != BATCH_MEAN:
            raise ReadoutError(
                f"content_free={content_free!r} must be {BATCH_MEAN!r}, a run over content-free "
                "recordings, or shares of one"
            )
        mean = shares.mean("utterance", keep_attrs=False).reset_coords(drop=True)
        n = int(shares.notnull().all("emotion").sum())
        return mean, f"the mean of these {n} shares"
    if isinstance(content_free, xr.Dataset):
        content_free = _read_alike(content_free, shares)
    given = content_free.reset_coords(drop=True)
    if set(given["emotion"].values) != set(shares["emotion"].values):
        raise ReadoutError(
            f"the content-free shares have the emotions {sorted(given['emotion'].values)}, but "
            f"those to be corrected have {sorted(shares['emotion'].values)}"
        )
    mean = given.mean("utterance", keep_attrs=False).sel(emotion=shares["emotion"].values)
    if "prompt" in mean.dims:
        wanted = shares["prompt"].values if "prompt" in shares.dims else mean["prompt"].values[:1]
        if missing := [str(name) for name in wanted if name not in mean["prompt"].values]:
            raise ReadoutError(
                f"the content-free run lacks the prompts {', '.join(map(repr, missing))}: capture "
                "it with the same prompts"
            )
        mean = mean.sel(prompt=wanted)
        if "prompt" not in shares.dims:
            mean = mean.isel(prompt=0, drop=True)
    if bool(mean.isnull().any()):
        raise ReadoutError(
            "the content-free run could not be read for every prompt, so there is no prior to "
            "divide by. A read-out of the model's probabilities, such as 'answer_step', always can."
        )
    kind = {note for note in content_free.attrs.get("content_free", "").split(",") if note}
    return mean, f"{given.sizes['utterance']} content-free recordings" + (
        f" ({', '.join(sorted(kind))})" if kind else ""
    )


def _read_alike(run: xr.Dataset, shares: xr.DataArray) -> xr.DataArray:
    """Read a run out by the rule that the shares say of themselves."""
    rule = shares.attrs.get("readout")
    if rule is None:
        raise ReadoutError(
            "these shares do not say which read-out made them, so the content-free run cannot be "
            "read alike: read it out yourself and give its shares"
        )
    options = json.loads(shares.attrs.get("options", "{}"))
    given = {key: value for key, value in options.items() if value is not None}
    if isinstance(given.get("steps"), list) and None in given["steps"]:
        given["steps"] = slice(*given["steps"])
    read = read_out(run, str(rule), **given)
    told = {
        note.removeprefix("content-free: ")
        for notes in run["notes"].values.astype(str)
        for note in notes.split("; ")
        if note.startswith("content-free: ")
    }
    return read.assign_attrs(content_free=",".join(sorted(told)))
