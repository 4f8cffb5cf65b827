"""A raised pitch, and a raised level, are found as what moves the shares."""

import importlib.util

import numpy as np
import pytest
from spoken import sample

from sottovoce.audio import Recording
from sottovoce.audio.changes import Change, change_voice
from sottovoce.errors import ExplanationError
from sottovoce.explain import counterfactuals
from sottovoce.explain.voice import _flips

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pyworld") is None, reason='needs pip install "sottovoce[voice]"'
)


@pytest.fixture(scope="module")
def raised():
    """A neutral sentence whose pitch was raised by eight semitones."""
    return change_voice(sample("tom_neutral"), Change(pitch=8))


def test_a_raised_pitch_is_found(bundled, raised):
    degrees = {
        "pitch": [-8, -4, -2, 0],
        "pitch_range": [0.5, 0.75, 1, 1.5],
        "telephone": [0, 0.1, 0.2, 0.3],
    }
    found = counterfactuals(bundled, raised, factors=degrees, progress=False)
    assert found["share"].dims == ("factor", "degree", "emotion")
    # What the pitch brought goes with the pitch, and with nothing else.
    happy = found["share"].sel(emotion="happy")
    moved = happy.max("degree") - happy.min("degree")
    assert found["factor"].values[moved.argmax("factor").item()] == "pitch"
    assert moved.sel(factor="pitch") > 2 * moved.sel(factor=["pitch_range", "telephone"]).max()
    flip = found["flip"].sel(factor="pitch", side="below")
    assert -8 < flip < 0
    assert found["flip_to"].sel(factor="pitch", side="below") == "neutral"


def test_resynthesis_is_told_apart_from_what_it_carries(bundled):
    clip = sample("anna_sad")
    found = counterfactuals(bundled, clip, factors={"pitch": [0]}, progress=False)
    np.testing.assert_allclose(
        found["share"].sel(factor="pitch").squeeze() - found["whole"], found["resynthesis"]
    )
    plain = counterfactuals(bundled, clip, factors={"loudness": [0]}, progress=False)
    np.testing.assert_allclose(plain["share"].squeeze(), plain["whole"], atol=1e-6)
    assert plain["resynthesis"].isnull().all()


def test_what_would_be_cut_is_missing(bundled):
    long = np.tile(sample("tom_sad").samples, 3)[: 5 * 16000]
    found = counterfactuals(
        bundled, Recording(long, 16000, "long"), factors={"tempo": [0.6, 1]}, progress=False
    )
    missing = found["share"].isnull().all("emotion").squeeze("factor")
    assert missing.values.tolist() == [True, False]


def test_flips_by_hand():
    shares = np.array([[0.2, 0.8], [0.4, 0.6], [0.7, 0.3], [0.9, 0.1]])
    below, above = _flips(shares, np.array([-2.0, -1.0, 0.0, 1.0]), 0.0)
    # The leads are 0.4 at 0 and -0.2 at -1.
    assert below == (pytest.approx(-2 / 3), 1)
    assert np.isnan(above[0])


def test_what_makes_no_sense_is_refused(bundled, raised):
    for factors, told in (
        (["age"], "factors='age' must be of 'pitch'"),
        ({"tempo": [9]}, "tempo=9.0 must be from 0.5 to 2"),
        ({"tempo": [1], "pitch": [0, 1]}, "tempo 1, pitch 2"),
    ):
        with pytest.raises(ExplanationError, match=told):
            counterfactuals(bundled, raised, factors=factors)
