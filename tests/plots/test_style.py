"""Colours that stay apart for everybody, and text that can be read."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from sottovoce.plots.style import EMOTION_COLORS, OTHER_COLORS, concept_colors, text_color

# Machado, Oliveira and Fernandes 2009, severity 1.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]
    ),
    "deuteranopia": np.array(
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    ),
    "tritanopia": np.array(
        [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> np.ndarray:
    channels = np.array(to_rgb(color))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    relative = TO_XYZ @ light.clip(0, 1) / [0.9505, 1, 1.089]
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_emotions_stay_apart_for_every_kind_of_sight(sight):
    seen = [lab(SIGHT[sight] @ linear(color)) for color in EMOTION_COLORS.values()]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15


@pytest.mark.parametrize("color", [*EMOTION_COLORS.values(), *OTHER_COLORS])
def test_text_can_be_read_on_white(color):
    assert 1.05 / (TO_XYZ[1] @ linear(text_color(color)) + 0.05) >= 4.5


def test_a_concept_has_one_colour_whatever_the_order():
    names = ["tired", "happy", "bored", "sad"]
    assert concept_colors(names) == concept_colors(reversed(names))
    assert concept_colors(names)["happy"] == EMOTION_COLORS["happy"]
    assert len(set(concept_colors(names).values())) == 4


def test_an_emotion_by_another_name_has_its_colour():
    colors = concept_colors(["悲しみ", "Anger", "退屈"])
    assert colors["悲しみ"] == EMOTION_COLORS["sad"]
    assert colors["Anger"] == EMOTION_COLORS["angry"]
    assert colors["退屈"] not in EMOTION_COLORS.values()
    both = concept_colors(["sad", "悲しみ", "sorrow"])
    assert both["sad"] == EMOTION_COLORS["sad"]
    assert len(set(both.values())) == 3


def test_a_dozen_concepts_have_a_dozen_colours_and_more_still_work():
    colors = concept_colors(f"concept{i}" for i in range(12))
    assert len(set(colors.values())) == 12
    assert len(concept_colors(f"concept{i}" for i in range(30))) == 30
