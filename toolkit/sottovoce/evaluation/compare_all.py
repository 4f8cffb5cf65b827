"""Compare many predictors pairwise, with a correction for having asked many questions."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError
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
    from collections.abc import Mapping

    import numpy.typing as npt

    from sottovoce.evaluation.intervals import Resampling
    from sottovoce.evaluation.measures import Measure

    FloatArray = npt.NDArray[np.float64]

ROUNDING = 1e-12
ENTRIES_AT_ONCE = 4_000_000


def compare_all(
    shares: Mapping[str, xr.DataArray],
    votes: Any,
    measure: str = "js",
    *,
    against: str | None = None,
    speakers: Any = None,
    n_boot: int = 1000,
    n_swaps: int = 4096,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Compare predictors two by two on the utterances that both have, and correct for the number.

    Parameters
    ----------
    shares
        Name to shares, dims (utterance, emotion), and prompt if there are several.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    measure
        What to compare by.
    against
        One predictor, or the constant "uniform" or "corpus mean", that all others are compared
        with; by default every two predictors are compared.
    speakers, n_boot, seed, confidence
        As for `evaluate`.
    n_swaps
        The most swaps of the test; with up to 12 speakers, all of them are listed.

    Returns
    -------
    Dataset
        With dims (prompt, pair): `difference`, a minus b, with its bootstrap interval from `low` to
        `high`; `p_value` of the test, and `p_holm`, corrected for all pairs and prompts;
        `n`, the utterances. The coordinates `a` and `b` along pair name the two. The attribute
        `better` says whether a lower value of the measure is the better one.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or there are not two predictors.

    Notes
    -----
    The test asks what the difference would be if names meant nothing: the two predictors are
    swapped for whole speakers, in every way or at random, and `p_value` is how often the difference
    is as large as observed, on either side. It holds for every measure. With s speakers it is never
    below 2 / 2^s, so few speakers decide nothing. Where speakers are unknown, utterances are
    swapped, which promises too much; `notes` says so.

    Holm's correction holds the chance of a single false finding among all pairs and prompts below
    the level, whatever their dependence.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6(2), 65-70, 1979.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8], [5, 4], [0, 7]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> near = (votes + 1) / (votes + 1).sum("emotion")
    >>> far = (votes + 9) / (votes + 9).sum("emotion")
    >>> known = dict(zip("abcd", "1234"))
    >>> result = compare_all({"near": near, "far": far}, votes, speakers=known)
    >>> result["a"].item(), result["b"].item(), result["p_value"].item()
    ('near', 'far', 0.125)
    """
    chosen = find_measure(measure)
    require_resampling_options(n_boot, confidence)
    named = {str(name): array for name, array in shares.items()}
    pairs = _pairs(named, against)
    if against in CONSTANTS and against not in named:
        named[against] = CONSTANTS[against](reference_distribution(votes))
    if n_swaps < 1:
        raise VotesError(f"n_swaps={n_swaps} must be 1 or more; 4096 lists all of 12 speakers")
    aligned = align(named, votes)
    resampling = resampling_units(aligned.utterances, speakers_of(named, votes, speakers))
    cells = [(prompt, pair) for prompt in aligned.prompts for pair in pairs]
    found = [
        _compared(
            aligned.predictions.get((a, prompt)),
            aligned.predictions.get((b, prompt)),
            aligned.reference.values,
            chosen,
            resampling,
            (n_boot, n_swaps, seed, confidence),
        )
        for prompt, (a, b) in cells
    ]
    shape = (len(aligned.prompts), len(pairs))
    difference, low, high, p_value, n = (
        np.array(values).reshape(shape) for values in zip(*found, strict=True)
    )
    over = ("prompt", "pair")
    return xr.Dataset(
        {
            "difference": (over, difference),
            "low": (over, low),
            "high": (over, high),
            "p_value": (over, p_value),
            "p_holm": (over, holm(p_value.ravel()).reshape(shape)),
            "n": (over, n),
        },
        coords={
            "prompt": aligned.prompts,
            "a": ("pair", [a for a, _ in pairs]),
            "b": ("pair", [b for _, b in pairs]),
        },
        attrs={
            "measure": measure,
            "better": chosen.better,
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "n_swaps": len(_kept_names(resampling, n_swaps, seed)),
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Correct p-values for their number by Holm's step-down procedure.

    Parameters
    ----------
    p_values
        Shape (n,). NaN is no question, and stays.

    Returns
    -------
    ndarray
        Shape (n,): the level at which each would still be rejected, at most 1.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03, np.nan])
    array([0.03, 0.06, 0.06,  nan])
    """
    given = np.asarray(p_values, dtype=np.float64)
    corrected = np.full(given.shape, np.nan)
    order = [place for place in np.argsort(given, kind="stable") if not np.isnan(given[place])]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(given[order] * factors), 1.0)
    return corrected


def _pairs(named: Mapping[str, xr.DataArray], against: str | None) -> list[tuple[str, str]]:
    if against is None:
        pairs = list(combinations(named, 2))
    elif against in named or against in CONSTANTS:
        pairs = [(name, against) for name in named if name != against]
    else:
        raise VotesError(
            f"against={against!r} is none of the predictors {', '.join(named)} and none of the "
            f"constants {', '.join(CONSTANTS)}"
        )
    if not pairs:
        raise VotesError("there is nothing to compare: give two predictors, or one and a constant")
    return pairs


def _compared(
    a: FloatArray | None,
    b: FloatArray | None,
    reference: FloatArray,
    measure: Measure,
    resampling: Resampling,
    options: tuple[int, int, int, float],
) -> tuple[float, float, float, float, int]:
    """Return the difference of two predictors, its interval, its p-value, and the utterances."""
    if a is None or b is None:
        return np.nan, np.nan, np.nan, np.nan, 0
    n_boot, n_swaps, seed, confidence = options
    either = np.isnan(a + b).any(axis=1, keepdims=True)
    stacked = np.concatenate([np.where(either, np.nan, a), np.where(either, np.nan, b)])
    twice = np.concatenate([reference, reference])

    def difference(own: FloatArray, swapped: FloatArray) -> FloatArray:
        """Return a minus b, from how often each utterance counts under each of the names."""
        first = measure.over_utterances(stacked, twice, np.concatenate([own, swapped], axis=1))
        second = measure.over_utterances(stacked, twice, np.concatenate([swapped, own], axis=1))
        return np.asarray(first - second)

    once = np.ones((1, len(reference)))
    observed = float(difference(once, 0 * once)[0])
    samples = bootstrap(
        lambda counts: difference(counts, 0 * counts)[:, None], resampling, n_boot, seed
    )
    low, high = percentile_interval(samples, confidence)
    kept = _kept_names(resampling, n_swaps, seed)
    block = max(1, ENTRIES_AT_ONCE // len(twice))
    swapped = np.concatenate(
        [
            difference(part, 1 - part)
            for start in range(0, len(kept), block)
            for part in (kept[start : start + block, resampling.unit_of],)
        ]
    )
    p_value = _two_sided(observed, swapped, listed=_can_be_listed(resampling, n_swaps))
    return observed, float(low[0]), float(high[0]), p_value, int((~either).sum())


def _can_be_listed(resampling: Resampling, n_swaps: int) -> bool:
    return bool(resampling.n_units <= np.log2(n_swaps))


def _kept_names(resampling: Resampling, n_swaps: int, seed: int) -> FloatArray:
    """Return which speakers keep their predictors' names, 1 or 0, shape (swap, unit)."""
    if _can_be_listed(resampling, n_swaps):
        return np.array(list(product([1.0, 0.0], repeat=resampling.n_units)))
    drawn = np.random.default_rng(seed).integers(0, 2, (n_swaps, resampling.n_units))
    return drawn.astype(np.float64)


def _two_sided(observed: float, swapped: FloatArray, *, listed: bool) -> float:
    """Return how often a swapped difference is as large; drawn swaps count the given order too."""
    if np.isnan(observed):
        return np.nan
    known = swapped[~np.isnan(swapped)]
    as_large = np.abs(known) >= abs(observed) - ROUNDING
    if listed:
        return float(as_large.mean())
    return float((as_large.sum() + 1) / (len(known) + 1))
