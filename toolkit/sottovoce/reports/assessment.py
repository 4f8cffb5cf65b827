"""A run held against the listeners: every read-out, the constants, and token against text."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.dataset import select_ok
from sottovoce.evaluation import by_group, evaluate, reference_distribution, to_json
from sottovoce.readout import pool_windows
from sottovoce.reports.comparison import DEFAULT_READOUT, MEASURE, Comparison, compare_levels
from sottovoce.reports.corrections import (
    CALIBRATED,
    CORRECTED,
    with_calibration,
    with_prior_divided_out,
)
from sottovoce.reports.predictors import Predictions, predict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import xarray as xr


@dataclass(frozen=True)
class Assessment:
    """What `assess` found.

    Parameters
    ----------
    predictions
        The shares of every read-out, and those that the run refused.
    evaluation
        From :func:`sottovoce.evaluate`.
    comparisons
        For every prompt the best token-level read-out against the text.
    groups
        By what was grouped, such as "sex", to the evaluation by group of the best read-out; see
        :func:`sottovoce.evaluation.by_group`. Its attributes `prompt` and `readout` say which.
    """

    predictions: Predictions
    evaluation: xr.Dataset
    comparisons: tuple[Comparison, ...]
    groups: Mapping[str, xr.Dataset] = field(default_factory=dict)

    def order(self) -> list[tuple[str, str]]:
        """Return (prompt, read-out) as a table has them: by prompt, the lowest JS first."""
        js = self.evaluation["value"].sel(measure=MEASURE)
        readouts = self.evaluation["predictor"].values[self.evaluation["kind"] == "readout"]
        cells = [
            (str(prompt), str(name), float(js.sel(predictor=name, prompt=prompt)))
            for prompt in self.evaluation["prompt"].values
            for name in readouts
        ]
        prompts = [str(prompt) for prompt in self.evaluation["prompt"].values]
        cells.sort(key=lambda cell: (prompts.index(cell[0]), np.isnan(cell[2]), cell[2]))
        return [(prompt, name) for prompt, name, _ in cells]

    def remarks(self) -> list[str]:
        """Return what a reader must know of the numbers: how they came, and what is left out."""
        attrs = self.evaluation.attrs
        resampled = f"{attrs['n_resampled']} {attrs['resampled']}s"
        notes = [note for note in str(attrs["notes"]).splitlines() if not _is_of_one(note)]
        lacking = [
            f"{name} to {prompt}, {int(self.evaluation['n_missing'].sel(at))}"
            for prompt, name in self.order()
            if int(self.evaluation["n_missing"].sel(at := {"prompt": prompt, "predictor": name}))
        ]
        if lacking:
            notes.append(
                "Answers without shares, which are left out: "
                + "; ".join(lacking)
                + ". A smaller n can flatter, where what is missing is difficult."
            )
        return [
            f"Intervals: {attrs['confidence']:.0%}, {attrs['n_boot']} resamples of {resampled}.",
            str(attrs["constants"]),
            *([str(attrs["ceiling"])] if attrs["ceiling"] else []),
            *notes,
            *self._pooled(),
            *self._corrections(),
            *self._fallbacks(),
            *self._no_better_than_a_guess(),
            *(f"{name} is left out: {why}" for name, why in self.predictions.refused.items()),
        ]

    def _pooled(self) -> list[str]:
        """Tell of recordings that were captured in windows and voted on as a whole."""
        shares = next(iter(self.predictions.shares.values()))
        n_windows = shares.attrs.get("n_windows_pooled", 0)
        if not n_windows:
            return []
        told = f"{n_windows} windows are of longer recordings that were voted on as a whole"
        return [f"{told}: the mean over a recording's windows is held against its votes."]

    def _corrections(self) -> list[str]:
        """Tell what was laid over read-outs, once for each kind."""
        shares = self.predictions.shares.values()
        priors = dict.fromkeys(
            str(one.attrs["prior_from"]) for one in shares if "prior_from" in one.attrs
        )
        held = dict.fromkeys(
            str(one.attrs["held_out"]) for one in shares if "held_out" in one.attrs
        )
        return [
            *(f"{CORRECTED}: divided by the model's prior, from {source}." for source in priors),
            *(
                f"{CALIBRATED}: with a temperature and biases fitted to the votes on other {unit}s."
                for unit in held
            ),
        ]

    def _fallbacks(self) -> list[str]:
        """Tell where a read-out had to read something else than it is meant to."""
        shares = self.predictions.shares
        counts = {
            name: int(array.attrs["n_answer_step_fallback"])
            for name, array in shares.items()
            if array.attrs.get("n_answer_step_fallback")
        }
        return [
            f"{name}: {count} of {shares[name].isel(emotion=0).size} answers name no emotion; the "
            "step at which one was likeliest was read instead."
            for name, count in counts.items()
        ]

    def _no_better_than_a_guess(self) -> list[str]:
        """Tell where the default read-out is no nearer to the listeners than a constant."""
        if DEFAULT_READOUT not in self.predictions.shares:
            return []
        js = self.evaluation["value"].sel(measure=MEASURE)
        told = []
        for prompt in map(str, self.evaluation["prompt"].values):
            heard = float(js.sel(prompt=prompt, predictor=DEFAULT_READOUT))
            uniform = float(js.sel(prompt=prompt, predictor="uniform"))
            if heard >= uniform:
                told.append(
                    f"{prompt}: {DEFAULT_READOUT} is no better than giving every emotion the same "
                    f"share (JS {heard:.3f} against {uniform:.3f})."
                )
        return told

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain lists, dicts, numbers and None, which JSON can hold."""
        content = to_json(self.evaluation)
        place = {cell: number for number, cell in enumerate(self.order())}
        content["results"].sort(key=lambda entry: place[entry["prompt"], entry["readout"]])
        told = [asdict(one) | {"verdict": one.verdict} for one in self.comparisons]
        return {
            **content,
            "comparisons": [
                {key: _or_none(value) for key, value in entry.items()} for entry in told
            ],
            "refused": dict(self.predictions.refused),
            "groups": {name: group_rows(table) for name, table in self.groups.items()},
        }


