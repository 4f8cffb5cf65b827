import numpy as np
import pytest

from sottovoce.plots.swarm import swarm


def test_dots_do_not_overlap_while_there_is_room():
    places = np.random.default_rng(0).uniform(0, 300, size=60)
    (offsets,), diameter = swarm([places], room=60, largest=7.5, smallest=2)
    across = np.abs(places[:, None] - places[None])
    above = np.abs(offsets[:, None] - offsets[None])
    apart = (across >= diameter - 1e-9) | (above >= diameter - 1e-9) | np.eye(60, dtype=bool)
    assert apart.all()
    assert np.abs(offsets).max() + diameter / 2 <= 30


def test_dots_shrink_before_they_overlap_and_never_leave_the_room():
    same = np.zeros(20)
    (few,), large = swarm([same[:3]], room=30, largest=7.5, smallest=2)
    (many,), small = swarm([same], room=30, largest=7.5, smallest=2)
    assert (large, small) == (7.5, 2)
    assert sorted(few) == [-7.5, 0, 7.5]
    assert np.ptp(many) + small == pytest.approx(30, abs=small)
    assert len(set(many)) == 20


def test_all_lines_have_dots_of_one_size_and_none_is_fine():
    offsets, diameter = swarm([np.zeros(9), np.array([])], room=30, largest=7.5, smallest=2)
    assert diameter < 7.5
    assert [len(row) for row in offsets] == [9, 0]
