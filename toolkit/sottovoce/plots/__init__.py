"""Pictures for slides: axes in, axes out, one plot a file.

Each plot has a twin, ``describe_...``, that says the same in a sentence for those who cannot see
it.
"""

from sottovoce.plots.alert_curve import alert_curve, describe_alert_curve
from sottovoce.plots.ambiguity_scatter import ambiguity_scatter, describe_ambiguity_scatter
from sottovoce.plots.contribution_heatmap import (
    contribution_heatmap,
    describe_contribution_heatmap,
)
from sottovoce.plots.contribution_waterfall import (
    contribution_waterfall,
    describe_contribution_waterfall,
)
from sottovoce.plots.counterfactual_curves import (
    counterfactual_curves,
    describe_counterfactual_curves,
)
from sottovoce.plots.distribution_bars import describe_distribution_bars, distribution_bars
from sottovoce.plots.evidence_map import describe_evidence_map, evidence_map
from sottovoce.plots.layer_curves import describe_layer_curves, layer_curves
from sottovoce.plots.layer_map import describe_layer_map, layer_map
from sottovoce.plots.learning_curve import describe_learning_curve, learning_curve
from sottovoce.plots.prompt_strip import describe_prompt_strip, prompt_strip
from sottovoce.plots.reliability import describe_reliability, reliability
from sottovoce.plots.ridge import describe_ridge, ridge
from sottovoce.plots.saving_curve import describe_saving_curve, saving_curve
from sottovoce.plots.style import EMOTION_COLORS, concept_colors
from sottovoce.plots.token_heatmap import describe_token_heatmap, token_heatmap
from sottovoce.plots.trajectories import describe_trajectories, trajectories
from sottovoce.plots.variance_bars import describe_variance_bars, variance_bars
from sottovoce.plots.version_bars import describe_version_bars, version_bars

__all__ = [
    "EMOTION_COLORS",
    "alert_curve",
    "ambiguity_scatter",
    "concept_colors",
    "contribution_heatmap",
    "contribution_waterfall",
    "counterfactual_curves",
    "describe_alert_curve",
    "describe_ambiguity_scatter",
    "describe_contribution_heatmap",
    "describe_contribution_waterfall",
    "describe_counterfactual_curves",
    "describe_distribution_bars",
    "describe_evidence_map",
    "describe_layer_curves",
    "describe_layer_map",
    "describe_learning_curve",
    "describe_prompt_strip",
    "describe_reliability",
    "describe_ridge",
    "describe_saving_curve",
    "describe_token_heatmap",
    "describe_trajectories",
    "describe_variance_bars",
    "describe_version_bars",
    "distribution_bars",
    "evidence_map",
    "layer_curves",
    "layer_map",
    "learning_curve",
    "prompt_strip",
    "reliability",
    "ridge",
    "saving_curve",
    "token_heatmap",
    "trajectories",
    "variance_bars",
    "version_bars",
]
