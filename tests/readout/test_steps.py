import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import choose_steps


@pytest.mark.parametrize(
    ("steps", "first", "other"),
    [
        ("all", [1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]),
        ("emotion", [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]),
        ("percentage", [0, 0, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]),
        ("emotion+percentage", [1, 0, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0]),
        ("answer", [1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]),
        ([0, 4], [1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0]),
        (slice(1, None, 2), [0, 1, 0, 1, 0, 1], [0, 1, 0, 0, 0, 0]),
        ([99], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]),
    ],
)
def test_steps_by_name_and_by_position(run, steps, first, other):
    mask = choose_steps(run, steps)
    assert mask.dims == ("utterance", "prompt", "step")
    assert mask[0, 0].values.tolist() == [bool(flag) for flag in first]
    assert mask[0, 1].values.tolist() == [bool(flag) for flag in other]
    assert not mask[1, 1].any()


@pytest.mark.parametrize("steps", [[-1], [0.5], [], ["all"], slice(-3, None), slice(0, 5, 0)])
def test_positions_must_count_from_the_start(run, steps):
    with pytest.raises(ReadoutError, match="must be whole numbers from 0"):
        choose_steps(run, steps)


def test_unknown_names_are_told_what_exists(run):
    with pytest.raises(ReadoutError, match=r"steps='last' must be one of 'all', .* or positions"):
        choose_steps(run, "last")


def test_emotions_narrow_what_counts_as_an_emotion(run):
    assert not choose_steps(run, "emotion", ["sad", "happy"])[0, 0].any()
