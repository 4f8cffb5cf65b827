import numpy as np
import pytest
from scipy.stats import entropy, spearmanr

from sottovoce.errors import VotesError
from sottovoce.evaluation import ambiguity, evaluate


def test_entropies_are_those_of_scipy_in_bits(good, votes):
    result = ambiguity(good, votes)
    np.testing.assert_allclose(result["listeners"], entropy(votes.values, base=2, axis=1))
    np.testing.assert_allclose(
        result["predicted"], entropy(good.transpose("prompt", ...).values, base=2, axis=2)
    )
    for prompt in range(2):
        ours = (result["predicted"][prompt].round(9), result["listeners"].round(9))  # ties
        theirs = spearmanr(*ours).statistic
        assert result["rho"].values[prompt] == pytest.approx(theirs)
    assert result.attrs["most"] == pytest.approx(np.log2(6))


def test_correlation_and_interval_are_those_of_evaluate(good, votes):
    result = ambiguity(good, votes, n_boot=200, seed=3)
    whole = evaluate(good, votes, n_boot=200, seed=3).sel(measure="entropy_rho").isel(predictor=0)
    for ours, theirs in (("rho", "value"), ("low", "low"), ("high", "high"), ("n", "n")):
        np.testing.assert_allclose(result[ours], whole[theirs])
    assert (result.attrs["resampled"], result.attrs["n_resampled"]) == ("speaker", 8)


def test_an_utterance_without_shares_stays_and_is_not_counted(good, votes):
    good[0, 4] = np.nan
    result = ambiguity(good, votes)
    assert result["n"].values.tolist() == [79, 80]
    assert np.isnan(result["predicted"].values[0, 4])


def test_equal_entropies_have_no_correlation(good, votes):
    result = ambiguity(good * 0 + 1 / 6, votes)
    assert np.isnan(result["rho"]).all()
    assert np.isnan(result["low"]).all()


def test_what_does_not_fit_is_refused(good, votes):
    with pytest.raises(VotesError, match="confidence=95 must lie between 0 and 1"):
        ambiguity(good, votes, confidence=95)
    with pytest.raises(VotesError, match="no utterance has both shares and votes"):
        ambiguity(good, votes.assign_coords(utterance=[f"x{i}" for i in range(80)]))
