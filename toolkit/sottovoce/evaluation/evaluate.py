"""Hold predictors against what listeners said, with constants beside them and intervals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce._version import __version__
from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import Aligned, align, speakers_of
from sottovoce.evaluation.ceiling import (
    CEILINGS,
    FEWEST_VOTES,
    ceiling_note,
    counts_of,
    score_ceilings,
)
from sottovoce.evaluation.constants import CONSTANTS, CONSTANTS_NOTE
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)
from sottovoce.evaluation.measures import choose_measures
from sottovoce.evaluation.measures.arrays import as_distribution
from sottovoce.evaluation.measures.labels import has_one_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from sottovoce.evaluation.alignment import Shares
    from sottovoce.evaluation.measures import Measure

    FloatArray = npt.NDArray[np.float64]
    Cases = dict[tuple[str, str], FloatArray]


def evaluate(
    shares: Shares,
    votes: Any,
    *,
    measures: str | Iterable[str] | None = None,
    speakers: Any = None,
    n_boot: int = 1000,
    n_splits: int = 50,
    seed: int = 0,
    confidence: float = 0.95,
    same_utterances: bool = False,
) -> xr.Dataset:
    """Evaluate emotion distributions against votes.

    Utterances are matched by id. Those without votes are left out, and so are, for each predictor
    and prompt, those whose shares are NaN (a recording that failed, an answer that could not be
    parsed); `n` and `n_missing` and the attribute `notes` tell how many. The constant guesses are
    always evaluated too, on all utterances that any predictor has. Where the votes are counts, so
    are half of the votes against the other half, and a simulated predictor that knows what the
    votes are drawn from (see `ceiling`): a score is read between the constants and these.

    Parameters
    ----------
    shares
        A DataArray with dims (utterance, emotion), and prompt if there are several, or a mapping
        from a predictor's name to such an array. Rows sum to 1 or hold NaN.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus: an object with `votes` and
        `utterances`, a table with the column speaker.
    measures
        A preset ("sottovoce", "aer_llm" or "scaling_ambiguity", which reproduce the conventions of
        these), names of measures, or None for all of ours.
    speakers
        Mapping or Series from utterance to speaker, or a DataArray along utterance. If None, the
        corpus's, or else the coordinate `speaker` of the votes or the shares.
    n_boot
        Resamples for the intervals; 0 for none.
    n_splits
        Random halvings of the votes, and simulations, as for `ceiling`; 0 leaves these rows out.
    seed
        Of the resampling and the halvings. All predictors are evaluated on the same resamples.
    confidence
        Of the intervals, between 0 and 1.
    same_utterances
        Evaluate all predictors on the utterances that every one of them has, so that they can be
        compared even where one of them failed on difficult clips.

    Returns
    -------
    Dataset
        `value`, `low` and `high` with dims (predictor, prompt, measure); `n`, `n_missing` and
        `n_untied` (predictor, prompt), the utterances that were used, that lack shares, and that
        the single-label measures used. The coordinate `kind` along predictor is "readout",
        "constant" or "ceiling". Without prompts, prompt is [""]. Attributes say what was resampled,
        how, and from what.

    Raises
    ------
    VotesError
        If the arrays do not fit each other (dims, ids, emotions, sums).

    Notes
    -----
    Intervals are percentile intervals of a bootstrap over speakers. With fewer than three known
    speakers they are over utterances, which is too narrow and is said in `notes`.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 1], [2, 8], [5, 4], [0, 7]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> share = (votes + 1) / (votes + 1).sum("emotion")
    >>> result = evaluate({"smoothed": share}, votes, speakers=dict(zip("abcd", "1234")))
    >>> result["predictor"].values.tolist()
    ['smoothed', 'uniform', 'corpus mean', 'half the votes', 'perfect knowledge']
    >>> result["value"].sel(measure="js").values.round(3).ravel().tolist()
    [0.017, 0.133, 0.126, 0.071, 0.021]
    """
    require_resampling_options(n_boot, confidence)
    chosen = choose_measures(measures)
    aligned = align(shares, votes)
    reserved = sorted({name for name, _ in aligned.predictions} & {*CONSTANTS, *CEILINGS})
    if reserved:
        raise VotesError(
            f"{reserved[0]!r} is the name of a row of its own: name the predictor otherwise"
        )
    if same_utterances:
        aligned = _on_common_utterances(aligned)
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    cases = {**aligned.predictions, **_constant_cases(aligned)}
    reference = aligned.reference.values
    value = score_cases(cases, reference, np.ones((1, reference.shape[0])), chosen)[0]
    samples = bootstrap(
        lambda counts: score_cases(cases, reference, counts, chosen), resampling, n_boot, seed
    )
    told = ""
    counted = counts_of(votes, aligned.reference) if n_splits else None
    if counted is not None:
        rated = np.where(counted.sum(axis=1, keepdims=True) >= FEWEST_VOTES, reference, np.nan)
        best, best_samples = score_ceilings(counted, chosen, resampling, n_splits, n_boot, seed)
        for place, name in enumerate(CEILINGS):
            # Listeners answer no prompt, so their rows are the same under each.
            cases |= {(name, prompt): rated for prompt in aligned.prompts}
            value = np.concatenate([value, [best[place]] * len(aligned.prompts)])
            repeated = [best_samples[:, [place]]] * len(aligned.prompts)
            samples = np.concatenate([samples, *repeated], axis=1)
        told = ceiling_note(counted, n_splits)
    low, high = percentile_interval(samples, confidence)
    result = _as_dataset(cases, aligned, {"value": value, "low": low, "high": high}, chosen)
    return result.assign_attrs(
        **_provenance(shares, votes),
        measures=measures if isinstance(measures, str) else "",
        resampled=resampling.unit,
        n_resampled=resampling.n_units,
        n_boot=n_boot,
        seed=seed,
        confidence=confidence,
        n_utterances=len(aligned.utterances),
        notes="\n".join(_notes(aligned, result, resampling.note)),
        constants=CONSTANTS_NOTE,
        ceiling=told,
        sottovoce_version=__version__,
    )


def score_cases(
    cases: Cases, reference: FloatArray, counts: FloatArray, measures: Mapping[str, Measure]
) -> FloatArray:
    """Score every predictor by every measure on every resample.

    Parameters
    ----------
    cases
        Arrays of shape (utterance, emotion).
    reference
        Shape (utterance, emotion).
    counts
        How often each utterance counts, shape (resample, utterance).
    measures
        By name.

    Returns
    -------
    ndarray
        Shape (resample, case, measure).
    """
    scores = np.empty((counts.shape[0], len(cases), len(measures)))
    for i, predicted in enumerate(cases.values()):
        for j, measure in enumerate(measures.values()):
            scores[:, i, j] = measure.over_utterances(predicted, reference, counts)
    return scores


def _constant_cases(aligned: Aligned) -> Cases:
    return {
        (name, prompt): constant(aligned.reference).values
        for name, constant in CONSTANTS.items()
        for prompt in aligned.prompts
    }


def _on_common_utterances(aligned: Aligned) -> Aligned:
    common = ~np.any([np.isnan(p).any(axis=1) for p in aligned.predictions.values()], axis=0)
    if not common.any():
        raise VotesError(
            "no utterance has shares from every predictor: leave same_utterances=False, or leave "
            "out the predictor that failed"
        )
    return Aligned(
        aligned.reference[common],
        {case: predicted[common] for case, predicted in aligned.predictions.items()},
        aligned.prompts,
        aligned.without_votes,
    )


def _as_dataset(
    cases: Cases,
    aligned: Aligned,
    scores: Mapping[str, FloatArray],
    chosen: Mapping[str, Measure],
) -> xr.Dataset:
    predictors = list(dict.fromkeys(name for name, _ in cases))
    prompts, measures = aligned.prompts, list(chosen)
    shape = (len(predictors), len(prompts))
    places = [(predictors.index(name), prompts.index(prompt)) for name, prompt in cases]
    rows, columns = (list(axis) for axis in zip(*places, strict=True))

    def placed(values: Any, fill: float, *more: int) -> npt.NDArray[Any]:
        array = np.full((*shape, *more), fill)
        array[rows, columns] = values
        return array

    used = [~np.isnan(predicted).any(axis=1) for predicted in cases.values()]
    untied = has_one_label(as_distribution(aligned.reference.values))
    total, n = len(aligned.utterances), [int(mask.sum()) for mask in used]
    variables = {
        name: (("predictor", "prompt", "measure"), placed(values, np.nan, len(measures)))
        for name, values in scores.items()
    } | {
        "n": (("predictor", "prompt"), placed(n, 0)),
        "n_missing": (("predictor", "prompt"), placed([total - count for count in n], 0)),
        "n_untied": (("predictor", "prompt"), placed([int((m & untied).sum()) for m in used], 0)),
    }
    entries = chosen.values()
    return xr.Dataset(
        variables,
        coords={
            "predictor": predictors,
            "prompt": prompts,
            "measure": measures,
            "kind": ("predictor", [_kind(name) for name in predictors]),
            "title": ("measure", [entry.title for entry in entries]),
            "better": ("measure", [entry.better for entry in entries]),
        },
    )


def _kind(predictor: str) -> str:
    if predictor in CEILINGS:
        return "ceiling"
    return "constant" if predictor in CONSTANTS else "readout"


def _notes(aligned: Aligned, result: xr.Dataset, resampling_note: str) -> list[str]:
    notes = [resampling_note] if resampling_note else []
    total = len(aligned.utterances)
    if aligned.without_votes:
        some = ", ".join(aligned.without_votes[:3])
        more = " ..." if len(aligned.without_votes) > 3 else ""
        notes.append(
            f"{len(aligned.without_votes)} utterances have no votes and are left out: {some}{more}"
        )
    counts = set()
    for name, prompt in aligned.predictions:
        n = int(result["n"].sel(predictor=name, prompt=prompt))
        counts.add(n)
        if n < total:
            where = f"{name} ({prompt})" if prompt else name
            notes.append(f"{where}: {total - n} of {total} utterances have no shares, left out.")
    if len(counts) > 1:
        notes.append(
            f"Predictors were evaluated on different utterances (n from {min(counts)} to "
            f"{max(counts)}), which may favour those that failed on difficult ones; "
            "same_utterances=True evaluates all on the same."
        )
    return notes


def _provenance(shares: Shares, votes: Any) -> dict[str, str]:
    arrays = {str(shares.name or "shares"): shares} if isinstance(shares, xr.DataArray) else shares
    told = {str(name): dict(array.attrs) for name, array in arrays.items()}
    reference = {
        key: str(getattr(votes, key))
        for key in ("name", "note", "licence")
        if getattr(votes, key, None)
    }
    return {
        "predictors": json.dumps(told, default=_as_plain, ensure_ascii=False),
        "reference": json.dumps(reference, ensure_ascii=False),
    }


def _as_plain(value: Any) -> Any:
    """Turn NumPy's numbers and arrays into Python's, anything else into its text."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else str(value)
