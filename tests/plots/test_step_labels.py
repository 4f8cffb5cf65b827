"""Labels beside markers, whatever the markers."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.plots.step_labels import Mark, dodge, place_labels

quick = settings(database=None, deadline=None, max_examples=50)
heights = st.lists(st.floats(0, 150, width=32), min_size=1, max_size=20)
WIDTH, HEIGHT = 400, 180


def labelled(steps, slot):
    marks = [
        [
            Mark((i + 0.5) * slot, y, (i, y), x, name, "12%", "#333333")
            for name, y, x in zip("abcdefghijklmnopqrst", step, dodge(step, 6), strict=False)
        ]
        for i, step in enumerate(steps)
    ]
    every = [mark for step in marks for mark in step]
    best = [sorted(step, key=lambda mark: -mark.y)[:3] for step in marks]
    sizes = {"top": HEIGHT - 30, "ceiling": HEIGHT - 20, "size": 9, "radius": 4}
    return every, place_labels(best, every, width=WIDTH, **sizes)


@quick
@given(heights)
def test_markers_of_a_step_do_not_lie_on_one_another(step):
    places = list(zip(dodge(step, 6), step, strict=True))
    for (x, y), (other_x, other_y) in combinations(places, 2):
        assert abs(x - other_x) >= 6 or abs(y - other_y) >= 6


@quick
@given(st.lists(heights, min_size=1, max_size=12))
def test_labels_meet_neither_each_other_nor_markers_nor_the_borders(steps):
    marks, labels = labelled(steps, WIDTH / len(steps))
    assert not any(a.meets(b) for a, b in combinations(labels, 2))
    assert not any(label.covers(mark, 4) for label in labels for mark in marks)
    for label in labels:
        assert label.x - label.width / 2 >= 0
        assert label.x + label.width / 2 <= WIDTH
        assert label.y <= HEIGHT - 20


def test_where_there_is_room_the_leading_are_named_in_their_order():
    _, labels = labelled([[140, 139, 100, 20]], WIDTH)
    assert [label.text for label in labels] == ["a 12%", "b 12%", "c 12%"]
    assert (np.diff([label.y for label in labels]) <= -9).all()


def test_the_most_important_step_comes_first():
    _, labels = labelled([[120]] * 60, WIDTH / 60)
    assert labels[0].mark.x < 20
    assert len(labels) < 60
