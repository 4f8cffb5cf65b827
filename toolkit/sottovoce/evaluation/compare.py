"""Compare two predictors on the same utterances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError, require_one_of
from sottovoce.evaluation.alignment import align, reference_distribution, speakers_of
from sottovoce.evaluation.constants import CONSTANTS
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)
from sottovoce.evaluation.measures import find_measure

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.evaluation.measures import MeasureName

    FloatArray = npt.NDArray[np.float64]


def compare(
    a: xr.DataArray,
    b: xr.DataArray | str,
    votes: Any,
    measure: MeasureName | str = "js",
    *,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the difference of two predictors, a minus b, on the utterances that both have.

    Both are evaluated on the same resamples of the speakers, so what makes a speaker easy or hard
    for both cancels, and the interval of the difference is narrower than the two intervals suggest.

    Parameters
    ----------
    a
        dims (utterance, emotion), and prompt if there are several.
    b
        The same, or the name of a constant: "uniform" or "corpus mean".
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    measure
        What to compare by, a name in `MEASURES` or of a preset.
    speakers, n_boot, seed, confidence
        As for `evaluate`.

    Returns
    -------
    Dataset
        `difference`, `low`, `high`, `share_below_zero` (of the resamples), `a`, `b` (the values)
        and `n`, with dims (prompt). The attribute `better` says whether a lower value of the
        measure is the better one: if so, a difference below 0 speaks for a.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or have no prompt or no utterance in common.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8], [5, 4], [0, 7]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> share = (votes + 1) / (votes + 1).sum("emotion")
    >>> result = compare(share, "uniform", votes, speakers=dict(zip("abcd", "1234")))
    >>> float(result["difference"].round(3).item()), float(result["share_below_zero"].item())
    (-0.116, 1.0)
    """
    chosen = find_measure(measure)
    require_resampling_options(n_boot, confidence)
    if isinstance(b, str):
        require_one_of("b", b, CONSTANTS, VotesError)
        b = _constant_like(b, a, votes)
    aligned = align({"a": a, "b": b}, votes)
    prompts = [
        prompt
        for prompt in aligned.prompts
        if {("a", prompt), ("b", prompt)} <= set(aligned.predictions)
    ]
    if not prompts:
        raise VotesError(
            f"a and b have no prompt in common: a has {a['prompt'].values.tolist()}, b has "
            f"{b['prompt'].values.tolist()}"
        )
    resampling = resampling_units(
        aligned.utterances, speakers_of({"a": a, "b": b}, votes, speakers)
    )
    reference = aligned.reference.values
    pairs = [
        _on_both(aligned.predictions["a", prompt], aligned.predictions["b", prompt])
        for prompt in prompts
    ]
    score = chosen.over_utterances

    def statistic(counts: FloatArray) -> FloatArray:
        """Values of a and b, shape (resample, prompt, 2)."""
        return np.stack(
            [
                np.stack([score(side, reference, counts) for side in pair], axis=-1)
                for pair in pairs
            ],
            axis=1,
        )

    value = statistic(np.ones((1, reference.shape[0])))[0]
    samples = bootstrap(statistic, resampling, n_boot, seed)
    differences = samples[..., 0] - samples[..., 1]
    low, high = percentile_interval(differences, confidence)
    below = np.where(np.isnan(low), np.nan, (differences < 0).sum(axis=0) / max(n_boot, 1))
    n = [int((~np.isnan(first).any(axis=1)).sum()) for first, _ in pairs]
    return xr.Dataset(
        {
            "difference": ("prompt", value[:, 0] - value[:, 1]),
            "low": ("prompt", low),
            "high": ("prompt", high),
            "share_below_zero": ("prompt", below),
            "a": ("prompt", value[:, 0]),
            "b": ("prompt", value[:, 1]),
            "n": ("prompt", n),
        },
        coords={"prompt": prompts},
        attrs={
            "measure": measure,
            "better": chosen.better,
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )


def _constant_like(name: str, a: xr.DataArray, votes: Any) -> xr.DataArray:
    """Make the constant from the utterances that `a` is evaluated on."""
    reference = reference_distribution(votes)
    given = a.notnull().any([dim for dim in a.dims if dim != "utterance"])
    known = {str(value) for value in a["utterance"].values[given.values].tolist()}
    return CONSTANTS[name](reference[[u in known for u in reference["utterance"].values.tolist()]])


def _on_both(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    either = np.isnan(first).any(axis=1) | np.isnan(second).any(axis=1)
    blank = np.where(either, np.nan, 0.0)[:, None]
    return first + blank, second + blank
