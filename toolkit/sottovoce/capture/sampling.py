"""Answers by chance: several samples of each, every one of them with a generator of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import LogitsProcessor

from sottovoce.capture.trace import Trace, trace_inputs
from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt


class Sampler(LogitsProcessor):  # type: ignore[misc]
    """Draw a token for each row, by a generator of the row's own.

    A number between 0 and 1 is drawn for each row and step and looked up in the cumulated
    probabilities, so a row's tokens depend on nothing but its logits and its generator.

    Parameters
    ----------
    generators
        One for each row.
    temperature
        By which the logits are divided before the draw.

    Examples
    --------
    >>> sampler = Sampler([np.random.default_rng(0)], temperature=1.0)
    >>> sampler(torch.zeros(1, 0), torch.tensor([[0.0, 5.0, 0.0]])).argmax().item()
    1
    """

    def __init__(self, generators: Sequence[np.random.Generator], *, temperature: float) -> None:
        self._generators = generators
        self._temperature = temperature
        self.chosen_logit: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores that are zero for the token drawn, and minus infinity for the others."""
        del input_ids
        logits = scores.float()
        # Sums over a whole vocabulary need more digits than float32 has, and MPS has no others.
        exact = (logits.cpu() if logits.device.type == "mps" else logits).double()
        cumulated = (exact / self._temperature).softmax(dim=-1).cumsum(dim=-1)
        drawn = torch.tensor([[one.random()] for one in self._generators], dtype=torch.float64)
        place = drawn.to(cumulated.device) * cumulated[:, -1:]
        chosen = torch.searchsorted(cumulated, place, right=True).clamp_(max=scores.shape[1] - 1)
        chosen = chosen.to(scores.device)
        self.chosen_logit.append(logits.gather(1, chosen)[:, 0])
        return torch.full_like(scores, -torch.inf).scatter_(1, chosen, 0.0)


class Sample:
    """Draw every token from the model's distribution, several answers to each question.

    Parameters
    ----------
    max_new_tokens
        The number of steps after which an answer is cut.
    n_samples
        Answers to each question about each recording.
    seed
        With it, the recording's samples, the question and the number of the sample, a generator is
        seeded; so a sample is the same in whatever company it is drawn.
    temperature
        By which the logits are divided before the draw; those that are recorded are raw.

    Raises
    ------
    ModelError
        If an option is out of range.
    """

    def __init__(
        self, max_new_tokens: int, *, n_samples: int, seed: int, temperature: float
    ) -> None:
        for name, value, least in (("n_samples", n_samples, 1), ("seed", seed, 0)):
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
                raise ModelError(f"{name}={value!r} must be a whole number of at least {least}")
        if not isinstance(temperature, int | float) or not 0 < temperature < np.inf:
            raise ModelError(
                f"temperature={temperature!r} must be a number above 0; for the likeliest tokens "
                "use mode='greedy'"
            )
        self._max_new_tokens = max_new_tokens
        self._n_samples = int(n_samples)
        self._seed = int(seed)
        self._temperature = float(temperature)

    def entries(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], dict[str, list[Any]]]:
        """Return a prompt for each sample, named "one_word#1", and coordinates that tell it."""
        numbers = range(1, self._n_samples + 1)
        entries = [replace(one, name=f"{one.name}#{n}") for one in prompts for n in numbers]
        return entries, {
            "prompt_of": [prompt.name for prompt in prompts for _ in numbers],
            "sample": [number for _ in prompts for number in numbers],
        }

    def given(self, utterance: str, prompt: str) -> str:  # noqa: ARG002
        """Return no text: the answer is the model's own from its first token."""
        return ""

    def answer(
        self,
        model: SpeechModel,
        inputs: dict[str, Any],
        rows: Sequence[Row],
        token_ids: Sequence[int],
    ) -> list[Trace]:
        """Return the traces of the rows whose inputs these are."""
        sampler = Sampler(
            [self._generator(row) for row in rows],
            temperature=self._temperature,
        )
        return trace_inputs(model, inputs, token_ids, self._max_new_tokens, sampler)

    def _generator(self, row: Row) -> np.random.Generator:
        # A question's samples follow one another along the prompts.
        number = row.prompt % self._n_samples
        key = f"{self._seed}\n{number}\n{row.question}".encode()
        digest = hashlib.sha256(np.ascontiguousarray(row.samples).tobytes() + key).digest()
        return np.random.default_rng(int.from_bytes(digest[:16], "big"))

    def most_steps(self, given: int) -> int:  # noqa: ARG002
        """Return the number of steps that no answer exceeds."""
        return self._max_new_tokens

    def told(self) -> dict[str, Any]:
        """Return the settings, for the run's attributes."""
        return {
            "mode": "sample",
            "n_samples": self._n_samples,
            "seed": self._seed,
            "temperature": self._temperature,
            "max_new_tokens": self._max_new_tokens,
        }
