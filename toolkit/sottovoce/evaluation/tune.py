"""tune_readout: which way of reading a run is nearest to the votes, told without flattery."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.calibrate import calibrate, held_out_scaling
from sottovoce.evaluation.candidates import Candidate, list_candidates, read_candidates
from sottovoce.evaluation.evaluate import evaluate
from sottovoce.evaluation.folds import speaker_folds
from sottovoce.evaluation.intervals import resampling_units
from sottovoce.evaluation.measures import find_measure
from sottovoce.readout import fit_scaling, scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from sottovoce.evaluation.measures import Measure
    from sottovoce.readout import Calibration

    FloatArray = npt.NDArray[np.float64]
    Fold = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

TUNED = "chosen anew without each fold"
N_FOLDS = 5
N_INNER_FOLDS = 3


@dataclass(frozen=True)
class Tuning:
    """What :func:`tune_readout` found.

    Parameters
    ----------
    best
        The candidate with the best score on all votes; take this one for new recordings.
    calibration
        Fitted on all votes, if the best one is calibrated.
    honest
        The score to be expected on other speakers: of shares that were chosen, and fitted, without
        their speaker.
    low, high
        Its interval over speakers.
    flattering
        The score of the best candidate on the votes that it was chosen by.
    candidates
        A row each, the best first: what it is, `score` on all votes, `folds`, in how many it won.
    shares
        The held-out shares, dims (utterance, emotion), to be evaluated further.
    refused
        Candidates that this run does not allow, and why.
    same
        Candidates with the very shares of an earlier one, which stands for both.
    attrs
        Measure, folds, and what was held out.
    """

    best: Candidate
    calibration: Calibration | None
    honest: float
    low: float
    high: float
    flattering: float
    candidates: pd.DataFrame
    shares: xr.DataArray
    refused: Mapping[str, str]
    same: Mapping[str, str]
    attrs: Mapping[str, Any]

    @property
    def optimism(self) -> float:
        """How much the best of many flatters itself, in the direction that is better."""
        apart = self.honest - self.flattering
        return apart if self.attrs["better"] == "lower" else -apart

    def apply(self, run: xr.Dataset) -> xr.DataArray:
        """Read another run out as the best candidate does, dims (utterance, emotion)."""
        shares = self.best.read(run)
        return self.calibration.apply(shares) if self.calibration is not None else shares

    def __str__(self) -> str:
        interval = "" if np.isnan(self.low) else f" [{self.low:.3f}, {self.high:.3f}]"
        n = len(self.candidates)
        return (
            f"Best of {n} candidates by {self.attrs['measure']}: {self.best.name}, "
            f"{self.flattering:.3f} on the votes that it was chosen by. On "
            f"{self.attrs['held_out']}s that had no part in the choice, expect "
            f"{self.honest:.3f}{interval}; choosing flatters by {self.optimism:.3f}."
        )


def tune_readout(
    run: xr.Dataset,
    votes: Any,
    candidates: Sequence[Candidate] | None = None,
    *,
    measure: str = "js",
    calibrated: bool = True,
    n_folds: int = N_FOLDS,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Tuning:
    """Compare read-outs, steps, spellings and prompts on what was captured, and choose.

    The model is not asked again. Candidates are compared by nested cross-validation: for every
    group of speakers, the best is chosen, and calibrated, by the votes on all others, and then
    scored on the group.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    candidates
        By default those of `list_candidates`: token-level read-outs and the text, over several
        choices of steps, with all spellings and with the emotions' names alone, for every prompt
        and the pools of all prompts.
    measure
        What to choose by.
    calibrated
        Whether to try each candidate with a fitted temperature and biases as well. Within each
        training part they are fitted by a further cross-validation, so that a fit is not chosen for
        knowing the votes by heart.
    n_folds
        Groups of speakers.
    speakers, n_boot, seed, confidence
        As for `evaluate`. Where speakers are unknown, utterances are held out, which is too kind.

    Returns
    -------
    Tuning
        With both scores: the honest one on held-out speakers, and the flattering one.

    Raises
    ------
    VotesError
        If run and votes do not fit each other, there are too few speakers, or no candidate can be
        read.

    References
    ----------
    G. C. Cawley, N. L. C. Talbot, "On over-fitting in model selection and subsequent selection bias
    in performance evaluation", Journal of Machine Learning Research 11, 2079-2107, 2010.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, corpus.recordings, ["one_word", "json"], progress=False)
    >>> found = tune_readout(run, corpus, n_boot=0)
    >>> found.candidates.columns.tolist()
    ['candidate', 'readout', 'options', 'spellings', 'prompts', 'calibrated', 'score', 'folds']
    >>> found.apply(run).dims
    ('utterance', 'emotion')
    """
    chosen = find_measure(measure)
    listed = list(candidates) if candidates is not None else list_candidates(run)
    shares, refused, same = read_candidates(run, listed)
    if not shares:
        told = "; ".join(f"{name}: {why}" for name, why in list(refused.items())[:3])
        raise VotesError(f"this run allows none of the {len(listed)} candidates. {told}")
    aligned = align({name: array for name, (_, array) in shares.items()}, votes)
    reference = aligned.reference.values
    resampling = resampling_units(
        aligned.utterances, speakers_of(shares_of(shares), votes, speakers)
    )
    folds = speaker_folds(resampling, n_folds, seed)
    cases = {name: given for (name, _), given in aligned.predictions.items()}
    variants = [(name, False) for name in cases] + [
        (name, True) for name in (cases if calibrated else ())
    ]
    held = np.full(reference.shape, np.nan)
    winners = []
    for train, test in folds:
        inner = _inner_folds(resampling.unit_of, train, seed) if calibrated else []
        score = _scores(cases, variants, reference, train, inner, chosen)
        winner = variants[_best(score, chosen)]
        winners.append(winner)
        held[test] = _read_held_out(
            cases[winner[0]], reference, train, test, calibrate_it=winner[1]
        )
    everything = np.arange(len(reference))
    whole = _scores(cases, variants, reference, everything, folds, chosen)
    place = _best(whole, chosen)
    best, is_calibrated = shares[variants[place][0]][0], variants[place][1]
    result = xr.DataArray(
        held,
        aligned.reference.coords,
        aligned.reference.dims,
        name=TUNED,
        attrs={"readout": "tuned", "n_folds": len(folds)},
    )
    evaluation = evaluate(
        {TUNED: result},
        votes,
        measures=[measure],
        speakers=speakers_of(shares_of(shares), votes, speakers) or None,
        n_boot=n_boot,
        n_splits=0,
        seed=seed,
        confidence=confidence,
    ).sel(predictor=TUNED, measure=measure)
    return Tuning(
        best=best,
        calibration=calibrate(shares[best.name][1], votes) if is_calibrated else None,
        honest=float(evaluation["value"].item()),
        low=float(evaluation["low"].item()),
        high=float(evaluation["high"].item()),
        flattering=float(whole[place]),
        candidates=_table(shares, variants, whole, winners, chosen),
        shares=result,
        refused=refused,
        same=same,
        attrs={
            "measure": measure,
            "better": chosen.better,
            "n_folds": len(folds),
            "held_out": resampling.unit,
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )


def shares_of(read: Mapping[str, tuple[Candidate, xr.DataArray]]) -> dict[str, xr.DataArray]:
    """Return name -> shares."""
    return {name: array for name, (_, array) in read.items()}


def _scores(
    cases: Mapping[str, FloatArray],
    variants: Sequence[tuple[str, bool]],
    reference: FloatArray,
    part: npt.NDArray[np.intp],
    folds: list[Fold],
    measure: Measure,
) -> FloatArray:
    """Return each variant's score on a part, NaN where it misses utterances that others have."""
    scores = np.full(len(variants), np.nan)
    n_known = {name: int((~np.isnan(cases[name][part]).any(axis=1)).sum()) for name in cases}
    most = max(n_known.values())
    for place, (name, is_calibrated) in enumerate(variants):
        if n_known[name] < most:
            continue
        given = cases[name][part]
        if is_calibrated:
            given = held_out_scaling(given, reference[part], folds)
        scores[place] = measure.over_utterances(given, reference[part], None)
    return scores


