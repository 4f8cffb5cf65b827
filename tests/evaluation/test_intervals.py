import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from sottovoce.evaluation import intervals
from sottovoce.evaluation.intervals import (
    Resampling,
    bootstrap,
    percentile_interval,
    resampling_units,
)


def mean(values):
    return lambda counts: (counts @ values / counts.sum(axis=-1))[:, None]


def test_whole_speakers_are_drawn():
    units = resampling_units(list("abcdef"), dict(zip("abcdef", "112233", strict=True)))
    counts = np.concatenate(list(units.counts(50, seed=0)))
    assert units.unit == "speaker"
    assert counts.shape == (50, 6)
    assert (counts.sum(axis=1) == 6).all()
    assert (counts[:, 0::2] == counts[:, 1::2]).all()


@pytest.mark.parametrize(
    ("speakers", "reason"),
    [
        ({}, "no speakers are known"),
        ({"a": "1", "b": "1", "c": "1", "d": "1"}, "1 speaker is fewer than 3"),
        ({"a": "1", "b": "2", "c": "3"}, "the speaker of 1 of 4 utterances is unknown"),
    ],
)
def test_falls_back_to_utterances_and_says_why(speakers, reason):
    units = resampling_units(list("abcd"), speakers)
    assert units.unit == "utterance"
    assert units.n_units == 4
    assert reason in units.note


def test_same_seed_same_resamples_whatever_the_block(monkeypatch):
    units = Resampling("utterance", np.arange(9), 9)
    whole = np.concatenate(list(units.counts(20, seed=3)))
    monkeypatch.setattr(intervals, "ENTRIES_AT_ONCE", 40)
    blocks = list(units.counts(20, seed=3))
    assert len(blocks) == 5
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


def test_agrees_with_scipy_on_a_mean():
    values = np.random.default_rng(1).normal(size=200)
    units = Resampling("utterance", np.arange(200), 200)
    low, high = percentile_interval(bootstrap(mean(values), units, 4000, seed=0))
    theirs = scipy_bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(2)
    ).confidence_interval
    assert (low[0], high[0]) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_speakers_that_differ_widen_the_interval():
    """The reason for speakers: the clips of one speaker are not independent."""
    values = np.repeat(np.arange(10.0), 20)
    by_speaker = Resampling("speaker", np.repeat(np.arange(10), 20), 10)
    by_clip = Resampling("utterance", np.arange(200), 200)
    widths = []
    for units in (by_speaker, by_clip):
        low, high = percentile_interval(bootstrap(mean(values), units, 500, seed=0))
        widths.append(high[0] - low[0])
    assert widths[0] > 3 * widths[1]


def test_rarely_undefined_is_left_out_often_undefined_has_no_interval():
    samples = np.arange(100.0)[:, None].repeat(3, axis=1)
    samples[:4, 1] = np.nan
    samples[:40, 2] = np.nan
    low, high = percentile_interval(samples)
    assert np.isfinite(low[:2]).all()
    assert np.isnan(low[2])
    assert np.isnan(high[2])


def test_one_unit_has_no_resamples():
    assert sum(len(block) for block in Resampling("utterance", np.arange(1), 1).counts(50, 0)) == 0


def test_no_resamples_no_interval():
    units = Resampling("utterance", np.arange(4), 4)
    samples = bootstrap(mean(np.arange(4.0)), units, 0, seed=0)
    assert samples.shape == (0, 1)
    assert np.isnan(percentile_interval(samples)).all()
