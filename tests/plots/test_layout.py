import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from sottovoce.plots.layout import label_steps, spread

quick = settings(database=None, deadline=None)
positions = st.lists(st.floats(-20, 5, width=32), min_size=1, max_size=15)


@quick
@given(positions, st.floats(0.05, 2))
def test_spread_keeps_order_gap_and_bounds(wishes, gap):
    placed = spread(wishes, gap, -14, 0)
    room = min(gap, 14 / max(len(wishes) - 1, 1))
    assert min(placed) >= -14 - 1e-6
    assert max(placed) <= 1e-6
    assert (np.diff(np.sort(placed)) >= room - 1e-6).all()
    order = np.argsort(wishes, kind="stable")
    assert (np.diff(np.array(placed)[order]) > 0).all()


@quick
@given(st.lists(st.integers(0, 100), unique=True, min_size=1, max_size=8))
def test_spread_leaves_alone_what_is_apart(wishes):
    assert spread(wishes, 1, 0, 100) == wishes


@pytest.mark.parametrize(
    ("labels", "rotation"), [(["a", "bb", "c"], 0), (["a long token"] * 20, 90), (["one"], 0)]
)
def test_labels_lie_level_where_there_is_room(labels, rotation):
    _, ax = plt.subplots(figsize=(8, 4))
    label_steps(ax, labels, [None] * len(labels))
    assert [label.get_text() for label in ax.get_xticklabels()] == labels
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {rotation}
