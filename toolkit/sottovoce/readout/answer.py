"""The step where the answer names its emotion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.readout.concepts import tokens_by_emotion
from sottovoce.readout.emitted import emitted_words, valid_steps
from sottovoce.readout.located import emotion_words
from sottovoce.readout.pooling import logsumexp, pooled_log_probability, softmax
from sottovoce.readout.result import as_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def answer_step(run: xr.Dataset, *, emotions: Sequence[str] | None = None) -> xr.DataArray:
    """Return the model's distribution over the emotions at the step where it names one.

    That is the first step whose emitted token is a word of an emotion that the answer does not deny
    ("not happy, but sad" names sad). Where no emotion was named, it is the step at which the
    emotions together were likeliest, denied words aside; how often that was so is counted.
    The shares are the softmax over the emotions of their pooled log-probabilities, that is the
    model's own distribution given that an emotion comes next (read at one step as in
    arXiv:2603.08230).

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    emotions
        The concepts to divide between; by default those of the run's token set.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1, or is NaN where the recording
        failed. The coordinate ``answer_step`` says which step was read (-1 for none); the attribute
        ``n_answer_step_fallback`` how many rows had no emotion named.

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> shares = answer_step(run)
    >>> dict(shares.sizes)
    {'utterance': 1, 'prompt': 1, 'emotion': 6}
    >>> round(float(shares.sum()), 6)
    1.0
    """
    log_p = pooled_log_probability(run, emotions)
    step, named = answer_positions(run, emotions, log_p)
    at = xr.DataArray(step, dims=("utterance", "prompt"))
    shares = softmax(log_p.isel(step=at.clip(min=0)).where(at >= 0))
    return as_shares(
        shares,
        run,
        "answer_step",
        options={"emotions": emotions},
        counts={"n_answer_step_fallback": int((~named & (step >= 0)).sum())},
    ).assign_coords(answer_step=at)


def answer_positions(
    run: xr.Dataset, emotions: Sequence[str] | None, log_p: xr.DataArray
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the step that stands for each answer, and whether an emotion was named there.

    Parameters
    ----------
    run, emotions
        As for :func:`answer_step`.
    log_p
        The pooled log-probabilities of `emotions`, to fall back on.

    Returns
    -------
    step : ndarray of int, shape (utterance, prompt)
        -1 where nothing was decoded.
    named : ndarray of bool, shape (utterance, prompt)
    """
    words, positions = emitted_words(run), _positions(run, emotions)
    written = np.isin(words, positions)
    naming = np.isin(emotion_words(run, words), positions)
    named: NDArray[np.bool_] = np.any(naming, axis=-1)
    valid = valid_steps(run)
    mass = logsumexp(log_p, "emotion").values
    open_steps = valid & ~np.isnan(mass) & ~(written & ~naming)
    likeliest = np.where(open_steps, mass, -np.inf).argmax(axis=-1)
    step = np.where(named, naming.argmax(axis=-1), likeliest)
    return np.where(valid.any(axis=-1), step, -1), named


def emotion_steps(run: xr.Dataset, emotions: Sequence[str] | None) -> NDArray[np.bool_]:
    """Return at which steps a word of one of the emotions was begun that the answer does not deny.

    Returns
    -------
    ndarray of bool, shape (utterance, prompt, step)
    """
    return np.isin(emotion_words(run, emitted_words(run)), _positions(run, emotions))


def _positions(run: xr.Dataset, emotions: Sequence[str] | None) -> NDArray[np.intp]:
    return np.concatenate(list(tokens_by_emotion(run, emotions).values()))
