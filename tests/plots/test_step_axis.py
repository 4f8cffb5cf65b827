from itertools import combinations

import pytest
from matplotlib import pyplot as plt

from sottovoce.plots.step_axis import label_steps


@pytest.mark.parametrize(
    ("labels", "rotation"), [(["a", "bb", "c"], 0), (["a long token"] * 20, 90), (["one"], 0)]
)
def test_labels_lie_level_where_there_is_room(labels, rotation):
    _, ax = plt.subplots(figsize=(8, 4))
    label_steps(ax, labels, [None] * len(labels))
    assert [label.get_text() for label in ax.get_xticklabels()] == labels
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {rotation}


@pytest.mark.parametrize("width", [3, 5, 8, 14])
@pytest.mark.parametrize("steps", [2, 5, 18, 58])
def test_tokens_of_an_answer_do_not_overlap(width, steps):
    labels = (["␣disgusted", "␣", "5", "0", "%", ","] * 10)[:steps]
    figure, ax = plt.subplots(figsize=(width, 3))
    label_steps(ax, labels, [None] * steps)
    figure.canvas.draw()
    boxes = [label.get_window_extent().shrunk(0.9, 0.7) for label in ax.get_xticklabels()]
    if steps <= 4 * width:
        assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_long_tokens_take_a_second_row_before_they_stand_upright():
    labels = ["␣disgusted", "␣", "5", "0", "%", ","] * 3
    _, ax = plt.subplots(figsize=(8, 4))
    label_steps(ax, labels, [None] * len(labels))
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {0}
    assert len({label.get_position()[1] for label in ax.get_xticklabels()}) == 2


def test_where_two_rows_are_too_few_only_the_long_stand_upright():
    _, ax = plt.subplots(figsize=(8, 4))
    label_steps(ax, ["␣The", "␣voice", "␣sounds", "0", "."] * 6, [None] * 30)
    upright = {label.get_text() for label in ax.get_xticklabels() if label.get_rotation() == 90}
    assert upright == {"␣The", "␣voice", "␣sounds"}


def test_a_note_is_written_below_where_it_does_not_fit_beside():
    _, (wide, narrow) = plt.subplots(1, 2, figsize=(10, 3), width_ratios=(5, 1))
    for ax in (wide, narrow):
        label_steps(ax, ["a"], [None], note="ringed above: what was said")
    assert wide.get_xlabel() == "emitted tokens (ringed above: what was said)"
    assert narrow.get_xlabel() == "emitted tokens\nringed above: what was said"
