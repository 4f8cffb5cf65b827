import pytest
from sounds import voice, voices

from sottovoce.capture import capture
from sottovoce.errors import ModelError


class EnoughError(Exception):
    """Somebody pressed Cancel."""


def test_a_function_is_told_of_every_batch(qwen):
    told = []
    capture(
        qwen,
        voices(5),
        ["one_word", "yes_no_angry"],
        max_new_tokens=3,
        batch_size=4,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 10)] * 6 + [(4, 10), (8, 10), (10, 10)]


def test_windows_and_lost_recordings_are_counted_once_they_are_known(qwen):
    told = []
    recordings = {"long": voice(2.5 * qwen.max_seconds), "lost": "lost.wav"}
    run = capture(
        qwen,
        recordings,
        "one_word",
        max_new_tokens=2,
        progress=lambda done, total: told.append((done, total)),
    )
    assert (run.status == "ok").sum() == 3
    assert told == [(0, 2), (0, 2), (0, 3), (3, 3)]


@pytest.mark.parametrize("enough", [(0, 3), (1, 3)])
def test_what_it_raises_goes_through_and_ends_the_capture(qwen, enough):
    told = []

    def tell(done, total):
        told.append((done, total))
        if (done, total) == enough:
            raise EnoughError

    with pytest.raises(EnoughError):
        capture(qwen, voices(3), "one_word", max_new_tokens=2, batch_size=1, progress=tell)
    assert told[-1] == enough
    assert told.count(enough) == 1


@pytest.mark.parametrize("progress", [None, "yes", 1])
def test_anything_else_is_refused_before_a_model_is_loaded(progress):
    with pytest.raises(ModelError, match=r"must be True, False, or a function"):
        capture("./nowhere", "lost.wav", progress=progress)
