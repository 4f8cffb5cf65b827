"""What is covered is gone, and what is not is left as it was."""

import numpy as np
import pytest

from sottovoce.audio.covering import Cover
from sottovoce.errors import RecordingError

RATE = 16000
NOISE = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)


def power(samples, low, high):
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    return spectrum[(frequency > low) & (frequency < high)].sum()


def test_only_the_stretch_is_covered():
    cover = Cover(NOISE, RATE)
    covered = cover(cover.weights(0.25, 0.5))
    np.testing.assert_array_equal(covered[: int(0.24 * RATE)], NOISE[: int(0.24 * RATE)])
    np.testing.assert_array_equal(covered[int(0.51 * RATE) :], NOISE[int(0.51 * RATE) :])
    assert np.abs(covered[int(0.26 * RATE) : int(0.49 * RATE)]).max() < 1e-12


def test_the_whole_is_covered_to_its_ends():
    cover = Cover(NOISE, RATE)
    assert np.abs(cover(cover.weights(0, 1))).max() < 1e-12


def test_only_the_band_is_covered():
    cover = Cover(NOISE, RATE, edges=[0, 1000, 3000, 8000])
    covered = cover(cover.weights(0, 1, 1))
    assert power(covered, 1100, 2900) < 1e-6 * power(NOISE, 1100, 2900)
    assert power(covered, 3100, 8000) == pytest.approx(power(NOISE, 3100, 8000), rel=1e-4)


@pytest.mark.parametrize("fill", ["noise", "mean"])
def test_noise_is_as_loud_as_what_it_covers(fill):
    low = np.convolve(NOISE, np.ones(16) / 4, mode="same").astype(np.float32)
    cover = Cover(low, RATE, fill=fill, seed=1)
    covered = cover(cover.weights(0, 1))
    assert covered.std() == pytest.approx(low.std(), rel=0.05)
    dark = power(covered, 0, 1000) / power(covered, 1000, 8000)
    own = power(low, 0, 1000) / power(low, 1000, 8000)
    assert (abs(np.log(dark / own)) < 0.3) == (fill == "mean")


def test_the_seed_decides():
    covers = [Cover(NOISE, RATE, fill="noise", seed=seed) for seed in (0, 0, 1)]
    first, same, other = (cover(cover.weights(0, 1)) for cover in covers)
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 0.1


def test_bands_must_ascend():
    with pytest.raises(RecordingError, match="each above the one before"):
        Cover(NOISE, RATE, edges=[0, 3000, 1000])
