"""choose_threshold: the threshold that saves most, and what it saves on speakers it never saw."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.alerts.outcomes import Outcomes, outcomes
from sottovoce.alerts.rule import as_rule
from sottovoce.alerts.scores import (
    at_threshold,
    confusion,
    default_thresholds,
    divide,
    require_thresholds,
)
from sottovoce.errors import AlertError
from sottovoce.evaluation.intervals import (
    Resampling,
    bootstrap,
    percentile_interval,
    require_resampling_options,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from sottovoce.alerts.assumptions import Assumptions
    from sottovoce.alerts.rule import FloatArray, Rule

#: What is told of the chosen threshold, in this order.
CHOICE_QUANTITIES = (
    "saving",
    "saving_as_chosen",
    "saving_of_alarming_always",
    "return_on_investment",
    "recall",
    "false_alarm_rate",
    "precision",
    "alerts_per_month",
)
MOST_FOLDS = 10
# Savings that differ by less, as a part of the largest, are equal: sums round.
TIE = 1e-12


@dataclass(frozen=True)
class Rates:
    """How a rule does at each threshold on resamples.

    Parameters
    ----------
    recall, false_alarm_rate, prevalence
        Shape (resample, threshold).
    """

    recall: FloatArray
    false_alarm_rate: FloatArray
    prevalence: FloatArray

    @property
    def parts(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """All three, as `Assumptions` takes them."""
        return self.recall, self.false_alarm_rate, self.prevalence


def choose_threshold(
    rule: Rule | str,
    shares: xr.DataArray,
    votes: Any,
    assumptions: Assumptions,
    *,
    thresholds: Sequence[float] | None = None,
    truth: Rule | str | None = None,
    speakers: Any = None,
    n_folds: int = MOST_FOLDS,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Find the threshold that saves most, and judge it on speakers that had no part in choosing it.

    The threshold that comes out is the best on all speakers. What it saves is told by
    cross-validation: it is chosen anew without a fold of the speakers, and used on these; all folds
    together give the rates of which a saving is made. The bootstrap over speakers repeats all of
    it, so that the intervals hold the uncertainty of the choice too, though not that of the
    assumptions: change these, and see.

    Parameters
    ----------
    rule
        The rule, or its text; the threshold of its first condition is what is chosen.
    shares
        dims (utterance, emotion), and prompt if there is just one.
    votes, truth, speakers, n_boot, seed, confidence
        As for `score_rule`.
    assumptions
        What alerts cost and save.
    thresholds
        To choose from; by default a hundred steps.
    n_folds
        At most; speakers stay whole.

    Returns
    -------
    Dataset
        `value`, `low` and `high` along quantity: "saving" over all months against doing nothing,
        on held-out speakers; "saving_as_chosen", the flattering figure on those that it was chosen
        on; "saving_of_alarming_always"; "return_on_investment", saving by spending; and, held out,
        "recall", "false_alarm_rate", "precision" at the assumed prevalence and "alerts_per_month".
        `chosen`, the threshold; `chosen_in_fold` (fold); `curve`, `curve_low`, `curve_high`, the
        saving at each threshold on all speakers (threshold). `share_positive`, the part of the
        resamples in which the held-out saving is above zero. The attributes hold the rule as
        chosen, the truth and all assumptions.

    Raises
    ------
    AlertError
        As `score_rule`, or if there are several prompts, or too few speakers, or utterances, to
        hold any out, or if either all or none of them are cases.

    Notes
    -----
    Thresholds that save equally much are frequent; of these the middle one is taken. Where no
    threshold saves more than alarming never, that is what is chosen, and `notes` says so.

    Examples
    --------
    >>> from sottovoce.alerts import Assumptions
    >>> rng = np.random.default_rng(0)
    >>> labels = {"utterance": range(200), "emotion": ["angry", "sad"]}
    >>> angry = rng.uniform(size=200)
    >>> votes = xr.DataArray(np.stack([angry, 1 - angry], axis=1), labels)
    >>> heard = np.clip(angry + rng.normal(0, 0.1, 200), 0, 1)
    >>> shares = xr.DataArray(np.stack([heard, 1 - heard], axis=1), labels)
    >>> speakers = {str(i): f"speaker {i % 8}" for i in range(200)}
    >>> assumed = Assumptions(n_per_month=100, cost_of_miss=10, cost_of_review=4, months=1)
    >>> best = choose_threshold("angry above .5", shares, votes, assumed, speakers=speakers)
    >>> best["chosen"].item()
    0.48
    >>> best["value"].sel(quantity=["saving", "saving_as_chosen"]).values.round()
    array([305., 309.])
    """
    rule = as_rule(rule)
    require_resampling_options(n_boot, confidence)
    if "prompt" in shares.dims and shares.sizes["prompt"] > 1:
        raise AlertError(
            f"shares have {shares.sizes['prompt']} prompts, and a threshold belongs to one: "
            "choose it with shares.sel(prompt=[...])"
        )
    given = np.sort(default_thresholds(rule, shares) if thresholds is None else thresholds)
    # From few alerts to many, so that "alarming never" comes first.
    ordered = given[::-1] if rule.conditions[0].side == "above" else given
    require_thresholds(rule, ordered.tolist())
    found = _known(outcomes(rule, shares, votes, ordered.tolist(), truth=truth, speakers=speakers))
    if found.true.all() or not found.true.any():
        raise AlertError(
            f"{'All' if found.true.all() else 'None'} of {len(found.utterances)} utterances are "
            f"cases ({found.truth}), so no threshold can be judged. Give other votes, or truth=..."
        )
    fold = _folds(found, n_folds, seed)
    n_folds = int(fold.max()) + 1

    def quantities(counts: FloatArray) -> FloatArray:
        return _quantities(found, counts, fold, assumptions)

    def savings(counts: FloatArray) -> FloatArray:
        return assumptions.saving(*_rates(found, counts).parts)

    whole = np.ones((1, len(found.utterances)))
    samples = bootstrap(quantities, found.resampling, n_boot, seed)
    curves = bootstrap(savings, found.resampling, n_boot, seed)
    low, high = percentile_interval(samples, confidence)
    curve_low, curve_high = percentile_interval(curves, confidence)
    curve = savings(whole)
    best = int(_best(curve)[0])
    in_fold = [ordered[_best(savings(whole * (fold != one)))[0]] for one in range(n_folds)]
    value = quantities(whole)[0]
    notes = [found.resampling.note] if found.resampling.note else []
    if not found.alarmed[0, best].any():
        notes.append("No threshold saves more than raising no alert at all.")
    if value[0] < 0:
        notes.append("On held-out speakers, alerts cost more than they save.")
    if assumptions.prevalence is None:
        notes.append("The prevalence is that among the votes; where it is used it may be another.")
    held_out = samples[:, 0]
    ascending = np.argsort(ordered)
    return xr.Dataset(
        {
            "value": ("quantity", value),
            "low": ("quantity", low),
            "high": ("quantity", high),
            "chosen": ((), float(ordered[best])),
            "chosen_in_fold": ("fold", np.asarray(in_fold, dtype=float)),
            "curve": ("threshold", curve[0, ascending]),
            "curve_low": ("threshold", curve_low[ascending]),
            "curve_high": ("threshold", curve_high[ascending]),
            "share_positive": (
                (),
                float(np.mean(held_out > 0)) if len(held_out) else np.nan,
            ),
            "n": ((), len(found.utterances)),
            "n_true": ((), int(found.true.sum())),
        },
        coords={"quantity": list(CHOICE_QUANTITIES), "threshold": ordered[ascending]},
        attrs={
            "rule": str(at_threshold(rule, ordered[best])),
            "truth": str(found.truth),
            "assumptions": json.dumps(assumptions.to_dict(), ensure_ascii=False),
            "currency": assumptions.currency,
            "months": assumptions.months,
            "held_out": found.resampling.unit,
            "n_folds": n_folds,
            "resampled": found.resampling.unit,
            "n_resampled": found.resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": "\n".join(notes),
        },
    )


