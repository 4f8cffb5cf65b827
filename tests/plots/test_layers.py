"""Layers, read back from what was drawn."""

import sys
from pathlib import Path

import numpy as np
import pytest

from sottovoce.errors import ExplanationError
from sottovoce.plots import describe_layer_curves, describe_layer_map, layer_curves, layer_map

sys.path.insert(0, str(Path(__file__).parent))

from explained import ENGLISH, make_layers, make_map


def test_curves_are_the_shares_where_the_model_speaks():
    found = make_layers(ENGLISH, "clip")
    ax = layer_curves(found)
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_array_equal(lines["angry"], found["share"][:, -1, 0])
    assert "It leads from layer 2 on." in describe_layer_curves(found)


def test_a_lens_has_the_sound_the_question_and_the_answer():
    found = make_layers(ENGLISH, "clip")
    image = layer_map(found).get_images()[0].get_array()
    share = found["share"].sel(emotion="angry").values
    np.testing.assert_allclose(image[:, :4], share[:, 1:5])
    np.testing.assert_allclose(image[:, 4], share[:, 5:7].mean(axis=1))
    np.testing.assert_allclose(image[:, 5], share[:, 7])
    assert "answer" in describe_layer_map(found)


def test_patching_is_drawn_as_it_is():
    found = make_layers(ENGLISH, "clip", patched=True)
    ax = layer_map(found)
    np.testing.assert_array_equal(ax.get_images()[0].get_array(), found["recovered"])
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["0.1", "0.3", "0.5", "0.7", "0.9", "whole sound", "question", "answer"]
    with pytest.raises(ExplanationError, match="what was carried over is 'angry'"):
        layer_map(found, emotion="sad")
    with pytest.raises(ExplanationError, match="must come from"):
        layer_curves(make_map(ENGLISH, "clip"))
