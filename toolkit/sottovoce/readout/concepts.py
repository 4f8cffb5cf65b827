"""Which emotions a read-out divides between, and which tokens stand for each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.dataset import check_run
from sottovoce.errors import ReadoutError
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray


def emotion_names(run: xr.Dataset, emotions: Sequence[str] | None) -> tuple[str, ...]:
    """Return the emotions that share one whole: those asked for, else those of the token set.

    A run whose token set has none, such as percentages alone, is about the six of the presets.

    Raises
    ------
    ReadoutError
        If `emotions` is empty, repeats a name or is a single text.
    RunError
        If the dataset is not a run.
    """
    check_run(run)
    if emotions is None:
        return tuple(declared_spellings(run)) or followed_concepts(run, "emotion") or EMOTIONS
    names = tuple(emotions)
    if isinstance(emotions, str) or not names or len(set(names)) < len(names):
        raise ReadoutError(
            f"emotions={emotions!r} must be a list of concepts, each once; "
            f"this run follows {', '.join(followed_concepts(run)) or 'none'}"
        )
    return names


def declared_spellings(run: xr.Dataset) -> Mapping[str, Sequence[str]]:
    """Return the concepts and spellings that the run was asked to follow."""
    token_set = json.loads(run.attrs["token_set"])
    declared = token_set.get("concepts") if isinstance(token_set, dict) else None
    return declared if isinstance(declared, dict) else {}


def followed_concepts(run: xr.Dataset, kind: str | None = None) -> tuple[str, ...]:
    """Return the concepts that have a token, percentages aside, in alphabetical order."""
    kinds = token_labels(run, "kind")
    wanted = kinds != "percentage" if kind is None else kinds == kind
    return tuple(sorted({str(name) for name in token_labels(run, "concept")[wanted]}))


def tokens_by_emotion(
    run: xr.Dataset, emotions: Sequence[str] | None
) -> dict[str, NDArray[np.intp]]:
    """Return the positions along ``token`` of each emotion's tokens.

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run, or the run has no step.
    """
    names = emotion_names(run, emotions)
    if not run.sizes["step"]:
        told = "; ".join(dict.fromkeys(filter(None, map(str, run["message"].values.flat))))
        raise ReadoutError(f"This run has no decoding step to read. {told[:500]}".rstrip())
    concepts = token_labels(run, "concept")
    is_percentage = token_labels(run, "kind") == "percentage"
    positions = {name: np.flatnonzero((concepts == name) & ~is_percentage) for name in names}
    missing = [name for name, found in positions.items() if not found.size]
    if missing:
        followed = followed_concepts(run)
        raise ReadoutError(
            f"No token of this run stands for {', '.join(map(repr, missing))}; it follows "
            f"{', '.join(map(repr, followed)) or 'no concept'}. Name emotions=[...] that it "
            "follows, or capture again with a token set whose spellings the tokenizer can write "
            "(TokenSet.resolve(tokenizer).coverage tells which). The read-out 'text' needs none."
        )
    return positions


def token_labels(run: xr.Dataset, name: str) -> NDArray[np.str_]:
    """Return a coordinate along ``token`` as an array of text."""
    return run[name].values.astype(str)
