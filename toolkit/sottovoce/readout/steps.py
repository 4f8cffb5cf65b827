"""Which decoding steps a read-out takes its mean over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import xarray as xr

from sottovoce.errors import ReadoutError
from sottovoce.readout.answer import answer_positions, emotion_steps
from sottovoce.readout.concepts import token_labels
from sottovoce.readout.emitted import STEP_DIMS, emitted_positions, valid_steps
from sottovoce.readout.pooling import pooled_log_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NamedSteps = Literal["all", "emotion", "percentage", "emotion+percentage", "answer"]
Steps: TypeAlias = "NamedSteps | slice | Sequence[int]"


def choose_steps(
    run: xr.Dataset, steps: Steps = "all", emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Return which steps are meant.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    steps
        "all": every decoded step, the one that ended the answer included. "emotion": where a word
        of an emotion was begun that the answer does not deny. "percentage": where a digit or "%"
        was emitted. "emotion+percentage": both. "answer": the one that :func:`answer_step` reads.
        Or positions from 0, as a list or a slice; those behind the end of an answer are left out.
    emotions
        The concepts that count as emotions; by default those of the run's token set.

    Returns
    -------
    xarray.DataArray
        Of bool, dimensions (utterance, prompt, step).

    Raises
    ------
    ReadoutError
        If `steps` is none of these.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> int(choose_steps(run, "answer").sum())
    1
    """
    mask = _mask(run, steps, emotions) & valid_steps(run)
    return xr.DataArray(mask, dims=STEP_DIMS)


def _mask(run: xr.Dataset, steps: Steps, emotions: Sequence[str] | None) -> NDArray[np.bool_]:
    positions = np.arange(run.sizes["step"])
    if not isinstance(steps, str):
        return np.isin(positions, _listed(steps, positions))
    if steps not in get_args(NamedSteps):
        raise ReadoutError(
            f"steps={steps!r} must be one of {', '.join(map(repr, get_args(NamedSteps)))}, "
            "or positions as a list or a slice"
        )
    if steps == "all":
        return np.ones(1, dtype=bool)
    if steps == "emotion":
        return emotion_steps(run, emotions)
    if steps == "percentage":
        return _percentage_steps(run)
    if steps == "emotion+percentage":
        return emotion_steps(run, emotions) | _percentage_steps(run)
    step, _ = answer_positions(run, emotions, pooled_log_probability(run, emotions))
    return np.equal(positions, step[..., None], dtype=bool)


def _percentage_steps(run: xr.Dataset) -> NDArray[np.bool_]:
    percentages = np.flatnonzero(token_labels(run, "kind") == "percentage")
    return np.isin(emitted_positions(run), percentages)


def _listed(steps: slice | Sequence[int], positions: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the positions of a slice or list, which count from the first step only."""
    if isinstance(steps, slice):
        numbers = [bound for bound in (steps.start, steps.stop, steps.step) if bound is not None]
        usable = steps.step != 0
    else:
        numbers = list(steps)
        usable = bool(numbers)
    if not usable or not all(isinstance(n, int | np.integer) and n >= 0 for n in numbers):
        raise ReadoutError(
            f"steps={steps!r} must be whole numbers from 0, the first step; answers differ in "
            "length, so there is no counting from the end"
        )
    return positions[steps] if isinstance(steps, slice) else np.array(numbers, dtype=np.intp)
