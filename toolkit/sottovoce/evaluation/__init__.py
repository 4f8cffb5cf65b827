"""Hold emotion distributions against what listeners said.

`evaluate` gives every measure with its interval, `compare` the difference of two predictors and
`compare_all` those of many, corrected for their number, `by_group` an evaluation by speaker, sex,
emotion and so on, `by_utterance` one number an utterance, `ambiguity` how unsure the model and the
listeners were of each, `reliability` whether a share of 30 % means 30 % of the votes,
`krippendorff_alpha` how far the listeners agree among themselves, `ceiling` what half of them score
against the other half. `calibrate` fits a temperature and biases to votes, `cross_calibrate` and
`learning_curve` tell their worth on other speakers, and `tune_readout` chooses among read-outs and
says what the choice is worth. `to_table` and `to_json` write a result down. The measures themselves
are plain functions on arrays, in `measures`.
"""

from sottovoce.evaluation.agreement import krippendorff_alpha
from sottovoce.evaluation.alignment import reference_distribution
from sottovoce.evaluation.ambiguity import ambiguity
from sottovoce.evaluation.by_group import by_group
from sottovoce.evaluation.by_utterance import by_utterance
from sottovoce.evaluation.calibrate import calibrate, cross_calibrate
from sottovoce.evaluation.candidates import Candidate, list_candidates
from sottovoce.evaluation.ceiling import ceiling
from sottovoce.evaluation.compare import compare
from sottovoce.evaluation.compare_all import compare_all, holm
from sottovoce.evaluation.compare_models import compare_models
from sottovoce.evaluation.constants import corpus_mean, uniform
from sottovoce.evaluation.evaluate import evaluate
from sottovoce.evaluation.learning_curve import learning_curve
from sottovoce.evaluation.measures import (
    MEASURES,
    PRESETS,
    Measure,
    MeasureName,
    PresetName,
    ambiguity_auroc,
    bhattacharyya,
    dist_ce,
    ece,
    entropy,
    entropy_ce,
    entropy_rho,
    js_distance,
    js_divergence,
    macro_f1,
    plurality_accuracy,
    r2_determination,
    r2_pearson,
    uar,
    weighted_f1,
)
from sottovoce.evaluation.reliability import reliability
from sottovoce.evaluation.share_densities import share_densities
from sottovoce.evaluation.tables import to_json, to_table
from sottovoce.evaluation.tune import Tuning, tune_readout
from sottovoce.evaluation.weigh_prompts import weigh_prompts

__all__ = [
    "MEASURES",
    "PRESETS",
    "Candidate",
    "Measure",
    "MeasureName",
    "PresetName",
    "Tuning",
    "ambiguity",
    "ambiguity_auroc",
    "bhattacharyya",
    "by_group",
    "by_utterance",
    "calibrate",
    "ceiling",
    "compare",
    "compare_all",
    "compare_models",
    "corpus_mean",
    "cross_calibrate",
    "dist_ce",
    "ece",
    "entropy",
    "entropy_ce",
    "entropy_rho",
    "evaluate",
    "holm",
    "js_distance",
    "js_divergence",
    "krippendorff_alpha",
    "learning_curve",
    "list_candidates",
    "macro_f1",
    "plurality_accuracy",
    "r2_determination",
    "r2_pearson",
    "reference_distribution",
    "reliability",
    "share_densities",
    "to_json",
    "to_table",
    "tune_readout",
    "uar",
    "uniform",
    "weigh_prompts",
    "weighted_f1",
]