def _best(scores: FloatArray, measure: Measure) -> int:
    if np.isnan(scores).all():
        raise VotesError(f"{measure.name} is undefined for every candidate on these votes")
    return int(np.nanargmin(scores) if measure.better == "lower" else np.nanargmax(scores))


def _inner_folds(
    unit_of: npt.NDArray[np.intp], train: npt.NDArray[np.intp], seed: int
) -> list[Fold]:
    """Return folds of the training part, as positions within it."""
    from sottovoce.evaluation.intervals import Resampling

    units, own = np.unique(unit_of[train], return_inverse=True)
    part = Resampling("speaker", own.astype(np.intp), len(units))
    if len(units) < 2:
        raise VotesError(
            "tuning needs three speakers: one to hold out, and two to choose by the one for the "
            "other. Give more, or set calibrated=False"
        )
    return speaker_folds(part, N_INNER_FOLDS, seed)


def _read_held_out(
    given: FloatArray,
    reference: FloatArray,
    train: npt.NDArray[np.intp],
    test: npt.NDArray[np.intp],
    *,
    calibrate_it: bool,
) -> FloatArray:
    if not calibrate_it:
        return given[test]
    return scale(given[test], *fit_scaling(given[train], reference[train]))


def _table(
    shares: Mapping[str, tuple[Candidate, xr.DataArray]],
    variants: Sequence[tuple[str, bool]],
    scores: FloatArray,
    winners: Sequence[tuple[str, bool]],
    measure: Measure,
) -> pd.DataFrame:
    won = Counter(winners)
    rows = [
        {
            "candidate": name,
            **shares[name][0].told(),
            "calibrated": is_calibrated,
            "score": score,
            "folds": won[name, is_calibrated],
        }
        for (name, is_calibrated), score in zip(variants, scores, strict=True)
    ]
    table = pd.DataFrame(rows)
    lower = measure.better == "lower"
    return table.sort_values("score", ascending=lower, kind="stable", ignore_index=True)
