import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import text
from sottovoce.vocabulary import EMOTIONS, TokenSet


def test_answers_become_shares(run, shares_of):
    shares = text(run)
    assert shares_of(shares)["angry"] == 1.0
    assert np.isnan(shares[0, 1]).all()
    assert shares_of(shares, utterance=1)["sad"] == 1.0


def test_failures_are_counted_apart_from_failed_recordings(run):
    for policy in ("missing", "uniform"):
        attrs = text(run, policy).attrs
        assert attrs["n_parse_failures"] == 1
        assert attrs["n_failed"] == 1
        assert attrs["n_missing"] == (policy == "missing")


def test_policies_fill_what_cannot_be_read(make_run, said, shares_of):
    tokens = TokenSet.preset("emotions+percentages")
    run = make_run([[said("Hm")], [None]], token_set=tokens)
    assert shares_of(text(run, policy="neutral"))["neutral"] == 1.0
    uniform = text(run, policy="uniform")
    np.testing.assert_allclose(uniform[0, 0], 1 / 6)
    assert np.isnan(uniform[1]).all()


def test_policies_must_be_known(run):
    with pytest.raises(ReadoutError, match="policy='guess' must be one of"):
        text(run, "guess")
    with pytest.raises(ReadoutError, match="'neutral' needs an emotion of that name"):
        text(run, "neutral")


def test_own_spellings_are_understood(make_run, said, shares_of):
    tokens = TokenSet({"tense": ["nervous"], "calm": ["serene"]})
    run = make_run([[said("nervous", " 30", "%", ",", " serene", " 10%")]], token_set=tokens)
    assert shares_of(text(run)) == {"tense": 0.75, "calm": 0.25}


def test_a_run_without_emotions_is_about_the_six(make_run, said):
    tokens = [("%", "%", "percentage", "%", 1)]
    token_set = TokenSet({}, percentages=True)
    run = make_run([[said("sad")]], tokens=tokens, token_set=token_set)
    assert text(run)["emotion"].values.tolist() == list(EMOTIONS)


def test_it_needs_no_token(run):
    np.testing.assert_array_equal(text(run.isel(token=slice(0))), text(run))
