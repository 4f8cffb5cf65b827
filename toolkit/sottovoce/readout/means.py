"""Read-outs that pool the distributions of several steps into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from sottovoce.errors import ReadoutError, require_one_of
from sottovoce.readout.pooling import (
    averaged_logit,
    logsumexp,
    masked_mean,
    pooled_log_probability,
    softmax,
)
from sottovoce.readout.result import as_shares
from sottovoce.readout.steps import choose_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from sottovoce.readout.steps import Steps

Weights = Literal["mass", "equal"]


def mean_logprob(
    run: xr.Dataset, steps: Steps = "all", *, emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Pool the steps geometrically: the mean of log-probabilities, normalised over the emotions.

    This is the log-linear opinion pool with equal weights (arXiv:2603.04204 studies the family).
    Since each step's normalizer is the same for all emotions, it cancels: at one step it makes no
    difference whether logits or log-probabilities are pooled over the spellings and averaged.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    steps
        Which steps enter: "all", "emotion", "percentage", "emotion+percentage", "answer", or
        positions as a list or slice; see :func:`choose_steps`.
    emotions
        The concepts to divide between; by default those of the run's token set.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1, or is NaN where the recording
        failed or no such step exists (attribute ``n_missing``).

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run, or `steps` is none of the above.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "percentages", progress=False)
    >>> round(float(mean_logprob(run, steps="all").sum()), 6)
    1.0
    """
    log_p = pooled_log_probability(run, emotions)
    shares = softmax(masked_mean(log_p, choose_steps(run, steps, emotions)))
    options = {"steps": steps, "emotions": emotions}
    return as_shares(shares, run, "mean_logprob", options=options, counts={})


def mean_prob(
    run: xr.Dataset,
    steps: Steps = "all",
    *,
    weights: Weights = "mass",
    emotions: Sequence[str] | None = None,
) -> xr.DataArray:
    """Pool the steps linearly: the mean of probabilities, normalised over the emotions.

    Parameters
    ----------
    run, steps, emotions
        As for :func:`mean_logprob`.
    weights
        "mass" averages the probabilities in the whole vocabulary and normalises once, so a step
        counts by how likely an emotion's word is there: the linear opinion pool of what the model
        said, given that it names an emotion. "equal" normalises over the emotions at every step
        first, so that steps at which no emotion is likely count as much as the others.

    Returns
    -------
    xarray.DataArray
        As for :func:`mean_logprob`.

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run, or an option is none of the above.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "percentages", progress=False)
    >>> equal = mean_prob(run, steps=slice(0, 3), weights="equal")
    >>> equal.attrs["options"]
    '{"steps": [0, 3, null], "weights": "equal", "emotions": null}'
    """
    require_one_of("weights", weights, get_args(Weights), ReadoutError)
    log_p = pooled_log_probability(run, emotions)
    mask = choose_steps(run, steps, emotions)
    if weights == "equal":
        shares = masked_mean(softmax(log_p), mask)
    else:
        # The number of steps cancels, so the sum does; in logarithms, nothing underflows.
        shares = softmax(logsumexp(log_p.where(mask, -float("inf")), "step"))
    options = {"steps": steps, "weights": weights, "emotions": emotions}
    return as_shares(shares, run, "mean_prob", options=options, counts={})


def mean_logit(
    run: xr.Dataset, steps: Steps = "all", *, emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Average the raw logits of each emotion's tokens over the steps, then take the softmax.

    Logits are defined up to a constant a step. Every emotion is averaged over the same steps, and
    over its own tokens, so the constants add the same number to every emotion, and the softmax
    drops it. What does not cancel is the number of spellings: the plain mean over tokens lowers an
    emotion by each unlikely synonym that is followed, where the pooling of :func:`mean_logprob`
    leaves it unharmed.

    Parameters
    ----------
    run, steps, emotions
        As for :func:`mean_logprob`.

    Returns
    -------
    xarray.DataArray
        As for :func:`mean_logprob`.

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run, or `steps` is none of those allowed.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "percentages", progress=False)
    >>> mean_logit(run, emotions=["angry", "sad"])["emotion"].values.tolist()
    ['angry', 'sad']
    """
    shares = softmax(mean_raw_logit(run, steps, emotions))
    options = {"steps": steps, "emotions": emotions}
    return as_shares(shares, run, "mean_logit", options=options, counts={})


def mean_raw_logit(run: xr.Dataset, steps: Steps, emotions: Sequence[str] | None) -> xr.DataArray:
    """Return the raw logits of each emotion, averaged over its tokens and the chosen steps.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion), NaN where there is no such step.
    """
    return masked_mean(averaged_logit(run, emotions), choose_steps(run, steps, emotions))
