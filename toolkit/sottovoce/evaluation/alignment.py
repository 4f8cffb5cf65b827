"""Bring shares, votes and speakers to the same utterances and the same order of emotions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.measures.arrays import as_distribution

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    Shares = xr.DataArray | Mapping[str, xr.DataArray]

SUM_TOLERANCE = 1e-3
NO_PROMPT = ""


@dataclass(frozen=True)
class Aligned:
    """Everything about the same utterances, in the order of the votes.

    Parameters
    ----------
    reference
        Distribution, dims (utterance, emotion), float64.
    predictions
        (predictor, prompt) -> array of shape (utterance, emotion), NaN where shares are missing.
    prompts
        In order of appearance.
    without_votes
        Ids that have shares but no votes, left out.
    """

    reference: xr.DataArray
    predictions: dict[tuple[str, str], FloatArray]
    prompts: list[str]
    without_votes: list[str]

    @property
    def utterances(self) -> list[str]:
        """The ids that are evaluated."""
        return [str(value) for value in self.reference["utterance"].values]


def reference_distribution(votes: Any) -> xr.DataArray:
    """Turn votes into the distribution that predictors are held against.

    Parameters
    ----------
    votes
        A DataArray with dims (utterance, emotion) that holds counts or shares, or an object whose
        attribute `votes` is one, such as a corpus.

    Returns
    -------
    DataArray
        dims (utterance, emotion), float64, each row summing to 1. Utterances without votes are
        left out.

    Raises
    ------
    VotesError
        If it has other dims, no ids, ids that occur twice, or negative counts.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[3, 1], [0, 0]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a", "b"], "emotion": ["angry", "sad"]},
    ... )
    >>> reference_distribution(votes).to_pandas()
    emotion    angry   sad
    utterance
    a           0.75  0.25
    """
    counts = getattr(votes, "votes", votes)
    _check_labels("votes", counts, allowed=("utterance", "emotion"))
    counts = counts.transpose("utterance", "emotion")
    rows = _as_distribution("votes", counts)
    with_votes: xr.DataArray = _with_text_labels(counts.copy(data=rows))[
        ~np.isnan(rows).any(axis=1)
    ]
    return with_votes.rename("reference")


def align(shares: Shares, votes: Any) -> Aligned:
    """Put every prediction on the utterances that have votes and were predicted by anyone.

    Raises
    ------
    VotesError
        If labels do not fit: other dims, other emotions, ids that occur twice or have nothing in
        common, shares that do not sum to 1.
    """
    reference = reference_distribution(votes)
    named = {str(name): array for name, array in _as_mapping(shares).items()}
    if not named:
        raise VotesError("shares is empty: give at least one predictor")
    for name, array in named.items():
        _check_labels(name, array, allowed=("utterance", "prompt", "emotion"))
        _check_emotions(name, array, reference)
    anywhere = {utterance for array in named.values() for utterance in _names(array, "utterance")}
    reference = reference[[str(u) in anywhere for u in reference["utterance"].values]]
    if reference.sizes["utterance"] == 0:
        some = sorted(anywhere)[:2]
        theirs = [str(u) for u in getattr(votes, "votes", votes)["utterance"].values[:2]]
        raise VotesError(
            f"no utterance has both shares and votes: shares are for {some} ..., votes are for "
            f"{theirs} ... Use the same ids on both sides."
        )
    with_votes = set(reference["utterance"].values.tolist())
    predictions, prompts = _predictions(named, reference)
    return Aligned(reference, predictions, prompts, sorted(anywhere - with_votes))


def speakers_of(shares: Shares, votes: Any, speakers: Any = None) -> dict[str, str]:
    """Return id -> speaker, from `speakers`, the corpus, the votes or the shares, in this order.

    Ids whose speaker is unknown are absent.

    Raises
    ------
    VotesError
        If `speakers` is neither a mapping, a Series nor a DataArray along utterance.
    """
    for source in (speakers, votes, *_as_mapping(shares).values()):
        found = {
            str(utterance): str(speaker)
            for utterance, speaker in _speaker_pairs(source)
            if not pd.isna(speaker) and str(speaker)
        }
        if found:
            return found
    return {}


def _speaker_pairs(source: Any) -> list[tuple[Any, Any]]:
    if source is None:
        return []
    if hasattr(source, "utterances") and hasattr(source, "votes"):
        table = source.utterances
        return list(table["speaker"].items()) if "speaker" in table else []
    if isinstance(source, xr.DataArray):
        if "utterance" not in source.dims:
            return []
        labels = source.coords.get("speaker", source if source.dims == ("utterance",) else None)
        if labels is None or labels.dims != ("utterance",):
            return []
        return list(zip(source["utterance"].values.tolist(), labels.values.tolist(), strict=True))
    if hasattr(source, "items"):
        return list(source.items())
    raise VotesError(
        f"speakers is a {type(source).__name__}, but must be a mapping from utterance to speaker, "
        "a Series, or a DataArray along utterance"
    )


def _as_mapping(shares: Shares) -> Mapping[Any, xr.DataArray]:
    if isinstance(shares, xr.DataArray):
        return {shares.name or "shares": shares}
    if isinstance(shares, xr.Dataset):
        return shares.data_vars
    if isinstance(shares, Mapping):
        return shares
    raise VotesError(
        f"shares is a {type(shares).__name__}, but must be a DataArray or a mapping from a name to "
        "a DataArray"
    )


def _names(array: xr.DataArray, dim: str) -> list[str]:
    return [str(value) for value in array[dim].values.tolist()]


def _with_text_labels(array: xr.DataArray) -> xr.DataArray:
    """Keep the labels of the dimensions alone, all as text, so that 7 and "7" are one id."""
    return array.reset_coords(drop=True).assign_coords(
        {dim: _names(array, str(dim)) for dim in array.dims}
    )


def _check_labels(name: str, array: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(array, xr.DataArray):
        raise VotesError(f"{name} is a {type(array).__name__}, but must be a DataArray")
    needed = {"utterance", "emotion"}
    if not needed <= set(array.dims) <= set(allowed):
        raise VotesError(
            f"{name} has the dimensions {tuple(array.dims)}, but must have {allowed}"
            + (", of which prompt may be absent" if "prompt" in allowed else "")
        )
    for dim in array.dims:
        if dim not in array.coords:
            raise VotesError(
                f"{name} has no labels along {dim}: add them with assign_coords({dim}=[...])"
            )
        if array.sizes[dim] == 0:
            raise VotesError(f"{name} is empty: it has nothing along {dim}")
        label, times = Counter(_names(array, str(dim))).most_common(1)[0]
        if times > 1:
            raise VotesError(f"{name} has the {dim} {label!r} more than once")


def _check_emotions(name: str, array: xr.DataArray, reference: xr.DataArray) -> None:
    given, wanted = _names(array, "emotion"), _names(reference, "emotion")
    if set(given) != set(wanted):
        raise VotesError(
            f"{name} has the emotions {sorted(given)}, but the votes have {sorted(wanted)}. Both "
            "must be the same: select the common ones and divide by their sum."
        )


def _as_distribution(name: str, array: xr.DataArray) -> FloatArray:
    try:
        return as_distribution(array.values)
    except VotesError as error:
        raise VotesError(f"{name}: {error}") from None


def _predictions(
    named: Mapping[str, xr.DataArray], reference: xr.DataArray
) -> tuple[dict[tuple[str, str], FloatArray], list[str]]:
    prompts = {
        prompt: None
        for array in named.values()
        if "prompt" in array.dims
        for prompt in _names(array, "prompt")
    }
    every = list(prompts) or [NO_PROMPT]
    predictions = {}
    for name, array in named.items():
        placed = _with_text_labels(array)
        if "prompt" not in placed.dims:
            placed = placed.expand_dims(prompt=every)
        placed = placed.reindex(utterance=reference["utterance"]).sel(emotion=reference["emotion"])
        placed = placed.transpose("prompt", "utterance", "emotion")
        for prompt, rows in zip(_names(placed, "prompt"), placed, strict=True):
            _check_sums(name, prompt, rows)
            predictions[name, prompt] = _as_distribution(name, rows)
    return predictions, every


def _check_sums(name: str, prompt: str, shares: xr.DataArray) -> None:
    total = shares.values.sum(axis=1)
    wrong = np.abs(total - 1) > SUM_TOLERANCE
    if wrong.any():
        first = int(np.argmax(wrong))
        where = f" for the prompt {prompt!r}" if prompt else ""
        raise VotesError(
            f"the shares of {name}{where} sum to {total[first]:.3f} for "
            f"{str(shares['utterance'].values[first])!r}, but must sum to 1: divide them by "
            'shares.sum("emotion"), or set the row to NaN where there is no answer'
        )