def _known(found: Outcomes) -> Outcomes:
    """Return the outcomes of those utterances alone that have shares."""
    keep = found.known[0]
    if not keep.any():
        raise AlertError("no utterance with votes has shares")
    _, unit_of = np.unique(found.resampling.unit_of[keep], return_inverse=True)
    resampling = Resampling(
        found.resampling.unit,
        unit_of.astype(np.intp),
        int(unit_of.max()) + 1,
        found.resampling.note,
    )
    return replace(
        found,
        utterances=[name for name, kept in zip(found.utterances, keep, strict=True) if kept],
        alarmed=found.alarmed[..., keep],
        raised=found.raised[..., keep],
        known=found.known[:, keep],
        true=found.true[keep],
        hours=found.hours[keep],
        resampling=resampling,
    )


def _folds(found: Outcomes, n_folds: int, seed: int) -> npt.NDArray[np.intp]:
    """Return the fold of each utterance; those of a speaker are in one."""
    n_units = found.resampling.n_units
    if n_folds < 2 or n_units < 2:
        raise AlertError(
            f"n_folds={n_folds} of {n_units} {found.resampling.unit}s leave nobody to hold out; "
            "both must be at least 2"
        )
    shuffled = np.random.default_rng(seed).permutation(n_units)
    return np.asarray((shuffled % min(n_folds, n_units))[found.resampling.unit_of])


