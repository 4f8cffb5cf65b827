"""How answers come about: by what is likeliest, by chance, or given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from sottovoce.capture.forced import AnswerStep, Forced
from sottovoce.capture.sampling import Sample
from sottovoce.capture.trace import Trace, trace_inputs
from sottovoce.errors import ModelError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.capture.forced import Answers
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

ModeName: TypeAlias = Literal["greedy", "answer_step", "forced", "sample"]
Mode: TypeAlias = "Greedy | AnswerStep | Forced | Sample"

# Which options a mode takes, beside those of every mode.
_OPTIONS = {
    "greedy": (),
    "answer_step": ("answer_prefix",),
    "forced": ("answers",),
    "sample": ("n_samples", "seed", "temperature"),
}


class Greedy:
    """Emit the likeliest token at every step.

    Parameters
    ----------
    max_new_tokens
        The number of steps after which an answer is cut.
    """

    def __init__(self, max_new_tokens: int) -> None:
        self._max_new_tokens = max_new_tokens

    def entries(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], dict[str, list[Any]]]:
        """Return the prompts as they are."""
        return list(prompts), {}

    def given(self, utterance: str, prompt: str) -> str:  # noqa: ARG002
        """Return no text: the answer is the model's own from its first token."""
        return ""

    def answer(
        self,
        model: SpeechModel,
        inputs: dict[str, Any],
        rows: Sequence[Row],  # noqa: ARG002
        token_ids: Sequence[int],
    ) -> list[Trace]:
        """Return the traces of the rows whose inputs these are."""
        return trace_inputs(model, inputs, token_ids, self._max_new_tokens)

    def most_steps(self, given: int) -> int:  # noqa: ARG002
        """Return the number of steps that no answer exceeds."""
        return self._max_new_tokens

    def told(self) -> dict[str, Any]:
        """Return the settings, for the run's attributes."""
        return {"mode": "greedy", "max_new_tokens": self._max_new_tokens}


def make_mode(
    name: ModeName,
    *,
    max_new_tokens: int,
    answer_prefix: str | Mapping[str, str] | None = None,
    answers: Answers | None = None,
    n_samples: int | None = None,
    seed: int | None = None,
    temperature: float | None = None,
) -> Mode:
    """Return a mode from the options of :func:`sottovoce.capture`.

    Raises
    ------
    ModelError
        If there is no such mode, or an option is out of range or belongs to another.

    Examples
    --------
    >>> make_mode("beam", max_new_tokens=8)
    Traceback (most recent call last):
    sottovoce.errors.ModelError: mode='beam' is refused: beam search ...
    """
    if "beam" in str(name):
        raise ModelError(
            f"mode={name!r} is refused: beam search goes back on its steps, so the logits that "
            "were recorded at a step need not be those under which the answer's token was chosen. "
            "Use mode='sample' for several answers, or score() for candidates."
        )
    require_one_of("mode", name, get_args(ModeName), ModelError)
    options = {
        "answer_prefix": answer_prefix,
        "answers": answers,
        "n_samples": n_samples,
        "seed": seed,
        "temperature": temperature,
    }
    for option, value in options.items():
        if value is not None and option not in _OPTIONS[name]:
            owner = next(mode for mode, owned in _OPTIONS.items() if option in owned)
            raise ModelError(f"{option} is an option of mode={owner!r}, and mode={name!r} is set")
    if name == "answer_step":
        return AnswerStep(answer_prefix)
    if name == "forced":
        return Forced(answers)
    if name == "sample":
        return Sample(
            max_new_tokens,
            n_samples=5 if n_samples is None else n_samples,
            seed=0 if seed is None else seed,
            temperature=1.0 if temperature is None else temperature,
        )
    return Greedy(max_new_tokens)


def require_positive(name: str, value: Any) -> None:
    """Raise unless an option is a whole number of at least 1."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ModelError(f"{name}={value!r} must be a whole number of at least 1")
