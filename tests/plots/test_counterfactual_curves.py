"""The curves of counterfactuals, read back from what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sottovoce.errors import ExplanationError
from sottovoce.plots import counterfactual_curves, describe_counterfactual_curves

sys.path.insert(0, str(Path(__file__).parent))

from explained import ENGLISH, make_counterfactuals, make_map


def test_each_property_has_a_panel_with_the_shares_and_the_flip():
    found = make_counterfactuals(ENGLISH, "clip")
    ax = counterfactual_curves(found)
    assert [panel.get_xlabel() for panel in ax.child_axes] == [
        "pitch, semitones",
        "tilt, dB",
        "noise, dB",
    ]
    lines = {line.get_gid(): line for line in ax.child_axes[1].lines}
    np.testing.assert_array_equal(lines["angry"].get_ydata(), found["share"][1, :, 0])
    assert lines["flip"].get_xdata()[0] == -3.5
    assert counterfactual_curves(found, "tilt").child_axes == []


def test_words_and_what_is_refused():
    found = make_counterfactuals(ENGLISH, "clip", n_factors=1)
    told = describe_counterfactual_curves(found)
    assert told == "Curves of the shares in clip by pitch: angry, neutral from −3.5 semitones."
    with pytest.raises(ExplanationError, match="factor='age' must be one of 'pitch'"):
        counterfactual_curves(found, "age")
    with pytest.raises(ExplanationError, match="must come from"):
        counterfactual_curves(make_map(ENGLISH, "clip"))
