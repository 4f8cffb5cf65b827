"""check_model: whether what a capture would record of a model is what the model weighs."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from sottovoce.errors import ModelError
from sottovoce.models.check.finding import CHECKS, Finding, ModelCheck
from sottovoce.models.check.hearing import check_hearing
from sottovoce.models.check.parity import check_any_length, check_equal_length, safe_grouping
from sottovoce.models.check.probe import Probe
from sottovoce.models.check.rawness import check_rawness
from sottovoce.models.check.repetition import check_repetition
from sottovoce.models.check.tokens import check_token_ids
from sottovoce.models.check.window import check_whole_recording

if TYPE_CHECKING:
    from sottovoce.models.speech_model import SpeechModel

_RANDOM = "the model differs from itself, so batches and single runs cannot be compared"


def check_model(model: SpeechModel, *, again: bool = False) -> ModelCheck:
    """Check that a model's numbers are what a run takes them for, and which batches are safe.

    It takes seven batches of one or two short recordings, two steps each, and looks at the inputs
    of one longer recording. :func:`sottovoce.load_model` does it once; the result is kept with the
    model, and :func:`sottovoce.capture` takes no larger batches than it allows.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    again
        Measure anew, such as after the model was changed.

    Returns
    -------
    ModelCheck
        For each check whether it passed, what was measured, against which threshold, what that
        means and what to do. Where a batch gives other numbers than single runs, ``grouping`` is
        "equal_length" or "single". The threshold for that, in standard deviations of the logits,
        is what rounding may do: 1e-4 in float32, .3 in bfloat16, in which smaller leaks are not
        seen.

    Raises
    ------
    ModelError
        If the model breaks on a second of sound, or its logits hold values that are not numbers.

    Examples
    --------
    >>> from sottovoce import check_model, load_model
    >>> check_model(load_model())
    <ModelCheck 'bundled': qwen2_audio, float32 on cpu, 7 of 7 passed, batches of any clips>
      hears ...
    """
    if model.check is None or again:
        model.check = _checked(model)
    return model.check


def tell_failures(checked: ModelCheck) -> None:
    """Raise if a model does not hear, and warn of all else that smaller batches do not mend.

    Raises
    ------
    ModelError
        If the recording does not change what is weighed.
    """
    checked.require_hearing()
    for found in checked.unmended:
        warnings.warn(
            f"{checked.model_id}: {CHECKS[found.check]}? It is not so: {found.meaning}. "
            f"{found.cure}",
            stacklevel=3,
        )


def _checked(model: SpeechModel) -> ModelCheck:
    probe = Probe(model)
    try:
        first = probe.alone(probe.low).logits
    except Exception as error:
        raise ModelError(
            f"{model.id} breaks on {len(probe.low.samples) / model.rate:g} s of sound and a short "
            f"question ({type(error).__name__}: {error}). check=False loads it all the same."
        ) from error
    if first.isnan().any():
        raise ModelError(
            f"{model.id}: its logits hold values that are not numbers. If it runs in float16, load "
            "it with dtype='bfloat16' or 'float32'. check=False loads it all the same."
        )
    repeats = check_repetition(probe)
    if repeats.status == "passed":
        equal, unequal = check_equal_length(probe), check_any_length(probe)
        grouping = safe_grouping(equal, unequal)
    else:
        equal, unequal = (
            Finding(name, "not applicable", None, probe.tolerance, _RANDOM)
            for name in ("batch_equal_length", "batch_any")
        )
        grouping = None
    return ModelCheck(
        model_id=model.id,
        architecture=str(model.model.config.model_type),
        dtype=str(model.dtype).removeprefix("torch."),
        device=model.device.type,
        findings=(
            check_hearing(probe, repeats.measured or 0.0),
            repeats,
            check_rawness(probe),
            equal,
            unequal,
            check_whole_recording(probe),
            check_token_ids(probe),
        ),
        grouping=grouping,
    )
