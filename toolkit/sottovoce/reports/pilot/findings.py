"""Everything that the pilot's report tells, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sottovoce.alerts import Assumptions, choose_threshold
from sottovoce.errors import AlertError, ReadoutError, VotesError, require_one_of
from sottovoce.evaluation import (
    by_group,
    compare,
    evaluate,
    krippendorff_alpha,
    tune_readout,
)
from sottovoce.reports.answers import AnswerRow, answer_rows, failures
from sottovoce.reports.assessment import Assessment, assess
from sottovoce.reports.pilot.corrected import Corrected, correct
from sottovoce.reports.predictors import is_text_level
from sottovoce.reports.telling import Telling, telling_recordings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.alerts import Rule
    from sottovoce.corpora import Corpus
    from sottovoce.evaluation import Tuning

MODEL = "model"
GROUPINGS = ("speaker", "sex", "age", "emotion", "ambiguity", "duration")
#: What alerts cost and save where nobody said: round numbers, to show what the section tells.
PLACEHOLDERS = Assumptions(n_per_month=1000, cost_of_miss=10, cost_of_review=1)
Verdict = Literal["better", "undecided", "no_better"]


@dataclass(frozen=True)
class Findings:
    """What a pilot found.

    Parameters
    ----------
    run, corpus
        What was captured, and the votes.
    assessment
        Every read-out held against the votes.
    tuning
        The search over read-outs; None where it was not asked for, or not possible.
    shares
        What stands for the model, dims (utterance, emotion): held out from every choice if there
        was one.
    readout, prompt
        By which read-out and question they came.
    why
        "tuned", "best" or "given".
    evaluation
        Of these shares, with the constants and the ceiling of the same utterances.
    verdict
        Whether they are better than both constants, beyond the interval.
    agreement
        Of the listeners; None where it cannot be told.
    corrected
        The same read-out as it is, with the model's prior divided out, and calibrated.
    groups
        Grouping -> evaluation by group.
    alerts
        The choice of a threshold; None where there is nothing to choose by.
    assumptions_made_up
        Whether what alerts cost and save was not given.
    rows
        One for each recording and the question that was chosen.
    failed
        Recordings without an answer, and why.
    """

    run: xr.Dataset
    corpus: Corpus
    assessment: Assessment
    tuning: Tuning | None
    shares: xr.DataArray
    readout: str
    prompt: str
    why: Literal["tuned", "best", "given"]
    evaluation: xr.Dataset
    verdict: Verdict
    agreement: xr.Dataset | None
    corrected: Corrected
    groups: Mapping[str, xr.Dataset]
    alerts: xr.Dataset | None
    assumptions_made_up: bool
    rows: Sequence[AnswerRow]
    failed: Mapping[str, str]

    @property
    def emotions(self) -> list[str]:
        """What the shares divide between."""
        return [str(name) for name in self.shares["emotion"].values]

    @property
    def tellings(self) -> list[Telling]:
        """A recording that divides, one that the model got and one that it missed."""
        return telling_recordings(self.rows)

    @property
    def way_of_reading(self) -> str:
        """The read-out with its question, as the search names it."""
        if self.tuning is None:
            return f"{self.readout}, {self.prompt}"
        return self.readout + (", calibrated" if self.tuning.calibration is not None else "")

    def js(self, predictor: str = MODEL) -> tuple[float, float, float]:
        """Return the JS divergence of the model, a constant or the listeners, with its interval."""
        one = self.evaluation.sel(predictor=predictor, measure="js").squeeze("prompt")
        return float(one["value"]), float(one["low"]), float(one["high"])

    def has(self, predictor: str) -> bool:
        """Whether there is such a row in the evaluation."""
        return predictor in self.evaluation["predictor"].values

    def to_dict(self) -> dict[str, Any]:
        """Return the main figures as plain values, which JSON can hold."""
        alerts: dict[str, Any] | None = None
        if self.alerts is not None:
            alerts = {
                "rule": self.alerts.attrs["rule"],
                **{
                    str(name): _plain(self.alerts["value"].sel(quantity=name).item())
                    for name in self.alerts["quantity"].values
                },
            }
        return {
            **self.assessment.to_dict(),
            "model": {
                "readout": self.readout,
                "prompt": self.prompt,
                "why": self.why,
                "js": dict(zip(("value", "low", "high"), map(_plain, self.js()), strict=True)),
                "flattering": None if self.tuning is None else _plain(self.tuning.flattering),
            },
            "verdict": self.verdict,
            "corrected": self.corrected.to_dict(),
            "alpha": None if self.agreement is None else _plain(self.agreement["alpha"].item()),
            "alerts": alerts,
            "failed": dict(self.failed),
        }


def find(
    run: xr.Dataset,
    corpus: Corpus,
    *,
    readout: str | None = None,
    prompt: str | None = None,
    by: Sequence[str] | None = None,
    rule: Rule | str | None = None,
    assumptions: Assumptions | None = None,
    content_free: xr.Dataset | None = None,
    n_boot: int = 1000,
    seed: int = 0,
) -> Findings:
    """Work out what a pilot's report tells.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    corpus
        The recordings with their votes.
    readout, prompt
        What stands for the model. By default the best of many candidates is searched for by nested
        cross-validation over the speakers, and its held-out shares stand for the model; where
        there are too few speakers for that, the token-level read-out with the lowest JS divergence.
    by
        Groupings, as :func:`sottovoce.evaluation.by_group` takes them; by default all that the
        corpus knows of speaker, sex, age, emotion, ambiguity and duration.
    rule, assumptions
        An alert, and what it costs and saves. By default the emotion other than neutral that
        listeners heard most, under placeholders for the costs, which the report calls so.
    content_free
        A run over content-free recordings, such as silence, with the same prompts: what the model
        answers to nothing is then tried as its prior, beside the mean of its answers here.
    n_boot, seed
        Resamples for the intervals, and the seed of their draw.

    Raises
    ------
    ReadoutError
        If there is no such read-out or prompt, or the run allows none.
    VotesError
        If run and votes do not fit each other.
    AlertError
        If the rule does not fit the shares.
    """
    options: dict[str, Any] = {"n_boot": n_boot, "seed": seed}
    assessment = assess(run, corpus, **options)
    tuning = _tuned(run, corpus, options) if readout is None and prompt is None else None
    shares, name, question, why = _chosen(run, assessment, tuning, readout, prompt)
    evaluation = evaluate({MODEL: shares}, corpus, **options)
    rows = answer_rows(run.sel(prompt=[question]), _asked(shares, question), corpus)
    return Findings(
        run=run,
        corpus=corpus,
        assessment=assessment,
        tuning=tuning,
        shares=shares,
        readout=name,
        prompt=question,
        why=why,
        evaluation=evaluation,
        verdict=_verdict(shares, corpus, options),
        agreement=_agreement(corpus, options),
        corrected=_corrected(run, corpus, content_free, tuning, shares, question, options),
        groups=_groups(shares, corpus, by, options),
        alerts=_alerts(shares, corpus, rule, assumptions, options),
        assumptions_made_up=assumptions is None,
        rows=rows,
        failed=failures(run),
    )


def _tuned(run: xr.Dataset, corpus: Corpus, options: Mapping[str, Any]) -> Tuning | None:
    try:
        return tune_readout(run, corpus, **options)
    except VotesError:  # too few speakers to hold any out
        return None


def _chosen(
    run: xr.Dataset,
    assessment: Assessment,
    tuning: Tuning | None,
    readout: str | None,
    prompt: str | None,
) -> tuple[xr.DataArray, str, str, Literal["tuned", "best", "given"]]:
    """Return the shares that stand for the model, how they came, and why they were chosen."""
    if tuning is not None:
        asked = tuning.best.prompts
        return tuning.shares, tuning.best.name, asked[0], "tuned"
    prompts = [str(name) for name in run["prompt"].values]
    if prompt is not None:
        require_one_of("prompt", prompt, prompts, ReadoutError)
    known = assessment.predictions.shares
    if readout is not None:
        require_one_of("readout", readout, known, ReadoutError)
    order = [
        (question, name)
        for question, name in assessment.order()
        if prompt in (None, question) and (name == readout or not (readout or is_text_level(name)))
    ]
    js = assessment.evaluation["value"].sel(measure="js")
    question, name = min(
        order, key=lambda cell: np.nan_to_num(js.sel(prompt=cell[0], predictor=cell[1]), nan=np.inf)
    )
    shares = known[name].sel(prompt=question, drop=True)
    return shares, name, question, "best" if readout is None else "given"


def _corrected(
    run: xr.Dataset,
    corpus: Corpus,
    content_free: xr.Dataset | None,
    tuning: Tuning | None,
    shares: xr.DataArray,
    prompt: str,
    options: Mapping[str, Any],
) -> Corrected:
    """Try corrections on the shares as they were read, before any calibration."""
    if tuning is None:
        asked = None if content_free is None else content_free.sel(prompt=[prompt])
        return correct(shares, corpus, asked, options)
    read = tuning.best.read(run).sel(utterance=tuning.shares["utterance"].values)
    nothing = None if content_free is None else tuning.best.read(content_free)
    return correct(read, corpus, nothing, options)


def _asked(shares: xr.DataArray, prompt: str) -> xr.DataArray:
    return shares.drop_vars("prompt", errors="ignore").expand_dims(prompt=[prompt])


def _verdict(shares: xr.DataArray, corpus: Corpus, options: Mapping[str, Any]) -> Verdict:
    apart = [
        compare(shares, constant, corpus, **options).squeeze("prompt")
        for constant in ("uniform", "corpus mean")
    ]
    if any(float(one["difference"]) >= 0 for one in apart):
        return "no_better"
    return "better" if all(float(one["high"]) < 0 for one in apart) else "undecided"


def _agreement(corpus: Corpus, options: Mapping[str, Any]) -> xr.Dataset | None:
    try:
        found = krippendorff_alpha(corpus, **options)
    except VotesError:  # shares and not counts, or no recording with two votes
        return None
    return found if np.isfinite(found["alpha"]) else None


def _alerts(
    shares: xr.DataArray,
    corpus: Corpus,
    rule: Rule | str | None,
    assumptions: Assumptions | None,
    options: Mapping[str, Any],
) -> xr.Dataset | None:
    wanted = rule or f"{_most_heard(corpus)} above .5"
    try:
        return choose_threshold(wanted, shares, corpus, assumptions or PLACEHOLDERS, **options)
    except AlertError:
        if rule is not None:
            raise
        return None  # all or none of the recordings are cases, or there is nobody to hold out


def _most_heard(corpus: Corpus) -> str:
    """Return the emotion other than neutral with the most votes."""
    votes = corpus.votes.sum("utterance")
    names = [name for name in corpus.emotions if name != "neutral"] or corpus.emotions
    return max(names, key=lambda name: float(votes.sel(emotion=name)))


def _groups(
    shares: xr.DataArray,
    corpus: Corpus,
    by: Sequence[str] | None,
    options: Mapping[str, Any],
) -> dict[str, xr.Dataset]:
    found: dict[str, xr.Dataset] = {}
    for name in GROUPINGS if by is None else by:
        try:
            groups = by_group({MODEL: shares}, corpus, name, measures=["js"], **options)
        except VotesError:
            if by is not None:
                raise
            continue  # nothing is known by which to group
        if groups.sizes["group"] > 1 or by is not None:
            found[name] = groups
    return found


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
