import numpy as np
import pytest

from sottovoce.audio import load_recording, split_at_pauses
from sottovoce.errors import RecordingError

RATE = 16000


def sound(*pieces, noise=0.0, seed=0):
    """Sounds of so many seconds, and pauses where the number is negative."""
    generator = np.random.default_rng(seed)
    parts = [
        generator.normal(0, 0.1 if piece > 0 else noise, round(abs(piece) * RATE))
        for piece in pieces
    ]
    return load_recording((np.concatenate(parts), RATE), id="talk")


def spans(parts):
    return [(round(part.start, 1), round(part.start + part.duration, 1)) for part in parts]


def test_each_stretch_between_pauses_is_a_part():
    talk = sound(-1, 1.2, -0.8, 2, -0.6, 1.5, -2)
    parts = split_at_pauses(talk)
    assert spans(parts) == [(0.9, 2.3), (2.9, 5.1), (5.5, 7.2)]
    assert [part.id for part in parts] == [f"talk@{part.start:.1f}s" for part in parts]
    assert {part.part_of for part in parts} == {"talk"}
    assert len({part.content_hash for part in parts}) == 3
    for part in parts:
        first = round(part.start * RATE)
        np.testing.assert_array_equal(part.samples, talk.samples[first : first + len(part.samples)])


@pytest.mark.parametrize("noise", [0, 0.0005, 0.01, 0.03])
def test_how_quiet_a_pause_is_is_measured(noise):
    talk = sound(1, -1, 1, noise=noise)
    assert spans(split_at_pauses(talk)) == [(0, 1.1), (1.9, 3)]
    assert spans(split_at_pauses(talk, quiet=5)) == [(0, 1.1), (1.9, 3)]
    assert spans(split_at_pauses(talk, quiet=70)) == [(0, 1.1), (1.9, 3)] if not noise else [(0, 3)]


def test_even_noise_is_one_stretch():
    assert split_at_pauses(sound(4))[0].duration == 4


def test_short_pauses_and_short_stretches_part_nothing():
    whole = sound(1, -0.3, 1)
    assert split_at_pauses(whole)[0] is whole
    assert spans(split_at_pauses(sound(1, -0.3, 1), pause=0.2)) == [(0, 1.1), (1.2, 2.3)]
    assert spans(split_at_pauses(sound(2, -0.6, 0.2, -0.9, 2))) == [(0, 2.9), (3.6, 5.7)]
    assert spans(split_at_pauses(sound(0.2, -0.9, 2))) == [(0, 3.1)]


def test_what_is_too_long_is_cut_into_windows():
    talk = sound(1, -1, 5)
    parts = split_at_pauses(talk, 2, hop=1.5)
    assert spans(parts) == [(0, 1.1), (1.9, 3.9), (3.4, 5.4), (4.9, 6.9), (5.0, 7.0)]
    assert parts[1].id == "talk@1.9s"
    assert {part.part_of for part in parts} == {"talk"}
    assert spans(split_at_pauses(sound(5), 2)) == [(0, 2), (2, 4), (3, 5)]


def test_parts_of_a_part_count_from_the_start_of_the_whole():
    outer = split_at_pauses(sound(1, -1, 3))[1]
    inner = split_at_pauses(outer, 2)
    assert {part.part_of for part in inner} == {"talk"}
    assert inner[-1].start + inner[-1].duration == pytest.approx(5, abs=0.01)


@pytest.mark.parametrize("option", ["pause", "quiet"])
@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf])
def test_impossible_options_are_refused(option, value):
    with pytest.raises(RecordingError, match=f"{option}={value!r} must be above 0"):
        split_at_pauses(sound(1), **{option: value})


def test_real_speech_is_cut_where_nobody_speaks(test_data):
    """A sentence three times, with the noise of its own room before and after it."""
    clip = load_recording(test_data / "crema-d" / "AudioWAV" / "1061_DFA_ANG_XX.wav")
    talk = load_recording((np.tile(clip.samples, 3), RATE), id="talk")
    parts = split_at_pauses(talk)
    assert len(parts) == 3
    for number, part in enumerate(parts):
        assert number * clip.duration < part.start
        assert part.start + part.duration < (number + 1) * clip.duration
        assert np.abs(part.samples).max() == np.abs(clip.samples).max()
