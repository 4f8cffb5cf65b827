"""The share that the model would state, as an expectation over its words and its digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.readout.answer import answer_positions, emotion_steps
from sottovoce.readout.expectation import stated_numbers
from sottovoce.readout.pooling import pooled_log_probability, softmax
from sottovoce.readout.result import as_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def expected_share(run: xr.Dataset, *, emotions: Sequence[str] | None = None) -> xr.DataArray:
    """Return the shares that the model would state, over all that it might have said.

    "angry 60%, sad 40%" names an emotion twice, and each time the model weighed others. At every
    step where the answer names an emotion, the model's distribution over the emotions is taken, as
    :func:`answer_step` takes it at the first; these are averaged, each weighted by the number that
    the answer states behind it, itself an expectation over the digits as in
    :func:`expected_percentage`. So a runner-up that was never named keeps its part.

    Where the answer states no number, only the first of those steps counts, and the shares are
    those of :func:`answer_step`. The later steps are weighed along the answer that was given, so
    this is an approximation to the mean over all answers.

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
        failed. The attribute ``n_without_number`` counts the answers that state none.

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
    >>> run = sottovoce.capture(model, clip, ["percentages", "one_word"], progress=False)
    >>> shares = expected_share(run)
    >>> shares.sum("emotion").values.round(6).tolist()
    [[1.0, 1.0]]
    """
    log_p = pooled_log_probability(run, emotions)
    first, _ = answer_positions(run, emotions, log_p)
    weight = _stated_weight(run, emotions)
    stated = weight.sum(axis=-1) > 0
    answered = first >= 0
    at_first = np.arange(run.sizes["step"]) == first[..., None]
    weight = np.where(stated[..., None], weight, at_first)

    weights = xr.DataArray(weight, dims=("utterance", "prompt", "step"))
    divided = softmax(log_p).where(weights > 0, 0.0)
    shares = (divided * weights).sum("step") / weights.sum("step")
    return as_shares(
        shares.where(xr.DataArray(answered, dims=("utterance", "prompt"))),
        run,
        "expected_share",
        options={"emotions": emotions},
        counts={"n_without_number": int((~stated & answered).sum())},
    )


def _stated_weight(run: xr.Dataset, emotions: Sequence[str] | None) -> NDArray[np.float64]:
    """Return the number stated for the emotion named at each step, 0 where there is none."""
    naming = emotion_steps(run, emotions)
    row, step, number = stated_numbers(run)
    weight = np.zeros((naming.shape[0] * naming.shape[1], naming.shape[2]))
    np.add.at(weight, (row, step), number)
    return np.where(naming, weight.reshape(naming.shape), 0.0)
