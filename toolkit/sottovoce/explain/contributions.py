"""Which steps and spellings an emotion's share is made of: parts that sum to the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import xarray as xr

from sottovoce.dataset import log_probability
from sottovoce.errors import ReadoutError
from sottovoce.explain.attribution import aumann_shapley
from sottovoce.readout import choose_steps, pooled_log_probability, read_out
from sottovoce.readout.concepts import tokens_by_emotion
from sottovoce.readout.pooling import STEPS, logsumexp, masked_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

Attributable = Literal["answer_step", "mean_prob", "mean_logprob"]

_WHY_NOT = {
    "mean_logit": "it averages over spellings, so no spelling has a part; use 'mean_logprob'",
    "ratio": "its parts depend on a constant that means nothing; use 'mean_logprob'",
    "expected_percentage": "it reads numbers, whose digits have no parts of an emotion",
    "expected_share": "its steps are weighted by numbers that other steps state",
    "text": "it reads the finished answer, whose words are all or nothing",
}


def contributions(
    run: xr.Dataset, readout: Attributable | str = "answer_step", **options: Any
) -> xr.Dataset:
    """Split every emotion's share over the steps of the answer and the spellings followed there.

    The parts of an emotion and its baseline sum to its share, whatever the read-out. For those that
    pool probabilities ("answer_step", "mean_prob") they are what the share is a sum of: the
    probability of each spelling at each step, divided by the same total. The baseline is 0.

    "mean_logprob" multiplies probabilities, so its share is no sum. It is split by the value of
    Aumann and Shapley, the limit of the Shapley value in which every step is brought in little by
    little and all alike (Aumann & Shapley 1974; as integrated gradients in arXiv:1703.01365). Each
    step begins as one that weighs all emotions the same, so the baseline is an even share, a part
    may be negative, and a step that favours no emotion gets nothing. Within a step, an emotion's
    part is divided over its spellings by their probabilities there.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    readout
        "answer_step", "mean_prob" or "mean_logprob".
    **options
        Those of the read-out: ``steps``, ``weights``, ``emotions``.

    Returns
    -------
    xarray.Dataset
        ``of_step`` (utterance, prompt, step, emotion), ``of_token`` (utterance, prompt, step,
        token), each token's part belonging to its coordinate ``concept``; ``share`` (utterance,
        prompt, emotion) as the read-out gives it; ``baseline`` (emotion). Steps that the read-out
        does not look at have 0; a row without shares is NaN.

    Raises
    ------
    ReadoutError
        If the read-out is another, or this run does not allow it.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "percentages", progress=False)
    >>> parts = contributions(run, "mean_logprob", steps="all")
    >>> whole = parts["baseline"] + parts["of_step"].sum("step")
    >>> bool(abs(whole - parts["share"]).max() < 1e-6)
    True
    """
    if readout not in get_args(Attributable):
        allowed = ", ".join(map(repr, get_args(Attributable)))
        reason = _WHY_NOT.get(readout, "there is no such read-out")
        raise ReadoutError(f"readout={readout!r} has no contributions: {reason}. It is {allowed}")
    share = read_out(run, readout, **options)
    emotions = options.get("emotions")
    positions = tokens_by_emotion(run, emotions)
    followed = run.isel(token=np.concatenate(list(positions.values())))
    of_tokens = log_probability(followed).astype(np.float64).transpose(*STEPS, "token")
    of_emotions = pooled_log_probability(run, emotions)
    mask = _steps(run, readout, options, share)
    if readout == "mean_logprob":
        of_step, of_token = _of_logarithms(of_tokens, of_emotions, mask, positions)
    else:
        total = _total(of_emotions, mask, readout, options)
        of_token = _exp(of_tokens - total).where(mask, 0.0)
        of_step = _exp(of_emotions - total).where(mask, 0.0)
    read = share.notnull().all("emotion")
    even = 1 / len(positions) if readout == "mean_logprob" else 0.0
    baseline = xr.DataArray(np.full(len(positions), even), {"emotion": share["emotion"]})
    parts = xr.Dataset(
        {
            "of_step": of_step.where(read).transpose(*STEPS, "emotion"),
            "of_token": of_token.where(read).transpose(*STEPS, "token"),
            "share": share,
            "baseline": baseline,
            "chosen_text": run["chosen_text"].transpose(*STEPS),
            "answer": run["answer"],
            "n_steps": run["n_steps"],
        }
    )
    return parts.assign_attrs(share.attrs)


def _steps(
    run: xr.Dataset, readout: str, options: dict[str, Any], share: xr.DataArray
) -> xr.DataArray:
    """Return which steps the read-out looks at."""
    if readout == "answer_step":
        at = xr.DataArray(np.arange(run.sizes["step"]), dims="step")
        return (at == share["answer_step"].drop_vars(share["answer_step"].coords)).transpose(*STEPS)
    return choose_steps(run, options.get("steps", "all"), options.get("emotions"))


def _total(
    of_emotions: xr.DataArray, mask: xr.DataArray, readout: str, options: dict[str, Any]
) -> xr.DataArray:
    """Return the logarithm of what the probabilities of a step are divided by."""
    of_step = logsumexp(of_emotions, "emotion")
    if readout == "mean_prob" and options.get("weights", "mass") == "mass":
        return logsumexp(of_step.where(mask, -np.inf), "step")
    return of_step + np.log(mask.sum("step").clip(min=1))


def _of_logarithms(
    of_tokens: xr.DataArray,
    of_emotions: xr.DataArray,
    mask: xr.DataArray,
    positions: dict[str, Sequence[int]] | Any,
) -> tuple[xr.DataArray, xr.DataArray]:
    """Return the parts of steps and of tokens where log-probabilities are averaged."""
    count = mask.sum("step").clip(min=1)
    terms = (of_emotions.where(mask, 0.0) / count).transpose(*STEPS, "emotion")
    mean = masked_mean(of_emotions, mask).fillna(0.0).transpose("utterance", "prompt", "emotion")
    of_step = terms.copy(data=aumann_shapley(terms.values, mean.values))
    # A token's emotion by its place: tokens stand in the order of their emotions here.
    emotion = xr.DataArray(
        np.repeat(np.arange(len(positions)), [len(at) for at in positions.values()]), dims="token"
    )
    within = _exp(of_tokens - of_emotions.isel(emotion=emotion).drop_vars("emotion"))
    of_token = (of_step.isel(emotion=emotion).drop_vars("emotion") * within).where(mask, 0.0)
    return of_step.where(mask, 0.0), of_token


def _exp(array: xr.DataArray) -> xr.DataArray:
    exponential: xr.DataArray = xr.apply_ufunc(np.exp, array)
    return exponential