def _rates(found: Outcomes, counts: FloatArray) -> Rates:
    hit, false = (part[:, 0] for part in confusion(found, counts))
    true, others = (counts @ which for which in (found.true, ~found.true))
    prevalence = divide(true, true + others)[:, None]
    return Rates(
        divide(hit, np.broadcast_to(true[:, None], hit.shape)),
        divide(false, np.broadcast_to(others[:, None], false.shape)),
        np.broadcast_to(prevalence, hit.shape),
    )


def _best(savings: FloatArray) -> npt.NDArray[np.intp]:
    """Return for each resample the place of the largest saving, the middle one of equal ones."""
    known = np.where(np.isnan(savings), -np.inf, savings)
    most = known.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        equal = known >= most - TIE * np.abs(np.where(np.isfinite(most), most, 0))
    rank = np.cumsum(equal, axis=1)
    middle = (rank[:, -1:] + 1) // 2
    return np.asarray((equal & (rank == middle)).argmax(axis=1))


def _quantities(
    found: Outcomes, counts: FloatArray, fold: npt.NDArray[np.intp], assumptions: Assumptions
) -> FloatArray:
    """Return what is told of a choice on resamples, shape (resample, quantity)."""
    rows = np.arange(len(counts))
    hit, false = np.zeros(len(counts)), np.zeros(len(counts))
    for one in range(int(fold.max()) + 1):
        chosen = _best(assumptions.saving(*_rates(found, counts * (fold != one)).parts))
        hits, falses = confusion(found, counts * (fold == one))
        hit += hits[rows, 0, chosen]
        false += falses[rows, 0, chosen]
    true, others = (counts @ which for which in (found.true, ~found.true))
    held_out = (divide(hit, true), divide(false, others), divide(true, true + others))
    curve = assumptions.saving(*_rates(found, counts).parts)
    saving = assumptions.saving(*held_out)
    always = assumptions.saving(1.0, 1.0, held_out[2])
    return np.stack(
        [
            saving,
            curve[rows, _best(curve)],
            np.broadcast_to(always, saving.shape),
            divide(saving, assumptions.spending(*held_out)),
            held_out[0],
            held_out[1],
            assumptions.precision(*held_out),
            assumptions.alerts_per_month(*held_out),
        ],
        axis=1,
    )
