"""The table of measures: one exact name each, all called in one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sottovoce.evaluation.measures.ambiguity import entropy_rho
from sottovoce.evaluation.measures.arrays import mean_over_utterances
from sottovoce.evaluation.measures.divergences import bhattacharyya, js_distance, js_divergence
from sottovoce.evaluation.measures.explained import r2_determination, r2_pearson
from sottovoce.evaluation.measures.labels import macro_f1, plurality_accuracy, uar

if TYPE_CHECKING:
    from sottovoce.evaluation.measures.arrays import ArrayLike, FloatArray

MeasureName = Literal[
    "js",
    "js_distance",
    "bc",
    "r2_pearson",
    "r2_determination",
    "accuracy",
    "uar",
    "macro_f1",
    "entropy_rho",
]

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

    name: MeasureName
    title: str
    better: Literal["lower", "higher"]
    over_utterances: Over
    within_utterance: Within | None = None


def _mean_of(within: Within) -> Over:
    def mean(p: ArrayLike, q: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        return mean_over_utterances(within(p, q), weights)

    return mean


def _averaged(
    name: MeasureName, title: str, better: Literal["lower", "higher"], within: Within
) -> Measure:
    return Measure(name, title, better, _mean_of(within), within)


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
        Measure("accuracy", "Plurality accuracy, untied clips", "higher", plurality_accuracy),
        Measure("uar", "Unweighted average recall, untied clips", "higher", uar),
        Measure("macro_f1", "Macro F1, untied clips", "higher", macro_f1),
        Measure("entropy_rho", "Spearman correlation of the entropies", "higher", entropy_rho),
    )
}
