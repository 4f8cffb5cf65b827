import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.audio import Recording, windows
from sottovoce.errors import RecordingError
from sottovoce.monitoring.window_buffer import WindowBuffer, joined, window_name


def cut_all(samples, sizes, seconds, hop, rate):
    buffer = WindowBuffer(rate, seconds=seconds, hop=hop)
    cuts, most, place = [], 0, 0
    while place < len(samples):
        size = sizes[len(cuts) % len(sizes)]
        buffer.append(samples[place : place + size])
        place += size
        while buffer.n_ready:
            cuts.append(buffer.take())
        most = max(most, buffer.n_kept)
    last = buffer.take_last()
    return cuts + ([last] if last else []), most


@settings(max_examples=60, deadline=None)
@given(
    st.integers(200, 6000),
    st.lists(st.integers(1, 900), min_size=1, max_size=4),
    st.floats(0.2, 1.0),
    st.floats(0.05, 1.0),
)
def test_windows_are_those_of_the_whole_recording(n, sizes, seconds, part):
    rate, hop = 1000, max(seconds * part, 0.01)
    samples = np.arange(n, dtype=np.float32)
    whole = windows(Recording(samples, rate, id="a"), seconds, hop)
    cuts, most = cut_all(samples, sizes, seconds, hop, rate)
    assert [cut.start for cut in cuts] == [round(one.start * rate) for one in whole]
    for cut, one in zip(cuts, whole, strict=True):
        np.testing.assert_array_equal(cut.samples, one.samples)
    assert most <= round(seconds * rate) + np.ceil(hop * rate) + 1  # before what comes next


def test_skipping_leaves_the_newest_window_and_the_grid_as_it_is():
    buffer = WindowBuffer(10, seconds=2, hop=0.5)
    buffer.append(np.arange(100, dtype=np.float32))
    assert buffer.n_ready == 17
    assert buffer.take().start == 0
    assert buffer.skip() == 15
    assert buffer.n_ready == 1
    assert buffer.n_kept == 20
    cut = buffer.take()
    assert (cut.number, cut.start, cut.samples[0]) == (16, 80, 80.0)
    assert buffer.skip() == 0
    assert buffer.take_last() is None


def test_what_is_marked_breaks_the_windows_that_touch_it():
    buffer = WindowBuffer(10, seconds=1, hop=0.5)
    buffer.append(np.zeros(40, dtype=np.float32))
    buffer.mark(18, 20, "NaN")
    cuts = [buffer.take() for _ in range(buffer.n_ready)]
    assert [cut.start for cut in cuts if cut.broken] == [10, 15]


def test_sound_shorter_than_a_window_is_one():
    buffer = WindowBuffer(10, seconds=3, hop=1)
    assert buffer.take_last() is None
    buffer.append(np.zeros(12, dtype=np.float32))
    assert buffer.n_ready == 0
    assert buffer.take_last().is_whole


def test_the_sound_of_a_row_holds_each_moment_once():
    samples = np.arange(100, dtype=np.float32)
    cuts, _ = cut_all(samples, [7], 2, 0.7, 10)
    np.testing.assert_array_equal(joined(cuts), samples)


@pytest.mark.parametrize(("seconds", "hop"), [(0.05, 0.05), (1, 2), (1, 0), (float("nan"), 1)])
def test_lengths_that_make_no_sense_are_refused(seconds, hop):
    with pytest.raises(RecordingError, match="must be"):
        WindowBuffer(16000, seconds=seconds, hop=hop)


def test_windows_are_named_by_their_start():
    assert [window_name("a", start, 0.5) for start in (0, 0.5, 61.5)] == [
        "a@0.0s",
        "a@0.5s",
        "a@61.5s",
    ]
    assert window_name("a", 0.05, 0.05) == "a@0.05s"
