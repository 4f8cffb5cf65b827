import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from sottovoce.plots.layout import set_titles, settle, spread

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


def test_what_stands_beside_the_axes_is_given_room_without_a_layout_engine():
    figure, ax = plt.subplots(figsize=(6, 3))
    ax.annotate("far to the right", (1, 0.5), xycoords="axes fraction", annotation_clip=False)
    slot = ax.get_position().x1
    for _ in range(2):
        settle(ax, beside=True)
        figure.draw_without_rendering()
        assert ax.get_tightbbox().x1 <= slot * figure.bbox.width + 1
    assert ax.get_position().width > 0.3


def test_titles_that_are_too_long_are_cut():
    _, ax = plt.subplots(figsize=(4, 3))
    set_titles(ax, "a very long title " * 9, "x" * 300)
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left").endswith("…")
    assert ax.texts[0].get_text().endswith("…")
    assert ax.texts[0].get_window_extent().x1 <= ax.figure.bbox.x1
