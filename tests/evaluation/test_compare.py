import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import compare, evaluate


def test_the_difference_is_that_of_the_values(votes, good, poor):
    result = compare(good, poor, votes, n_boot=200)
    values = evaluate({"good": good, "poor": poor}, votes, n_boot=0)["value"].sel(measure="js")
    expected = values.sel(predictor="good") - values.sel(predictor="poor")
    np.testing.assert_allclose(result["difference"], expected)
    np.testing.assert_allclose(result["a"] - result["b"], expected)
    assert (result["low"] < result["difference"]).all()
    assert (result["difference"] < result["high"]).all()
    assert (result["share_below_zero"] == 1).all()
    assert result.attrs["better"] == "lower"
    assert result["n"].values.tolist() == [80, 80]


def test_a_predictor_against_itself(votes, good):
    result = compare(good, good, votes, "entropy_rho", n_boot=50)
    for name in ("difference", "low", "high", "share_below_zero"):
        assert (result[name] == 0).all()


def test_swapping_turns_the_sign(votes, good, poor):
    one, other = compare(good, poor, votes, n_boot=50), compare(poor, good, votes, n_boot=50)
    np.testing.assert_allclose(one["low"], -other["high"])
    np.testing.assert_allclose(one["share_below_zero"], 1 - other["share_below_zero"])


def test_only_utterances_that_both_have_count(votes, good, poor):
    gaps = good.copy()
    gaps[0, :20] = np.nan
    result = compare(gaps, poor, votes, n_boot=20)
    assert result["n"].values.tolist() == [60, 80]
    expected = compare(good[:, 20:], poor[:, 20:], votes, n_boot=0)["difference"][0]
    assert float(result["difference"][0]) == pytest.approx(float(expected))


def test_pairing_narrows_the_interval(votes, good):
    """Two predictors that fail on the same speakers differ by less than their intervals say."""
    similar = 0.9 * good + 0.1 / 6
    both = evaluate({"a": good, "b": similar}, votes, n_boot=300).sel(measure="js")
    apart = (both["high"] - both["low"]).sel(predictor="a", prompt="one_word")
    paired = compare(good, similar, votes, n_boot=300).sel(prompt="one_word")
    assert paired["high"] - paired["low"] < 0.8 * apart


def test_against_a_constant(votes, good):
    result = compare(good[:, 10:], "corpus mean", votes, n_boot=100)
    known = evaluate(good[:, 10:], votes, n_boot=0)["value"].sel(measure="js")
    np.testing.assert_allclose(result["b"], known.sel(predictor="corpus mean"))
    assert (result["high"] < 0).all()


def test_an_undefined_difference_is_nan(votes, good):
    result = compare(good, "uniform", votes, "entropy_rho", n_boot=20)
    for name in ("difference", "low", "high", "share_below_zero"):
        assert result[name].isnull().all()


def test_no_resamples_no_interval(votes, good, poor):
    result = compare(good, poor, votes, n_boot=0)
    assert result["difference"].notnull().all()
    assert result["low"].isnull().all()
    assert result["share_below_zero"].isnull().all()


def test_prompts_are_compared_with_each_other(votes, good, poor):
    assert compare(good, poor[:1], votes, n_boot=0)["prompt"].values.tolist() == ["one_word"]
    plain = poor.sel(prompt="one_word", drop=True)
    assert compare(good, plain, votes, n_boot=0).sizes["prompt"] == 2
    with pytest.raises(VotesError, match="no prompt in common"):
        compare(good[:1], poor[1:], votes)


@pytest.mark.parametrize(
    ("b", "measure", "message"),
    [("mean", "js", "b='mean' must be one of 'uniform'"), ("uniform", "jsd", "measure='jsd'")],
)
def test_unknown_names_are_refused(votes, good, b, measure, message):
    with pytest.raises(VotesError, match=message):
        compare(good, b, votes, measure)


def test_the_result_can_be_saved(votes, good, poor, tmp_path):
    result = compare(good, poor, votes, n_boot=5)
    result.to_netcdf(tmp_path / "difference.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "difference.nc", engine="h5netcdf") as opened:
        assert opened.identical(result)


@pytest.mark.parametrize(
    ("option", "told"), [({"n_boot": -1}, "n_boot=-1"), ({"confidence": 2}, "confidence=2")]
)
def test_meaningless_options_are_refused_in_words(votes, good, option, told):
    with pytest.raises(VotesError, match=told):
        compare(good, "uniform", votes, **option)


def test_the_corpus_mean_is_that_of_the_utterances_that_are_compared(votes, good):
    gaps = good.copy()
    gaps[:, :20] = np.nan
    whole = compare(gaps, "corpus mean", votes, n_boot=10)
    part = compare(good[:, 20:], "corpus mean", votes, n_boot=10)
    np.testing.assert_allclose(whole["b"], part["b"])
