"""Alerts beside what listeners heard: what was raised, what was true, over how much sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.sparse import csr_array

from sottovoce.alerts.rule import Rule, as_rule
from sottovoce.alerts.watching import require_enough_windows, running_length, sequence
from sottovoce.errors import AlertError, VotesError
from sottovoce.evaluation.alignment import reference_distribution, speakers_of
from sottovoce.evaluation.intervals import Resampling, resampling_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import xarray as xr

    from sottovoce.alerts.rule import BoolArray, FloatArray

MAJORITY = 0.5


@dataclass(frozen=True)
class Outcomes:
    """What a rule did on utterances whose truth is known from votes.

    Parameters
    ----------
    utterances
        Their ids, of windows or of whole recordings, as the votes have them.
    unit
        Which of the two.
    prompts
        Names, or [""].
    alarmed
        Whether the alert is on, shape (prompt, threshold, utterance); for a recording, whether it
        is in any of its windows.
    raised
        How often it is raised, shape (prompt, threshold, utterance).
    known
        Whether there are shares at all, shape (prompt, utterance).
    true
        Whether the listeners heard what the alert is about, shape (utterance,).
    hours
        The sound of each utterance, each second once; shape (utterance,). NaN if unknown.
    truth
        The rule that the votes were held against.
    resampling
        Speakers, or utterances where these are unknown.
    """

    utterances: list[str]
    unit: Literal["window", "recording"]
    prompts: list[str]
    alarmed: BoolArray
    raised: FloatArray
    known: BoolArray
    true: BoolArray
    hours: FloatArray
    truth: Rule
    resampling: Resampling


def outcomes(
    rule: Rule,
    shares: xr.DataArray,
    votes: Any,
    thresholds: Sequence[float],
    *,
    truth: Rule | str | None = None,
    speakers: Any = None,
) -> Outcomes:
    """Hold a rule against shares, at several thresholds, and its alerts against votes.

    Parameters
    ----------
    rule
        The rule.
    shares
        dims (utterance, emotion), and prompt if there are several.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus. Their ids are those of the
        shares, or, where the shares are of windows, of the recordings.
    thresholds
        Of the rule's first condition.
    truth
        The rule that says, held against the listeners' shares, when an alert is right; by default
        `default_truth`.
    speakers
        As for :func:`sottovoce.evaluation.evaluate`.

    Raises
    ------
    AlertError
        If a rule does not fit the shares, the truth does not fit the votes, or no truth is given
        where none is obvious.
    VotesError
        If shares and votes have no utterance in common.
    """
    right = default_truth(rule) if truth is None else as_rule(truth)
    if right.windows > 1:
        raise AlertError(f"truth={str(right)!r} must be about one recording, not windows running")
    reference = reference_distribution(votes)
    heard = [str(name) for name in reference["utterance"].values]
    names, unit = _names(shares, heard)
    on, raised, missing = _states(rule, shares, thresholds)
    own = set(names)
    voted = np.array([name in own for name in heard])
    ids = [name for name, kept in zip(heard, voted, strict=True) if kept]
    column = {name: place for place, name in enumerate(ids)}
    windows = np.array([place for place, name in enumerate(names) if name in column])
    of = np.array([column[name] for name in names if name in column])
    into: Any = csr_array((np.ones(len(of)), (windows, of)), shape=(len(names), len(ids)))

    def by_utterance(values: npt.ArrayLike) -> FloatArray:
        rows = np.asarray(values, dtype=np.float64)
        summed = rows.reshape(-1, len(names)) @ into
        return np.asarray(summed).reshape(*rows.shape[:-1], len(ids))

    emotions = [str(name) for name in reference["emotion"].values]
    return Outcomes(
        utterances=ids,
        unit=unit,
        prompts=[str(p) for p in shares["prompt"].values] if "prompt" in shares.dims else [""],
        alarmed=by_utterance(on) > 0,
        raised=by_utterance(raised),
        known=by_utterance(~missing) > 0,
        true=right.holds(reference.values[voted], emotions),
        hours=by_utterance(_hours(shares)),
        truth=right,
        resampling=resampling_units(ids, _speakers(shares, votes, speakers, names)),
    )


def default_truth(rule: Rule) -> Rule:
    """Return what a rule is about, as a majority of the listeners would say it.

    Raises
    ------
    AlertError
        If the rule is not simply about emotions being likely.

    Examples
    --------
    >>> default_truth(Rule.parse("angry + fearful above .7 for 3 windows running"))
    Rule('angry + fearful above 0.5')
    """
    about = rule.conditions[0]
    if len(rule.conditions) > 1 or about.is_ambiguity or about.side == "below":
        raise AlertError(
            f"rule {str(rule)!r}: say what the listeners must have heard for an alert to be right, "
            "such as truth='angry above 0.5' or truth='ambiguity above 1.5 bits'. Only for a rule "
            "about emotions being above a threshold is it taken to be the majority of the votes."
        )
    return as_rule(f"{' + '.join(about.signal)} above {MAJORITY}")


def _states(
    rule: Rule, shares: xr.DataArray, thresholds: Sequence[float]
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Return where alerts are on and raised (prompt, threshold, window), and shares missing."""
    order, first = sequence(shares)
    require_enough_windows(rule, first)
    rows = shares.transpose(..., "utterance", "emotion").values
    rows = rows if "prompt" in shares.dims else rows[None]
    emotions = [str(name) for name in shares["emotion"].values]
    about, *others = rule.conditions
    values = about.measure(rows, emotions)
    held = np.stack(
        [replace(about, threshold=float(one)).compare(values) for one in thresholds], axis=1
    )
    for other in others:
        held &= other.holds(rows, emotions)[:, None]
    running = np.empty(held.shape, dtype=np.int64)
    running[..., order] = running_length(held[..., order], first)
    return running >= rule.windows, running == rule.windows, np.isnan(rows).any(axis=-1)


def _names(
    shares: xr.DataArray, heard: Sequence[str]
) -> tuple[list[str], Literal["window", "recording"]]:
    """Return for each row of the shares the id that its votes would have."""
    ids = [str(name) for name in shares["utterance"].values]
    if not set(heard).isdisjoint(ids):
        return ids, "window"
    if "recording" in shares.coords:
        recordings = [str(name) for name in shares["recording"].values]
        if not set(heard).isdisjoint(recordings):
            return recordings, "recording"
    raise VotesError(
        f"no utterance has both shares and votes: shares are for {ids[:2]} ..., votes are for "
        f"{heard[:2]} ... Use the same ids on both sides."
    )


def _speakers(shares: xr.DataArray, votes: Any, speakers: Any, names: list[str]) -> dict[str, str]:
    """Return id -> speaker; the shares' own may be told by window."""
    told = speakers_of(shares, votes, speakers)
    windows = [str(name) for name in shares["utterance"].values]
    by_window = zip(windows, names, strict=True)
    return {name: told[window] for window, name in by_window if window in told} | told


def _hours(shares: xr.DataArray) -> FloatArray:
    """Return how much sound each window adds: up to the next one, where they overlap."""
    if "duration" not in shares.coords:
        return np.full(shares.sizes["utterance"], np.nan)
    seconds = shares["duration"].values.astype(float)
    order, first = sequence(shares)
    if "start" in shares.coords:
        start = shares["start"].values.astype(float)[order]
        until_next = np.append(np.diff(start), np.inf)
        until_next[np.append(first[1:], True)] = np.inf
        seconds[order] = np.minimum(seconds[order], until_next)
    return np.asarray(np.nan_to_num(seconds) / 3600)
