"""The table of measures: one exact name each, all called in one way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args

from sottovoce.errors import VotesError
from sottovoce.evaluation.measures import conventions
from sottovoce.evaluation.measures.ambiguity import ambiguity_auroc, entropy_rho
from sottovoce.evaluation.measures.arrays import mean_over_utterances
from sottovoce.evaluation.measures.calibration import dist_ce, ece, entropy_ce
from sottovoce.evaluation.measures.divergences import bhattacharyya, js_distance, js_divergence
from sottovoce.evaluation.measures.explained import r2_determination, r2_pearson
from sottovoce.evaluation.measures.labels import (
    macro_f1,
    plurality_accuracy,
    uar,
    weighted_f1,
)

if TYPE_CHECKING:
    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

MeasureName = Literal[
    "js",
    "js_distance",
    "bc",
    "r2_pearson",
    "r2_determination",
    "dist_ce",
    "entropy_ce",
    "ece_5",
    "ece_10",
    "accuracy",
    "uar",
    "macro_f1",
    "weighted_f1",
    "entropy_rho",
    "ambiguity_auroc",
]
PresetName = Literal["sottovoce", "aer_llm", "scaling_ambiguity"]

# Typed loosely at run time: FloatArray exists for the type checker only.
Within = Callable[[Any, Any], Any]
Over = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Measure:
    """A measure by its name.

    Parameters
    ----------
    name
        The one exact name.
    title
        What it is, for a reader.
    better
        Whether the "lower" or the "higher" value is the better one.
    over_utterances
        ``function(p, q, weights)`` on arrays (utterance, emotion), one number for each row of
        `weights`.
    within_utterance
        ``function(p, q)``, one number an utterance, of which `over_utterances` is the mean; None
        if there is no such number.
    """

    name: str
    title: str
    better: Literal["lower", "higher"]
    over_utterances: Over
    within_utterance: Within | None = None


def _mean_of(within: Within) -> Over:
    def mean(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        return mean_over_utterances(within(p, q), weights)

    return mean


def _averaged(name: str, title: str, better: Literal["lower", "higher"], within: Within) -> Measure:
    return Measure(name, title, better, _mean_of(within), within)


#: Our own, by name.
MEASURES: dict[str, Measure] = {
    measure.name: measure
    for measure in (
        _averaged("js", "Jensen-Shannon divergence, base 2", "lower", js_divergence),
        _averaged("js_distance", "Jensen-Shannon distance, base 2", "lower", js_distance),
        _averaged("bc", "Bhattacharyya coefficient", "higher", bhattacharyya),
        _averaged("r2_pearson", "Squared Pearson within an utterance", "higher", r2_pearson),
        Measure(
            "r2_determination",
            "Coefficient of determination by emotion",
            "higher",
            r2_determination,
        ),
        _averaged("dist_ce", "Distribution calibration error, DistCE", "lower", dist_ce),
        _averaged("entropy_ce", "Entropy calibration error, bits", "lower", entropy_ce),
        Measure("ece_5", "Top-label ECE, 5 bins, untied clips", "lower", partial(ece, bins=5)),
        Measure("ece_10", "Top-label ECE, 10 bins, untied clips", "lower", partial(ece, bins=10)),
        Measure("accuracy", "Plurality accuracy, untied clips", "higher", plurality_accuracy),
        Measure("uar", "Unweighted average recall, untied clips", "higher", uar),
        Measure("macro_f1", "Macro F1, untied clips", "higher", macro_f1),
        Measure("weighted_f1", "Weighted F1, untied clips", "higher", weighted_f1),
        Measure("entropy_rho", "Spearman correlation of the entropies", "higher", entropy_rho),
        Measure("ambiguity_auroc", "AUROC of no majority by entropy", "higher", ambiguity_auroc),
    )
}

_AER_LLM = (
    _averaged("aer_llm_js", "AER-LLM JS: distance, nats, rounded", "lower", conventions.aer_llm_js),
    _averaged("aer_llm_bc", "AER-LLM BC", "higher", conventions.aer_llm_bc),
    _averaged("aer_llm_r2", "AER-LLM R2: squared Pearson", "higher", conventions.aer_llm_r2),
    Measure("aer_llm_ece", "AER-LLM ECE, 5 bins, all clips", "lower", conventions.aer_llm_ece),
    Measure(
        "aer_llm_accuracy",
        "AER-LLM accuracy, all clips",
        "higher",
        conventions.argmax_accuracy,
    ),
    Measure(
        "aer_llm_weighted_f1",
        "AER-LLM weighted F1, all clips",
        "higher",
        conventions.argmax_weighted_f1,
    ),
)

_SCALING_AMBIGUITY = (
    _averaged(
        "scaling_ambiguity_js", "Scaling ambiguity JS: divergence, base 2", "lower", js_divergence
    ),
    _averaged("scaling_ambiguity_bc", "Scaling ambiguity BC", "higher", bhattacharyya),
    Measure(
        "scaling_ambiguity_r2",
        "Scaling ambiguity R2: determination by emotion",
        "higher",
        conventions.scaling_ambiguity_r2,
    ),
    Measure(
        "scaling_ambiguity_ece",
        "Scaling ambiguity ECE, 10 bins, all clips",
        "lower",
        conventions.scaling_ambiguity_ece,
    ),
    Measure(
        "scaling_ambiguity_accuracy",
        "Scaling ambiguity accuracy, all clips",
        "higher",
        conventions.argmax_accuracy,
    ),
    Measure(
        "scaling_ambiguity_macro_f1",
        "Scaling ambiguity macro F1, all clips",
        "higher",
        conventions.argmax_macro_f1,
    ),
    Measure(
        "scaling_ambiguity_weighted_f1",
        "Scaling ambiguity weighted F1, all clips",
        "higher",
        conventions.argmax_weighted_f1,
    ),
)

#: Sets of measures that belong together, with the conventions of whom the name says.
PRESETS: dict[str, tuple[str, ...]] = {
    "sottovoce": get_args(MeasureName),
    "aer_llm": tuple(measure.name for measure in _AER_LLM),
    "scaling_ambiguity": tuple(measure.name for measure in _SCALING_AMBIGUITY),
}

_EVERY = MEASURES | {measure.name: measure for measure in (*_AER_LLM, *_SCALING_AMBIGUITY)}


def find_measure(name: str) -> Measure:
    """Return the measure of a name, ours or one of another's conventions.

    Raises
    ------
    VotesError
        If there is none.

    Examples
    --------
    >>> find_measure("aer_llm_js").title
    'AER-LLM JS: distance, nats, rounded'
    """
    if name not in _EVERY:
        raise VotesError(
            f"measure={name!r} is none of {', '.join(MEASURES)}; with the conventions of others, "
            f"{', '.join(other for other in _EVERY if other not in MEASURES)}"
        )
    return _EVERY[name]


def choose_measures(wanted: str | Iterable[str] | None) -> dict[str, Measure]:
    """Return measures by name: those of a preset, those that are listed, or all of ours.

    Raises
    ------
    VotesError
        If there is no such preset or measure, or none is listed.

    Examples
    --------
    >>> list(choose_measures("aer_llm"))[:2], list(choose_measures(["js"]))
    (['aer_llm_js', 'aer_llm_bc'], ['js'])
    """
    if wanted is None:
        return dict(MEASURES)
    if isinstance(wanted, str):
        if wanted not in PRESETS:
            raise VotesError(
                f"measures={wanted!r} is none of the presets {', '.join(PRESETS)}; single "
                f"measures are given as a list, [{wanted!r}]"
            )
        wanted = PRESETS[wanted]
    chosen = {name: find_measure(name) for name in wanted}
    if not chosen:
        raise VotesError("measures is empty: name at least one, or leave it out for all")
    return chosen
