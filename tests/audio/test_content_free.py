import numpy as np
import pytest

from sottovoce.audio import content_free, load_recording
from sottovoce.errors import RecordingError


@pytest.fixture
def talk():
    rng = np.random.default_rng(3)
    loudness = np.repeat(rng.uniform(0.01, 0.3, 25), 800)
    return load_recording((loudness * rng.standard_normal(20_000), 16_000), id="talk")


@pytest.mark.parametrize("kind", ["silence", "noise", "shuffled"])
def test_only_the_sound_is_another(talk, kind):
    made = content_free(talk, kind)
    assert (made.id, made.rate, made.duration) == (talk.id, talk.rate, talk.duration)
    assert made.content_hash != talk.content_hash
    assert f"content-free: {kind}" in made.notes
    assert made.samples.dtype == np.float32


def test_silence_is_silent(talk):
    assert not content_free(talk, "silence").samples.any()


def test_noise_is_as_loud_and_white(talk):
    made = content_free(talk, "noise").samples
    assert np.std(made) == pytest.approx(np.std(talk.samples), rel=0.03)
    power = np.abs(np.fft.rfft(made)) ** 2
    low, high = power[: len(power) // 2].mean(), power[len(power) // 2 :].mean()
    assert low == pytest.approx(high, rel=0.1)


def test_shuffled_pieces_are_the_recordings_own(talk):
    made = content_free(talk, "shuffled")
    assert not np.array_equal(made.samples, talk.samples)
    # Loudness of the pieces, whose order alone has changed; the fades take a little.
    own, other = (np.sort(one.samples.reshape(25, 800).std(axis=1)) for one in (talk, made))
    np.testing.assert_allclose(other, own, rtol=0.1)


def test_the_seed_and_the_name_decide(talk):
    first, again, other = (content_free(talk, "noise", seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.samples, again.samples)
    assert not np.array_equal(first.samples, other.samples)
    renamed = load_recording(talk, id="other talk")
    assert not np.array_equal(content_free(renamed, "noise").samples, first.samples)


def test_other_kinds_are_refused(talk):
    with pytest.raises(RecordingError, match="kind='hum' must be one of 'silence'"):
        content_free(talk, "hum")
