"""score_rule and threshold_curve: how often alerts are right, and how many there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.alerts.outcomes import Outcomes, outcomes
from sottovoce.alerts.rule import as_rule
from sottovoce.errors import AlertError
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.alerts.rule import FloatArray, Rule

#: What is told of a rule, in this order.
ALERT_MEASURES = (
    "precision",
    "recall",
    "f1",
    "false_alarm_rate",
    "prevalence",
    "alerts_per_hour",
    "false_alerts_per_hour",
)
N_THRESHOLDS = 101


def score_rule(
    rule: Rule | str,
    shares: xr.DataArray,
    votes: Any,
    *,
    truth: Rule | str | None = None,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Hold the alerts of a rule against what listeners heard.

    Parameters
    ----------
    rule
        The rule, or its text.
    shares
        From :func:`sottovoce.read_out`: dims (utterance, emotion), and prompt if there are several.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus. Votes are by utterance, or by
        the recording of which the utterances are windows; such a recording counts as alarmed if
        the alert is on in any window.
    truth
        The rule that says, held against the listeners' shares, when an alert is right. By default
        that a majority heard what the rule is about; to be given for rules of other kinds.
    speakers, n_boot, seed, confidence
        As for :func:`sottovoce.evaluation.evaluate`.

    Returns
    -------
    Dataset
        `value`, `low` and `high`, dims (prompt, measure): "precision" (of those that are alarmed,
        how many are true), "recall" (of the true, how many are alarmed), "f1", "false_alarm_rate"
        (of those that are not true, how many are alarmed), "prevalence" (how many are true, which
        is the precision of alarming always), "alerts_per_hour" of sound, and
        "false_alerts_per_hour". NaN where nothing can be divided. Further `n`, `n_missing`,
        `n_true`, `n_alarmed` and `n_alerts` (prompt).

    Raises
    ------
    AlertError
        If the rule does not fit the shares, the truth does not fit the votes, or none is given
        where none is obvious.
    VotesError
        If shares and votes have no utterance in common.

    Notes
    -----
    Precision holds for this prevalence only: where anger is rarer than in a corpus of acted speech,
    more of the alerts are false. `Assumptions` takes a prevalence of its own. Intervals are by
    bootstrap over speakers.

    Examples
    --------
    >>> labels = {"utterance": list("abcd"), "emotion": ["angry", "sad"]}
    >>> votes = xr.DataArray([[9, 1], [8, 2], [2, 8], [1, 9]], labels)
    >>> shares = xr.DataArray([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3], [0.2, 0.8]], labels)
    >>> result = score_rule("angry above .6", shares, votes, n_boot=0)
    >>> result["value"].sel(prompt="", measure=["precision", "recall"]).values
    array([0.5, 0.5])
    >>> result.attrs["truth"]
    'angry above 0.5'
    """
    rule = as_rule(rule)
    thresholds = [rule.conditions[0].threshold]
    found = outcomes(rule, shares, votes, thresholds, truth=truth, speakers=speakers)
    whole = _scored(found, n_boot, seed, confidence)
    return whole.isel(threshold=0, drop=True).assign_attrs(rule=str(rule))


