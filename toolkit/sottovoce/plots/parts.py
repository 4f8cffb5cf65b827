"""The parts of one answer's shares: what the waterfall and the heat map of parts are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.plots.shares import choose, names
from sottovoce.plots.text import END, drawable, shortened, visible

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Parts:
    """The parts of one answer.

    Parameters
    ----------
    utterance, prompt, readout
        What they are of.
    emotions
        In the order of the shares.
    share, baseline
        Of each emotion, shape (emotion,).
    of_token
        The part of each followed token at each step, shape (token, step).
    texts, concepts
        Of the tokens.
    text
        The answer.
    emitted
        What each step added to it.
    """

    utterance: str
    prompt: str
    readout: str
    emotions: list[str]
    share: np.ndarray
    baseline: np.ndarray
    of_token: np.ndarray
    texts: list[str]
    concepts: list[str]
    text: str
    emitted: list[str]

    @property
    def title(self) -> str:
        """What the picture is about, fit to draw."""
        about = (shortened(self.utterance, 40), shortened(self.prompt, 30), self.readout)
        return drawable("  ·  ".join(filter(None, about)))

    @property
    def subtitle(self) -> str:
        """What the model said, fit to draw."""
        return drawable(f"said: {shortened(self.text, 90)}" if self.text else "said nothing")

    @property
    def tick_labels(self) -> list[str]:
        """The emitted tokens, fit to draw."""
        labels = [drawable(visible(text)) for text in self.emitted]
        last = self.emitted[-1].strip()
        ended = not last or not self.text.rstrip().endswith(last)
        return [*labels[:-1], END] if ended else labels

    def of(self, emotion: str) -> list[tuple[int, int]]:
        """Return the (token, step) pairs that an emotion's parts lie at, the largest first."""
        rows = [row for row, concept in enumerate(self.concepts) if concept == emotion]
        pairs = [
            (row, int(step)) for row in rows for step in np.flatnonzero(self.of_token[row] != 0)
        ]
        return sorted(pairs, key=lambda pair: -abs(self.of_token[pair]))


def select_parts(parts: xr.Dataset, utterance: str | None, prompt: str | None) -> Parts:
    """Pick the parts of one answer.

    Raises
    ------
    ReadoutError
        If these are no contributions, there is no such answer, it was not said which, or it has no
        shares.
    """
    needed = {"of_step", "of_token", "share", "baseline", "chosen_text", "answer", "n_steps"}
    if missing := sorted(needed - set(getattr(parts, "data_vars", ()))):
        raise ReadoutError(
            f"parts must come from sottovoce.explain.contributions; {', '.join(missing)} missing"
        )
    name = choose(parts["share"], "utterance", utterance)
    question = choose(parts["share"], "prompt", prompt)
    one = parts.isel(
        utterance=names(parts["share"], "utterance").index(name),
        prompt=names(parts["share"], "prompt").index(question),
    ).load()
    n_steps = int(one["n_steps"])
    if not n_steps or bool(one["share"].isnull().any()):
        raise ReadoutError(f"{name!r} has no shares under the prompt {question!r}, so no parts")
    one = one.isel(step=slice(n_steps))
    return Parts(
        name,
        question,
        str(parts.attrs.get("readout", "")),
        names(one["share"], "emotion"),
        one["share"].values,
        one["baseline"].values,
        one["of_token"].transpose("token", "step").values,
        [str(text) for text in one["token_text"].values],
        [str(concept) for concept in one["concept"].values],
        str(one["answer"].item()),
        [str(text) for text in one["chosen_text"].values],
    )
