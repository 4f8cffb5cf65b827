"""Probe: a few sounds and questions put to a model, and the raw logits of its first two steps.

The logits are those that come out of the forward pass, as a capture records them; the scores are
what `generate` made of them before it chose a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.models.speech_model import SpeechModel

QUESTIONS = ("Which emotion?", "Which emotion does the voice express? Answer with one word.")
STEPS = 2

# How far apart a batch and single runs may be by rounding alone, in standard deviations of the
# logits. Measured on small random models of 2 to 48 layers: in float32 up to 9e-6, in float16 up to
# .017, in bfloat16 up to .16, growing with depth. Leaks of padding that are known, in float32: .001
# (Qwen3-Omni), .009 (Qwen3-ASR), .3 to 2 (Phi-4, Granite Speech, Fun-ASR).
TOLERANCE = {torch.float32: 1e-4, torch.float16: 0.05, torch.bfloat16: 0.3}
# Convolutions on a GPU keep ten bits of a float32 by default, as float16 does.
TF32_TOLERANCE = TOLERANCE[torch.float16]
_LEAST_SPREAD = 1e-12


@dataclass(frozen=True, slots=True)
class Row:
    """A sound and a question.

    Parameters
    ----------
    samples
        At the model's rate.
    question
        What is asked.
    """

    samples: NDArray[np.float32]
    question: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a model weighed about some rows.

    Parameters
    ----------
    logits
        Raw, float32, shape (row, step, vocabulary).
    scores
        What `generate` chose by, of the same shape.
    """

    logits: torch.Tensor
    scores: torch.Tensor


class Probe:
    """A model and what is put to it; what was asked once is not asked again.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.

    Attributes
    ----------
    low, high, long
        Rows: the first two differ in sound and question, and last equally long; the third is
        longer, with the other question.
    swapped
        The sound of `high` with the question of `low`.
    n_passes
        How many batches went through the model so far.
    """

    def __init__(self, model: SpeechModel) -> None:
        self.model = model
        most = model.max_seconds or np.inf
        short, long = min(0.9, 0.3 * most), min(2.6, 0.9 * most)
        self.low = Row(voice(110, short, model.rate), QUESTIONS[0])
        self.high = Row(voice(330, short, model.rate, seed=1), QUESTIONS[1])
        self.swapped = Row(self.high.samples, QUESTIONS[0])
        self.long = Row(voice(220, long, model.rate, seed=2), QUESTIONS[1])
        self.n_passes = 0
        self._known: dict[int, Weighed] = {}

    def alone(self, row: Row) -> Weighed:
        """Return what is weighed about one of the rows by itself."""
        if id(row) not in self._known:
            self._known[id(row)] = self.together([row])
        return self._known[id(row)]

    def together(self, rows: Sequence[Row]) -> Weighed:
        """Return what is weighed about rows in one batch."""
        self.n_passes += 1
        return first_steps(self.model, rows)

    @property
    def spread(self) -> float:
        """The standard deviation of the logits over the vocabulary."""
        return spread(self.alone(self.low).logits)

    @property
    def tolerance(self) -> float:
        """How far apart equal things may be by rounding, in standard deviations of the logits."""
        return tolerance(self.model.dtype, self.model.device)


def tolerance(dtype: torch.dtype, device: torch.device) -> float:
    """Return how far apart equal logits may be by rounding, in standard deviations of the logits.

    Examples
    --------
    >>> tolerance(torch.float32, torch.device("cpu"))
    0.0001
    """
    rounded = dtype == torch.float32 and device.type == "cuda"
    if rounded and (torch.backends.cudnn.allow_tf32 or torch.backends.cuda.matmul.allow_tf32):
        return TF32_TOLERANCE
    return TOLERANCE.get(dtype, TOLERANCE[torch.bfloat16])


@torch.inference_mode()
def first_steps(model: SpeechModel, rows: Sequence[Row]) -> Weighed:
    """Return what a model weighs at its first two steps, or at one if it stops there."""
    seen: list[torch.Tensor] = []

    # A hook's return value would replace the model's output, so this returns None.
    def keep(_module: Any, _args: Any, output: Any) -> None:
        seen.append(output.logits[:, -1].to(torch.float32, copy=True))

    inputs = model.inputs([row.samples for row in rows], [row.question for row in rows])
    hooks = [
        model.model.register_forward_hook(keep),
        # Nothing reads the logits of the prompt, which can take gigabytes.
        model.model.get_output_embeddings().register_forward_pre_hook(
            lambda _module, args: (args[0][:, -1:], *args[1:])
        ),
    ]
    settings = model.settings(STEPS)
    settings.output_scores = settings.return_dict_in_generate = True
    try:
        out = model.model.generate(**inputs, generation_config=settings, **model.generate_options)
    finally:
        for hook in hooks:
            hook.remove()
    # On some devices `generate` looks one step ahead and throws that step away.
    n = len(out.scores)
    scores = torch.stack([one.float() for one in out.scores], dim=1)
    return Weighed(torch.stack(seen[:n], dim=1), scores)


def distance(one: torch.Tensor, other: torch.Tensor) -> float:
    """Return the greatest difference of a logit over the steps that can be compared.

    The second step can be where the first gave the same likeliest token. Tokens that both rule out
    do not differ.

    Parameters
    ----------
    one, other
        Logits of one row, shape (step, vocabulary).

    Examples
    --------
    >>> one = torch.tensor([[0.0, 2.0], [1.0, -torch.inf]])
    >>> distance(one, one + torch.tensor([[0.5, 0.5], [1.0, 0.0]]))
    1.0
    """
    same = bool(one[0].argmax() == other[0].argmax())
    n = min(len(one), len(other)) if same else 1
    difference = torch.where(one[:n] == other[:n], 0.0, (one[:n] - other[:n]).abs())
    return float(difference.max())


def spread(logits: torch.Tensor) -> float:
    """Return the standard deviation of logits over the vocabulary, those ruled out left aside.

    Examples
    --------
    >>> spread(torch.tensor([[1.0, -1.0, -torch.inf]]))
    1.0
    """
    return max(float(logits[torch.isfinite(logits)].std(correction=0)), _LEAST_SPREAD)


def voice(pitch: float, seconds: float, rate: int, seed: int = 0) -> NDArray[np.float32]:
    """Return a harmonic tone with some noise, which no model takes for silence."""
    time = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 6))
    noise = np.random.default_rng(seed).normal(0, 0.03, len(time))
    return np.asarray(0.15 * tone + noise, dtype=np.float32)
