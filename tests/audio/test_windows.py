import numpy as np
import pytest

from sottovoce.audio import load_recording, windows
from sottovoce.errors import RecordingError


@pytest.fixture
def talk():
    samples = np.random.default_rng(0).normal(0, 0.1, 16000 * 10 + 123)
    return load_recording((samples, 16000), id="talk")


@pytest.mark.parametrize(("seconds", "hop"), [(3, None), (3, 1), (2.5, 0.75), (4, 1 / 3), (10, 1)])
def test_windows_cover_everything_with_equal_lengths(talk, seconds, hop):
    cut = windows(talk, seconds, hop)
    assert {len(window.samples) for window in cut} == {round(seconds * 16000)}
    starts = [float(window.id.removeprefix("talk@").removesuffix("s")) for window in cut]
    assert starts[0] == 0
    np.testing.assert_allclose([window.start for window in cut], starts, atol=0.05)
    assert {window.part_of for window in cut} == {"talk"}
    assert max(np.diff(starts)) <= (hop or seconds) + 0.1
    np.testing.assert_array_equal(cut[0].samples, talk.samples[: round(seconds * 16000)])
    np.testing.assert_array_equal(cut[-1].samples, talk.samples[-round(seconds * 16000) :])


def test_windows_are_told_apart(talk):
    cut = windows(talk, 1, hop=0.01)
    assert len({window.id for window in cut}) == len(cut)
    assert len({window.content_hash for window in cut}) == len(cut)
    assert cut[1].id == "talk@0.01s"


def test_a_window_of_a_window_counts_from_the_start_of_the_whole(talk):
    inner = windows(windows(talk, 4)[1].resampled(8000), 1.5)
    assert [window.start for window in inner] == [4, 5.5, 6.5]
    assert {window.part_of for window in inner} == {"talk"}


def test_an_even_division_leaves_no_scrap(talk):
    even = load_recording((talk.samples[: 16000 * 9], 16000), id="talk")
    assert [window.id for window in windows(even, 3)] == ["talk@0.0s", "talk@3.0s", "talk@6.0s"]


def test_a_short_recording_stays_whole(talk):
    assert windows(talk, 30) == [talk]


@pytest.mark.parametrize(
    ("seconds", "hop"), [(0, None), (-1, None), (np.nan, None), (np.inf, None), (2, 0), (2, 3)]
)
def test_impossible_windows_are_refused(talk, seconds, hop):
    with pytest.raises(RecordingError, match="must be"):
        windows(talk, seconds, hop)
