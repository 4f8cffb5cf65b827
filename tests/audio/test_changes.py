"""What is changed is measured in what comes out."""

import importlib.util

import numpy as np
import pytest

from sottovoce.audio import Recording
from sottovoce.audio.changes import Change, change_voice
from sottovoce.audio.world import analyse
from sottovoce.errors import RecordingError

RATE = 16000
needs_world = pytest.mark.skipif(
    importlib.util.find_spec("pyworld") is None, reason='needs pip install "sottovoce[voice]"'
)


@pytest.fixture(scope="module")
def voice():
    """A second of a vowel: a sawtooth whose pitch rises and falls by three semitones, at 150 Hz."""
    seconds = np.arange(RATE) / RATE
    f0 = 150 * 2 ** (3 / 12 * np.sin(2 * np.pi * 2 * seconds))
    phase = np.cumsum(f0) / RATE
    return Recording((0.2 * (2 * (phase % 1) - 1)).astype(np.float32), RATE, "vowel")


def melody(recording):
    found = analyse(np.asarray(recording.samples, dtype=np.float64), RATE)
    return 12 * np.log2(found.f0[found.f0 > 0]), found


def level(samples, low, high):
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    return 10 * np.log10(spectrum[(frequency >= low) & (frequency < high)].mean())


@needs_world
def test_pitch_and_its_range(voice):
    own = melody(voice)[0]
    higher = melody(change_voice(voice, Change(pitch=4)))[0]
    assert higher.mean() - own.mean() == pytest.approx(4, abs=0.3)
    wider = melody(change_voice(voice, Change(pitch_range=1.8)))[0]
    assert wider.std() / own.std() == pytest.approx(1.8, rel=0.15)
    flat = melody(change_voice(voice, Change(pitch_range=0)))[0]
    assert flat[10:-10].std() < 0.1 * own[10:-10].std()


@needs_world
def test_tempo_changes_the_length_and_not_the_pitch(voice):
    faster = change_voice(voice, Change(tempo=1.5))
    assert faster.duration == pytest.approx(voice.duration / 1.5, rel=0.02)
    assert melody(faster)[0].mean() == pytest.approx(melody(voice)[0].mean(), abs=0.3)


@needs_world
def test_breath_takes_the_place_of_harmonics(voice):
    plain, breathy = (
        melody(change_voice(voice, Change(breathiness=share), through_world=True))[1]
        for share in (0.0, 0.7)
    )
    assert breathy.aperiodicity.mean() > plain.aperiodicity.mean() + 0.1


def test_filters_gain_and_noise(voice):
    telephone = change_voice(voice, Change(telephone=1)).samples
    own = voice.samples
    for low, high in ((60, 200), (5000, 8000)):
        lost = level(own, low, high) - level(telephone, low, high)
        assert lost - (level(own, 500, 3000) - level(telephone, 500, 3000)) > 20
    tilted = change_voice(voice, Change(tilt=-6)).samples
    slope = level(tilted, 3800, 4200) - level(own, 3800, 4200)
    slope -= level(tilted, 100, 300) - level(own, 100, 300)
    assert slope == pytest.approx(-18, abs=1)  # three octaves
    louder = change_voice(voice, Change(loudness=20)).samples
    np.testing.assert_allclose(louder, 10 * own, rtol=1e-5)
    noisy = change_voice(voice, Change(noise=-10), seed=3).samples
    assert 20 * np.log10((noisy - own).std() / own.std()) == pytest.approx(-10, abs=0.2)
    np.testing.assert_array_equal(noisy, change_voice(voice, Change(noise=-10), seed=3).samples)


def test_nothing_changed_is_nothing_changed(voice):
    np.testing.assert_array_equal(change_voice(voice, Change()).samples, voice.samples)


@needs_world
def test_what_cannot_be_is_refused(voice):
    with pytest.raises(RecordingError, match="tempo=9 must be from"):
        Change(tempo=9)
    whistle = np.sin(2 * np.pi * 4000 * np.arange(RATE) / RATE).astype(np.float32)
    with pytest.raises(RecordingError, match="whistle: no pitch was found"):
        change_voice(Recording(whistle, RATE, "whistle"), Change(pitch=2))
