"""One recording's shares under every prompt: what the prompt strip is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import ReadoutError, VotesError
from sottovoce.evaluation import reference_distribution
from sottovoce.plots.shares import check_shares, choose, names
from sottovoce.plots.text import percent, shortened

if TYPE_CHECKING:
    import xarray as xr

MARKERS = ("o", "s", "^", "D", "v", "P")


@dataclass(frozen=True)
class Strips:
    """What is drawn and told.

    Parameters
    ----------
    utterance
        The recording's name.
    prompts
        Those with an answer.
    emotions
        In the order of the shares.
    shares
        Of shape (prompt, emotion).
    kinds
        What the marker of each prompt tells: its name, or its format where they are many.
    listeners
        The votes' shares (emotion,), or None.
    n_missing
        How many prompts have no answer.
    """

    utterance: str
    prompts: list[str]
    emotions: list[str]
    shares: np.ndarray
    kinds: list[str]
    listeners: np.ndarray | None
    n_missing: int

    @property
    def ranges(self) -> list[str]:
        """The smallest and the largest share of each emotion."""
        told = []
        for low, high in zip(self.shares.min(axis=0), self.shares.max(axis=0), strict=True):
            first, last = percent(low), percent(high)
            told.append(first if first == last else f"{first.removesuffix('%')}–{last}")
        return told

    @property
    def moved(self) -> str:
        """Which emotion moves most, and the prompts at its ends."""
        if len(self.prompts) < 2:
            return ""
        most = int(np.argmax(np.ptp(self.shares, axis=0)))
        ends = [int(end(self.shares[:, most])) for end in (np.argmin, np.argmax)]
        low, high = (
            f"{percent(self.shares[i, most])} ({shortened(self.prompts[i], 24)})" for i in ends
        )
        return f"{self.emotions[most]} moves most: {low} to {high}"

    @property
    def counted(self) -> str:
        """How many prompts there are."""
        n = len(self.prompts)
        told = f"{n} prompt{'' if n == 1 else 's'}"
        return f"{told}, {self.n_missing} without an answer" if self.n_missing else told


def select_strips(shares: xr.DataArray, utterance: str | None, reference: Any) -> Strips:
    """Pick one recording's shares under every prompt, and what the listeners said of it.

    Raises
    ------
    ReadoutError
        If there is no such utterance, it was not said which, or no prompt has an answer.
    VotesError
        If the reference has no votes for it, or not for these emotions.
    """
    checked = check_shares(shares)
    name = choose(checked, "utterance", utterance)
    one = checked.isel(utterance=names(checked, "utterance").index(name), drop=True)
    answered = one.notnull().all("emotion")
    known = one.isel(prompt=answered.values)
    if not known.sizes["prompt"]:
        raise ReadoutError(
            f"there is nothing to draw for {name!r}: its shares are missing under every prompt"
        )
    prompts, emotions = names(known, "prompt"), names(known, "emotion")
    return Strips(
        name,
        prompts,
        emotions,
        known.values.astype(float),
        _kinds(known),
        None if reference is None else _votes_for(reference, name, emotions),
        one.sizes["prompt"] - len(prompts),
    )


def _kinds(shares: xr.DataArray) -> list[str]:
    """Return the names of the prompts, or their formats, or nothing that tells them apart."""
    prompts = names(shares, "prompt")
    formats = shares.coords.get("prompt_format")
    for kinds in (prompts, [] if formats is None else [str(form) for form in formats.values]):
        if 0 < len(set(kinds)) <= len(MARKERS):
            return kinds
    return ["prompt"] * len(prompts)


def _votes_for(reference: Any, utterance: str, emotions: list[str]) -> np.ndarray:
    votes = reference_distribution(reference)
    if utterance not in names(votes, "utterance"):
        raise VotesError(
            f"the reference has no votes for {utterance!r}: leave reference out, or give one that "
            "has"
        )
    if set(emotions) != set(names(votes, "emotion")):
        raise VotesError(
            f"the shares have the emotions {sorted(emotions)}, but the votes have "
            f"{sorted(names(votes, 'emotion'))}; both must be the same"
        )
    found: np.ndarray = votes.sel(utterance=utterance, emotion=emotions).values
    return found
