"""What a predicted distribution over emotions is worth against a reference one.

Two kinds. Measures of one utterance (`js_divergence`, `js_distance`, `bhattacharyya`,
`r2_pearson`, `dist_ce`, `entropy_ce`, `entropy`) take arrays of shape (..., emotion) and return
shape (...). Measures over utterances (`r2_determination`, `ece`, `plurality_accuracy`, `uar`,
`macro_f1`, `weighted_f1`, `entropy_rho`, `ambiguity_auroc`) take arrays of shape (utterance,
emotion) and return one number, or one for each row of `weights`.

`MEASURES` names them all and gives each the same form, ``function(p, q, weights)``; `PRESETS` names
sets of measures, among them those with the conventions of others, which are in `conventions`.
"""

from sottovoce.evaluation.measures.ambiguity import ambiguity_auroc, entropy, entropy_rho
from sottovoce.evaluation.measures.calibration import dist_ce, ece, entropy_ce
from sottovoce.evaluation.measures.divergences import bhattacharyya, js_distance, js_divergence
from sottovoce.evaluation.measures.explained import r2_determination, r2_pearson
from sottovoce.evaluation.measures.labels import (
    confusion,
    macro_f1,
    plurality_accuracy,
    uar,
    weighted_f1,
)
from sottovoce.evaluation.measures.registry import (
    MEASURES,
    PRESETS,
    Measure,
    MeasureName,
    PresetName,
    choose_measures,
    find_measure,
)

__all__ = [
    "MEASURES",
    "PRESETS",
    "Measure",
    "MeasureName",
    "PresetName",
    "ambiguity_auroc",
    "bhattacharyya",
    "choose_measures",
    "confusion",
    "dist_ce",
    "ece",
    "entropy",
    "entropy_ce",
    "entropy_rho",
    "find_measure",
    "js_distance",
    "js_divergence",
    "macro_f1",
    "plurality_accuracy",
    "r2_determination",
    "r2_pearson",
    "uar",
    "weighted_f1",
]
