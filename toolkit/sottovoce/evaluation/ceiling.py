"""What a score is read against from above: what listeners score, and what full knowledge would.

Half of the votes against the other half tells how far listeners predict listeners; but it is noisy
on both sides, and a good predictor may pass it. The simulated row has the noise of the votes alone:
it knows what every clip's votes were drawn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import reference_distribution, speakers_of
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)
from sottovoce.evaluation.measures import choose_measures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from sottovoce.evaluation.intervals import Resampling
    from sottovoce.evaluation.measures import Measure

    FloatArray = npt.NDArray[np.float64]
    Pairs = tuple[npt.NDArray[Any], npt.NDArray[Any]]

HALVES = "half the votes"
KNOWING = "perfect knowledge"
CEILINGS = (HALVES, KNOWING)
FEWEST_VOTES = 2


def ceiling(
    votes: Any,
    *,
    measures: str | Iterable[str] | None = None,
    n_splits: int = 50,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return by every measure what half of the listeners score, and what full knowledge would.

    Parameters
    ----------
    votes
        Counts, dims (utterance, emotion), or a corpus.
    measures
        A preset, names of measures, or None for all of ours.
    n_splits
        How many random halvings, and simulations, the values are means of.
    speakers, n_boot, seed, confidence
        As for `evaluate`. Every resample of the speakers meets another of the splits.

    Returns
    -------
    Dataset
        `value`, `low` and `high` (predictor, measure) of the predictors "half the votes" and
        "perfect knowledge"; `n`, the utterances with two votes or more, which alone count, and
        `votes_a_half`, the median number of votes in the smaller half. The attribute `caveat` says
        how to read them.

    Raises
    ------
    VotesError
        If the votes are not whole numbers, or no utterance has two.

    Notes
    -----
    "half the votes": a random half of each clip's votes against its other half; an odd vote goes to
    either by chance. Half of the listeners are a rough panel, on both sides of the comparison. For
    a correlation r between halves, Spearman and Brown give 2 r / (1 + r) for two whole panels; the
    other measures have no such formula. A predictor is held against all votes, so a very good one
    may pass this row.

    "perfect knowledge": each clip's true distribution is drawn from what its votes leave open, and
    as many new votes are drawn from it; the former is held against the latter. So it differs from
    the listeners by the chance of the votes alone, and no predictor can be expected to do better.
    It rests on a model, the Dirichlet-multinomial, whose parameters are fitted to these votes: the
    fewer votes a clip has, the more.

    References
    ----------
    W. Brown, "Some experimental results in the correlation of mental abilities", British Journal
    of Psychology 3, 296-322, 1910; C. Spearman, "Correlation calculated from faulty data", ibid.,
    271-295. T. Minka, "Estimating a Dirichlet distribution", 2000.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[6, 0], [5, 1], [1, 5], [0, 6]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> result = ceiling(votes, measures=["js"], n_splits=200)
    >>> dict(zip(result["predictor"].values.tolist(), result["value"].values[:, 0].round(2)))
    {'half the votes': np.float64(0.1), 'perfect knowledge': np.float64(0.03)}
    """
    require_resampling_options(n_boot, confidence)
    chosen = choose_measures(measures)
    reference = reference_distribution(votes)
    counts = counts_of(votes, reference)
    if counts is None:
        raise VotesError(
            "these votes are no counts with two or more for a clip. Listeners can be held against "
            "listeners only where it is known how many said what."
        )
    utterances = [str(name) for name in reference["utterance"].values]
    resampling = resampling_units(utterances, speakers_of({}, votes, speakers))
    value, samples = score_ceilings(counts, chosen, resampling, n_splits, n_boot, seed)
    low, high = percentile_interval(samples, confidence)
    totals = counts.sum(axis=1)
    over = ("predictor", "measure")
    return xr.Dataset(
        {
            "value": (over, value),
            "low": (over, low),
            "high": (over, high),
            "n": int((totals >= FEWEST_VOTES).sum()),
            "votes_a_half": _votes_a_half(counts),
        },
        coords={
            "predictor": list(CEILINGS),
            "measure": list(chosen),
            "title": ("measure", [measure.title for measure in chosen.values()]),
            "better": ("measure", [measure.better for measure in chosen.values()]),
        },
        attrs={
            "caveat": ceiling_note(counts, n_splits),
            "n_splits": n_splits,
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )


def ceiling_note(counts: FloatArray, n_splits: int) -> str:
    """Return what a reader must know of these rows."""
    return (
        f"{HALVES} is a random half of each clip's votes (median {_votes_a_half(counts):g}) held "
        f"against the other half, the mean of {n_splits} splits: what so few listeners score; a "
        f"good predictor may pass it. {KNOWING} is simulated: it knows the distribution that each "
        "clip's votes are drawn from, so no predictor can be expected to do better."
    )


def _votes_a_half(counts: FloatArray) -> float:
    totals = counts.sum(axis=1)
    return float(np.median(totals[totals >= FEWEST_VOTES] // 2))


def counts_of(votes: Any, reference: xr.DataArray) -> FloatArray | None:
    """Return the counts of the reference's utterances, in its order; None if they are no counts.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[3, 1], [0, 2]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a", "b"], "emotion": ["angry", "sad"]},
    ... )
    >>> counts_of(votes, reference_distribution(votes)[[1]])
    array([[0., 2.]])
    >>> counts_of(votes / 4, reference_distribution(votes)) is None
    True
    """
    given = getattr(votes, "votes", votes)
    labelled = given.transpose("utterance", "emotion").reset_coords(drop=True)
    labels = {dim: [str(one) for one in labelled[dim].values] for dim in labelled.dims}
    placed = labelled.assign_coords(labels).sel(
        utterance=reference["utterance"], emotion=reference["emotion"]
    )
    counts: FloatArray = placed.fillna(0).values.astype(np.float64)
    are_whole = bool(np.all(counts % 1 == 0))
    return counts if are_whole and np.any(counts.sum(axis=1) >= FEWEST_VOTES) else None


def halve_votes(
    counts: FloatArray, n_splits: int, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Divide every utterance's votes at random into two halves, several times.

    Parameters
    ----------
    counts
        Whole numbers, shape (utterance, emotion).
    n_splits
        How often.
    seed
        Of the draw.

    Returns
    -------
    first, second : ndarray of int, shape (split, utterance, emotion)
        They sum to `counts`. Utterances with fewer than two votes are all zero in both.

    Examples
    --------
    >>> first, second = halve_votes(np.array([[3, 1], [1, 0]]), 2, seed=0)
    >>> first.sum(axis=2).tolist()
    [[2, 0], [2, 0]]
    """
    generator = np.random.default_rng(seed)
    whole = _with_two(counts)
    drawn = np.stack(
        [
            generator.multivariate_hypergeometric(
                row, row.sum() // 2, size=n_splits, method="marginals"
            )
            for row in whole
        ],
        axis=1,
    )
    swapped = generator.random(drawn.shape[:2])[..., None] < 0.5
    return np.where(swapped, whole - drawn, drawn), np.where(swapped, drawn, whole - drawn)


def simulate_votes(counts: FloatArray, n_splits: int, seed: int) -> Pairs:
    """Draw what the votes may have been drawn from, and as many new votes from it.

    Parameters
    ----------
    counts
        Whole numbers, shape (utterance, emotion).
    n_splits
        How often.
    seed
        Of the draw.

    Returns
    -------
    true : ndarray of float, shape (split, utterance, emotion)
        Distributions from the posterior of a Dirichlet-multinomial model, fitted to the counts.
    votes : ndarray of int, the same shape
        As many as were cast. Utterances with fewer than two votes are all zero.

    Examples
    --------
    >>> true, votes = simulate_votes(np.array([[300, 100], [0, 400]]), 1, seed=0)
    >>> true.round(1).tolist(), votes.sum(axis=2).tolist()
    ([[[0.7, 0.3], [0.0, 1.0]]], [[400, 400]])
    """
    generator = np.random.default_rng(seed)
    whole = _with_two(counts)
    concentration = fit_dirichlet_multinomial(whole)
    gamma = generator.gamma(whole + concentration, size=(n_splits, *whole.shape))
    total = gamma.sum(axis=2, keepdims=True)
    true = np.divide(gamma, total, out=np.full_like(gamma, 1 / whole.shape[1]), where=total > 0)
    return true, generator.multinomial(whole.sum(axis=1), true)


def fit_dirichlet_multinomial(counts: npt.NDArray[Any]) -> FloatArray:
    """Return the concentrations under which counts are likeliest, shape (emotion,).

    Examples
    --------
    >>> generator = np.random.default_rng(0)
    >>> shares = generator.dirichlet([0.5, 1.0, 3.0], size=2000)
    >>> fit_dirichlet_multinomial(generator.multinomial(9, shares)).round(1)
    array([0.5, 1. , 3. ])
    """
    rated = counts[counts.sum(axis=1) > 0]
    totals = rated.sum(axis=1)

    def surprise(logarithms: FloatArray) -> tuple[float, FloatArray]:
        alpha = np.exp(logarithms)
        mass = alpha.sum()
        likelihood = (gammaln(mass) - gammaln(totals + mass)).sum() + (
            gammaln(rated + alpha) - gammaln(alpha)
        ).sum()
        slope = (digamma(mass) - digamma(totals + mass)).sum() + (
            digamma(rated + alpha) - digamma(alpha)
        ).sum(axis=0)
        return -float(likelihood) / len(rated), -slope * alpha / len(rated)

    start = np.log(rated.mean(axis=0) / rated.mean(axis=0).sum() + 0.01)
    # Between certainty in every clip and the same distribution in every clip.
    found = minimize(surprise, start, jac=True, bounds=[(-10.0, 8.0)] * rated.shape[1])
    return np.asarray(np.exp(found.x))


def score_ceilings(
    counts: FloatArray,
    measures: Mapping[str, Measure],
    resampling: Resampling,
    n_splits: int,
    n_boot: int,
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    """Score halves of the votes, and perfect knowledge.

    Returns
    -------
    value : ndarray, shape (ceiling, measure)
        The means over the splits.
    samples : ndarray, shape (n_boot, ceiling, measure)
        On the resamples, of which each meets one of the splits.

    Raises
    ------
    VotesError
        If there is no split.
    """
    if n_splits < 1:
        raise VotesError(f"n_splits={n_splits} must be 1 or more")
    pairs = [halve_votes(counts, n_splits, seed), simulate_votes(counts, n_splits, seed)]
    scored = [_score_pairs(pair, measures, resampling, n_boot, seed) for pair in pairs]
    values, samples = zip(*scored, strict=True)
    return np.stack(values), np.stack(samples, axis=1)


def _score_pairs(
    pairs: Pairs, measures: Mapping[str, Measure], resampling: Resampling, n_boot: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    first, second = pairs
    n_splits, drawn = len(first), 0

    def scores(split: int, weights: FloatArray) -> FloatArray:
        return np.stack(
            [
                measure.over_utterances(first[split], second[split], weights)
                for measure in measures.values()
            ],
            axis=-1,
        )

    def statistic(weights: FloatArray) -> FloatArray:
        nonlocal drawn
        met = (drawn + np.arange(len(weights))) % n_splits
        drawn += len(weights)
        sample = np.empty((len(weights), len(measures)))
        for split in np.unique(met):
            sample[met == split] = scores(split, weights[met == split])
        return sample

    once = np.ones((1, first.shape[1]))
    value = mean_of_known(np.stack([scores(split, once)[0] for split in range(n_splits)]))
    return value, bootstrap(statistic, resampling, n_boot, seed)


def mean_of_known(values: FloatArray) -> FloatArray:
    """Return the mean over the first axis without NaN, NaN where nothing else is there."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    n = known.sum(axis=0)
    return np.asarray(np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0))


def _with_two(counts: FloatArray) -> npt.NDArray[np.int64]:
    whole = counts.astype(np.int64)
    whole[whole.sum(axis=1) < FEWEST_VOTES] = 0
    return whole
