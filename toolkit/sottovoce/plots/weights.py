"""What the emotions weighed at each step of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.readout import answer_step, pooled_log_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.plots.answers import Answer

FLOOR = 1e-4
LEAST_WEIGHT = 0.1  # of all emotions together, for a step to be one where they were weighed
LEAST_LABELLED = 0.05
MOST_LABELLED = 3


@dataclass(frozen=True)
class Weights:
    """What each emotion weighed at each step of an answer.

    Parameters
    ----------
    names
        The emotions.
    log_p
        Their log-probabilities (emotion, step).
    answer_step
        The step that stands for the answer, -1 for none.
    said
        The emotion that was said at each step, if any.
    """

    names: list[str]
    log_p: np.ndarray
    answer_step: int
    said: list[str | None]

    @cached_property
    def p(self) -> np.ndarray:
        """The probabilities (emotion, step), what is missing 0."""
        p: np.ndarray = np.exp(np.nan_to_num(self.log_p, nan=-np.inf))
        return p

    @cached_property
    def decades(self) -> int:
        """How many powers of ten the scale spans; more where all emotions are unlikely."""
        highest = max(self.p.max(initial=0.0), 1e-12)
        return int(max(-np.log10(FLOOR), np.ceil(-np.log10(highest)) + 1))

    @property
    def floor(self) -> float:
        """The log-probability under which nothing is told apart."""
        return -self.decades * float(np.log(10))

    @cached_property
    def clamped(self) -> np.ndarray:
        """The log-probabilities raised to the floor, without the stretches that lie on it."""
        heights = np.maximum(np.nan_to_num(self.log_p, nan=-np.inf), self.floor)
        low = np.pad(heights <= self.floor, ((0, 0), (1, 1)), constant_values=True)
        return np.where(low[:, :-2] & low[:, 1:-1] & low[:, 2:], np.nan, heights)

    @cached_property
    def weighed(self) -> list[int]:
        """The steps where emotions have weight: the answer step first, then by their weight."""
        together = self.p.sum(axis=0)
        steps = [int(step) for step in np.argsort(-together, kind="stable")]
        first = [self.answer_step] if self.answer_step >= 0 else []
        return first + [s for s in steps if together[s] >= LEAST_WEIGHT and s not in first]

    def leading(self, step: int) -> list[int]:
        """Return which to name: the likeliest, and those near it where an emotion was said."""
        count = MOST_LABELLED if self.said[step] in self.names or step == self.answer_step else 1
        order = np.argsort(-self.p[:, step], kind="stable")[:count]
        return [int(i) for i in order[:1]] + [
            int(i) for i in order[1:] if self.p[i, step] >= LEAST_LABELLED
        ]


def weigh(answer: Answer, emotions: Sequence[str] | None) -> Weights:
    """Return what some emotions, by default all, weighed at each step of an answer."""
    log_p = pooled_log_probability(answer.run, emotions).isel(utterance=0, prompt=0)
    return Weights(
        [str(name) for name in log_p["emotion"].values],
        log_p.transpose("emotion", "step").values.astype(float),
        int(answer_step(answer.run, emotions=emotions)["answer_step"].item()),
        answer.emitted_concepts,
    )