def assess(
    run: xr.Dataset,
    votes: Any,
    readouts: Iterable[str] | None = None,
    *,
    content_free: xr.Dataset | str | None = None,
    calibrated: bool = False,
    by: Iterable[str] = (),
    n_boot: int = 1000,
    seed: int = 0,
) -> Assessment:
    """Evaluate the read-outs of a run against votes, and token level against text level.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    votes
        A corpus, or counts with dims (utterance, emotion).
    readouts
        Names such as "answer_step" or "mean_logprob:emotion"; by default the standard ones.
    content_free
        A run over content-free recordings, or "batch_mean": every read-out is then shown corrected
        by :func:`sottovoce.readout.correct_prior` as well.
    calibrated
        Show every read-out calibrated as well, each speaker by the votes on the others.
    by
        Break the best read-out down by these, such as "speaker" or "sex".
    n_boot, seed
        Resamples for the intervals, and the seed of their draw.

    Returns
    -------
    Assessment

    Raises
    ------
    ReadoutError
        If there is no such read-out, or the run allows none of them.
    RunError
        If every recording failed.
    VotesError
        If run and votes do not fit each other.

    Notes
    -----
    Recordings that failed are left out, for the constants too. Where votes name a recording that
    was captured in windows, the mean of its windows' shares is held against them, and the remarks
    say so.

    For each prompt the token-level read-out with the lowest JS divergence is compared with the
    text. It was chosen on the very votes that it is compared on, which flatters it a little;
    "answer_step", the default read-out, was chosen before, and is compared too.
    """
    answered = run.isel(utterance=(run["status"] == "ok").any("prompt").values)
    if not answered.sizes["utterance"]:
        select_ok(run)  # says why each of them failed
    # Read from disk once, not once for each read-out.
    predictions = predict(answered.compute(), readouts)
    predictions = with_prior_divided_out(predictions, content_free)
    predictions = _of_whole_recordings(predictions, votes)
    if calibrated:
        predictions = with_calibration(predictions, votes, seed)
    options = {"n_boot": n_boot, "seed": seed}
    evaluation = evaluate(dict(predictions.shares), votes, n_boot=n_boot, seed=seed)
    comparisons = compare_levels(evaluation, votes, predictions, options)
    return Assessment(
        predictions, evaluation, comparisons, _grouped(predictions, evaluation, votes, by, options)
    )


def _grouped(
    predictions: Predictions,
    evaluation: xr.Dataset,
    votes: Any,
    by: Iterable[str],
    options: Mapping[str, int],
) -> dict[str, xr.Dataset]:
    """Break the read-out and prompt with the lowest JS divergence down."""
    js = evaluation["value"].sel(measure=MEASURE)
    js = js.where(evaluation["kind"] == "readout").transpose("prompt", "predictor")
    place = np.unravel_index(int(np.nanargmin(js.values)), js.shape)
    prompt, name = str(js["prompt"].values[place[0]]), str(js["predictor"].values[place[1]])
    shares = predictions.shares[name].sel(prompt=prompt, drop=True)
    return {
        one: by_group(
            {name: shares}, votes, one, n_boot=options["n_boot"], seed=options["seed"]
        ).assign_attrs(prompt=prompt, readout=name)
        for one in by
    }


def group_rows(table: xr.Dataset) -> list[dict[str, Any]]:
    """Return a table by group as plain values: its sizes, and each predictor's JS divergence."""
    js = table.sel(measure=MEASURE).isel(prompt=0)
    rows = []
    for place, group in enumerate(map(str, table["group"].values)):
        one = js.isel(group=place)
        rows.append(
            {
                "group": group,
                "n": int(one["n_utterances"]),
                "n_speakers": int(one["n_speakers"]),
                "is_small": bool(one["is_small"]),
                **{
                    str(name): {
                        key: None
                        if np.isnan(value := float(one[key].sel(predictor=name)))
                        else value
                        for key in ("value", "low", "high")
                    }
                    for name in table["predictor"].values
                },
            }
        )
    return rows


def _or_none(value: Any) -> Any:
    return None if isinstance(value, float) and np.isnan(value) else value


def _of_whole_recordings(predictions: Predictions, votes: Any) -> Predictions:
    """Pool the windows of recordings that were voted on as a whole and not by window."""
    voted = {str(name) for name in reference_distribution(votes)["utterance"].values}
    pooled = {}
    for name, shares in predictions.shares.items():
        if "recording" not in shares.coords:  # a run that knows of no windows
            pooled[name] = shares
            continue
        wholes = [str(whole) for whole in shares["recording"].values]
        own = {
            whole
            for whole, utterance in zip(wholes, shares["utterance"].values, strict=True)
            if str(utterance) in voted
        }
        pooled[name] = pool_windows(shares, voted - own)
    return replace(predictions, shares=pooled)


def _is_of_one(note: str) -> bool:
    """Whether a note of the evaluation tells the n of one predictor, or that they differ."""
    return "have no shares" in note or note.startswith("Predictors were evaluated on different")