def threshold_curve(
    rule: Rule | str,
    shares: xr.DataArray,
    votes: Any,
    *,
    thresholds: Sequence[float] | None = None,
    truth: Rule | str | None = None,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Score a rule at many thresholds of its first condition.

    Parameters
    ----------
    rule, shares, votes, truth, speakers, n_boot, seed, confidence
        As for `score_rule`. The truth does not move with the threshold.
    thresholds
        By default a hundred steps from 0 to 1, or, of ambiguity, to its most.

    Returns
    -------
    Dataset
        As of `score_rule`, with a further dim threshold, ascending.

    Raises
    ------
    AlertError
        As `score_rule`, or if a threshold is out of range.

    Examples
    --------
    >>> labels = {"utterance": list("abcd"), "emotion": ["angry", "sad"]}
    >>> votes = xr.DataArray([[9, 1], [8, 2], [2, 8], [1, 9]], labels)
    >>> shares = xr.DataArray([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3], [0.2, 0.8]], labels)
    >>> curve = threshold_curve("angry above .6", shares, votes, thresholds=[0.4, 0.6, 0.8])
    >>> curve["value"].sel(prompt="", measure="recall").values
    array([1. , 0.5, 0.5])
    """
    rule = as_rule(rule)
    given = sorted(default_thresholds(rule, shares) if thresholds is None else thresholds)
    require_thresholds(rule, given)
    found = outcomes(rule, shares, votes, given, truth=truth, speakers=speakers)
    whole = _scored(found, n_boot, seed, confidence)
    return whole.assign_coords(threshold=given).assign_attrs(rule=str(rule))


def default_thresholds(rule: Rule, shares: xr.DataArray) -> list[float]:
    """Return equal steps over what the first condition can be."""
    most = np.log2(shares.sizes["emotion"]) if rule.conditions[0].is_ambiguity else 1.0
    return [round(float(step), 6) for step in np.linspace(0, most, N_THRESHOLDS)]


def at_threshold(rule: Rule, threshold: float) -> Rule:
    """Return the rule with a threshold in its first condition."""
    first, *others = rule.conditions
    return replace(rule, conditions=(replace(first, threshold=float(threshold)), *others))


def require_thresholds(rule: Rule, thresholds: Sequence[float]) -> None:
    """Refuse thresholds that the rule cannot have."""
    if not len(thresholds):
        raise AlertError("thresholds=[] must hold at least one")
    for threshold in thresholds:
        at_threshold(rule, threshold)


def _scored(found: Outcomes, n_boot: int, seed: int, confidence: float) -> xr.Dataset:
    """Return the measures at every threshold."""
    require_resampling_options(n_boot, confidence)
    counted = np.ones((1, len(found.utterances)))
    value = measure(found, counted)[0]
    samples = bootstrap(lambda counts: measure(found, counts), found.resampling, n_boot, seed)
    low, high = percentile_interval(samples, confidence)
    dims = ("prompt", "threshold", "measure")
    known = found.known[:, None]
    notes = [found.resampling.note] if found.resampling.note else []
    if np.isnan(found.hours).any():
        notes.append("No alerts per hour, since the shares do not tell how long the sound is.")
    return xr.Dataset(
        {
            "value": (dims, value),
            "low": (dims, low),
            "high": (dims, high),
            "n": ("prompt", found.known.sum(axis=-1)),
            "n_missing": ("prompt", (~found.known).sum(axis=-1)),
            "n_true": ("prompt", (found.known & found.true).sum(axis=-1)),
            "n_alarmed": (dims[:2], (found.alarmed & known).sum(axis=-1)),
            "n_alerts": (dims[:2], (found.raised * known).sum(axis=-1).astype(int)),
        },
        coords={"prompt": found.prompts, "measure": list(ALERT_MEASURES)},
        attrs={
            "truth": str(found.truth),
            "unit": found.unit,
            "resampled": found.resampling.unit,
            "n_resampled": found.resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": "\n".join(notes),
        },
    )


def measure(found: Outcomes, counts: FloatArray) -> FloatArray:
    """Return the measures on resamples.

    Parameters
    ----------
    found
        What the rule did.
    counts
        How often each utterance counts, shape (resample, utterance).

    Returns
    -------
    ndarray
        Shape (resample, prompt, threshold, measure), in the order of `ALERT_MEASURES`.
    """
    hit, false = confusion(found, counts)
    known = found.known[:, None]
    true, others = (counts @ (known & which)[:, 0].T for which in (found.true, ~found.true))
    true, others = (np.broadcast_to(n[..., None], hit.shape) for n in (true, others))
    heard = np.broadcast_to((counts @ (found.known * found.hours).T)[..., None], hit.shape)
    raised = _weighted(counts, found.raised * known)
    wrong = _weighted(counts, found.raised * (known & ~found.true))
    return np.stack(
        [
            divide(hit, hit + false),
            divide(hit, true),
            divide(2 * hit, hit + false + true),
            divide(false, others),
            divide(true, true + others),
            divide(raised, heard),
            divide(wrong, heard),
        ],
        axis=-1,
    )


def confusion(found: Outcomes, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how many alarmed utterances are true, and how many are not.

    Each of shape (resample, prompt, threshold).
    """
    alarmed = found.alarmed & found.known[:, None]
    return _weighted(counts, alarmed & found.true), _weighted(counts, alarmed & ~found.true)


def divide(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Divide, with NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, np.nan))


def _weighted(counts: FloatArray, values: Any) -> FloatArray:
    """Sum values (prompt, threshold, utterance) by counts (resample, utterance)."""
    rows = np.asarray(values, dtype=np.float64).reshape(-1, values.shape[-1])
    return (counts @ rows.T).reshape(-1, *values.shape[:2])
