import numpy as np
import pytest
import xarray as xr
from scipy import stats

from sottovoce.errors import VotesError
from sottovoce.evaluation import compare, compare_all, holm, js_divergence


def test_differences_and_intervals_are_those_of_a_single_comparison(votes, good, poor):
    result = compare_all({"good": good, "poor": poor}, votes, n_boot=100, seed=2)
    alone = compare(good, poor, votes, n_boot=100, seed=2)
    for name in ("difference", "low", "high", "n"):
        np.testing.assert_allclose(result[name].values[:, 0], alone[name].values)
    assert result.attrs["better"] == "lower"
    assert result.attrs["n_swaps"] == 2**8


@pytest.mark.parametrize("measure", ["js", "accuracy", "aer_llm_js"])
def test_every_swap_of_eight_speakers_is_listed(votes, good, poor, measure):
    """All eight speakers prefer the good one, so two of the 256 swaps are as extreme."""
    result = compare_all({"good": good, "poor": poor}, votes, measure, n_boot=0)
    np.testing.assert_allclose(result["p_value"].values, 2 / 256)


def blurred(shares, seed):
    """Shares with some noise, about as good as others with as much."""
    noisy = shares * np.random.default_rng(seed).uniform(0.7, 1.4, shares.shape)
    return noisy / noisy.sum("emotion")


def test_the_test_agrees_with_scipys_permutations(votes, good):
    good, other = blurred(good, 8), blurred(good, 9)
    reference = votes / votes.sum("emotion")
    at = {"prompt": "one_word"}
    values = [
        js_divergence(side.sel(at).values, reference.values).reshape(8, 10).mean(axis=1)
        for side in (good, other)
    ]
    expected = stats.permutation_test(
        values,
        lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    result = compare_all({"good": good, "other": other}, votes, n_boot=0).sel(at)
    assert result["p_value"].item() == pytest.approx(expected.pvalue)
    assert 0.01 < result["p_value"].item() < 1


def test_random_swaps_come_near_the_listed_ones(votes, good):
    good, other = blurred(good, 8), blurred(good, 9)
    listed, drawn = (
        compare_all({"a": good, "b": other}, votes, n_boot=0, n_swaps=n)["p_value"].values
        for n in (256, 255)
    )
    np.testing.assert_allclose(drawn, listed, atol=0.12)
    assert (drawn != listed).any()


def test_without_a_difference_p_is_one(votes, good):
    result = compare_all({"a": good, "b": good.copy()}, votes, n_boot=10)
    np.testing.assert_allclose(result["p_value"], 1)
    np.testing.assert_allclose(result["difference"], 0, atol=1e-15)


def test_all_pairs_or_one_against_the_others(votes, good, poor):
    named = {"good": good, "poor": poor, "same": good.copy()}
    pairs = compare_all(named, votes, n_boot=0)
    assert list(zip(pairs["a"].values, pairs["b"].values, strict=True)) == [
        ("good", "poor"),
        ("good", "same"),
        ("poor", "same"),
    ]
    one = compare_all(named, votes, against="uniform", n_boot=0)
    assert one["a"].values.tolist() == ["good", "poor", "same"]
    assert (one["p_holm"] >= one["p_value"]).all()
    np.testing.assert_allclose(one["p_holm"].sel(prompt="one_word").min(), 6 * 2 / 256)
    assert compare_all({"good": good}, votes, against="corpus mean", n_boot=0).sizes["pair"] == 1


def test_pairs_use_what_both_have(votes, good, poor):
    gaps = poor.copy()
    gaps[0, :7] = np.nan
    result = compare_all({"good": good, "poor": gaps, "first": good[:1]}, votes, n_boot=0)
    assert result["n"].values.tolist() == [[73, 80, 73], [80, 0, 0]]
    assert np.isnan(result["p_holm"].values[1, 1:]).all()


def test_holm_by_hand():
    """Holm's own steps: the smallest is multiplied by all, the next by one less, never falling."""
    p = np.array([0.04, 0.01, 0.5, 0.013])
    np.testing.assert_allclose(holm(p), [0.08, 0.04, 0.5, 0.04 * 0.013 / 0.013])
    assert holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert holm([]).size == 0


def test_holm_rejects_what_step_down_rejects():
    rng = np.random.default_rng(0)
    for _ in range(20):
        p = np.sort(rng.uniform(0, 0.1, 7))
        failed = np.flatnonzero(p > 0.05 / np.arange(7, 0, -1))
        rejected = failed[0] if failed.size else 7
        assert (holm(p) <= 0.05).sum() == rejected


def test_what_cannot_be_compared_is_refused(votes, good):
    with pytest.raises(VotesError, match="nothing to compare"):
        compare_all({"good": good}, votes)
    with pytest.raises(VotesError, match="against='bad' is none of the predictors good"):
        compare_all({"good": good}, votes, against="bad")
    with pytest.raises(VotesError, match="n_swaps=0"):
        compare_all({"good": good}, votes, against="uniform", n_swaps=0)


def test_unknown_speakers_are_told(votes, good, poor):
    anonymous = votes.drop_vars("speaker")
    result = compare_all({"a": good, "b": poor}, anonymous, n_boot=0, n_swaps=99)
    assert "over utterances, not speakers" in result.attrs["notes"]
    assert result["p_value"].min() == pytest.approx(1 / 100)
    assert isinstance(result, xr.Dataset)
