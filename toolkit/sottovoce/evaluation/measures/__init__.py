"""What a predicted distribution over emotions is worth against a reference one.

Two kinds. Measures of one utterance (`js_divergence`, `js_distance`, `bhattacharyya`,
`r2_pearson`, `entropy`) take arrays of shape (..., emotion) and return shape (...). Measures over
utterances (`r2_determination`, `plurality_accuracy`, `uar`, `macro_f1`, `entropy_rho`) take arrays
of shape (utterance, emotion) and return one number, or one for each row of `weights`.

`MEASURES` names them all and gives each the same form, ``function(p, q, weights)``.
"""

from sottovoce.evaluation.measures.ambiguity import entropy, entropy_rho
from sottovoce.evaluation.measures.divergences import bhattacharyya, js_distance, js_divergence
from sottovoce.evaluation.measures.explained import r2_determination, r2_pearson
from sottovoce.evaluation.measures.labels import confusion, macro_f1, plurality_accuracy, uar
from sottovoce.evaluation.measures.registry import MEASURES, Measure, MeasureName

__all__ = [
    "MEASURES",
    "Measure",
    "MeasureName",
    "bhattacharyya",
    "confusion",
    "entropy",
    "entropy_rho",
    "js_distance",
    "js_divergence",
    "macro_f1",
    "plurality_accuracy",
    "r2_determination",
    "r2_pearson",
    "uar",
]
