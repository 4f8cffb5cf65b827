from itertools import pairwise

import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import reliability


def test_means_and_counts_are_those_of_the_pairs(good, votes):
    edges = [0, 0.1, 0.3, 1]
    result = reliability(good, votes, bins=edges)
    reference = (votes / votes.sum("emotion")).values.ravel()
    for prompt in good["prompt"].values:
        share = good.sel(prompt=prompt).values.ravel()
        one = result.sel(prompt=prompt)
        apart = 0.0
        for i, (left, right) in enumerate(pairwise(edges)):
            member = (share >= left) & (share < right)
            assert one["n"].values[i] == member.sum()
            assert one["predicted"].values[i] == pytest.approx(share[member].mean())
            assert one["observed"].values[i] == pytest.approx(reference[member].mean())
            apart += abs((share - reference)[member].sum())
        assert one["error"].item() == pytest.approx(apart / share.size)
    assert (result["n"].sum("bin") == votes.size).all()
    assert (result["n_utterances"] == 80).all()


def test_intervals_are_over_speakers_and_hold_the_mean(good, votes):
    result = reliability(good, votes, bins=3)
    assert (result.attrs["resampled"], result.attrs["n_resampled"]) == ("speaker", 8)
    assert (result["low"] <= result["observed"]).all()
    assert (result["observed"] <= result["high"]).all()
    assert (result["low"] < result["high"]).any()
    again = reliability(good, votes, bins=3)
    xr.testing.assert_identical(result, again)


def test_a_reliable_predictor_lies_on_the_line_and_one_that_boasts_does_not():
    rng = np.random.default_rng(0)
    lean = rng.dirichlet([0.6] * 4, size=4000)
    names = {"utterance": [str(i) for i in range(4000)], "emotion": list("abcd")}
    counts = np.array([rng.multinomial(10, p) for p in lean], dtype=float)
    votes = xr.DataArray(counts, coords=names, dims=("utterance", "emotion"))
    honest = reliability(xr.DataArray(lean, coords=names, dims=votes.dims), votes, n_boot=100)
    assert np.abs(honest["observed"] - honest["predicted"]).max() < 0.02
    assert honest["error"].item() < 0.005
    sharp = lean**2 / (lean**2).sum(axis=1, keepdims=True)
    boasts = reliability(xr.DataArray(sharp, coords=names, dims=votes.dims), votes, n_boot=100)
    upper = boasts.isel(prompt=0, bin=slice(6, None))
    assert (upper["high"] < upper["predicted"]).all()
    assert boasts["error_low"].item() > honest["error_high"].item()


def test_edges_belong_to_the_bin_above_the_last_to_the_last():
    names = {"utterance": ["a"], "emotion": list("xyz")}
    votes = xr.DataArray([[1.0, 1, 0]], coords=names, dims=("utterance", "emotion"))
    shares = xr.DataArray(
        np.array([[0.3, 0.7, 0]], dtype=np.float32), coords=names, dims=votes.dims
    )
    assert reliability(shares, votes)["n"].values.tolist() == [[1, 0, 0, 1, 0, 0, 0, 1, 0, 0]]
    certain = shares.copy(data=[[0.0, 1, 0]])
    result = reliability(certain, votes, bins=[0, 0.5, 1])
    assert result["n"].values.tolist() == [[2, 1]]
    assert result["right"].values.tolist() == [0.5, 1]
    assert np.isnan(result["low"]).all()  # one utterance has no resamples


def test_an_empty_bin_and_missing_shares(good, votes):
    good[0, :40] = np.nan
    flat = good * 0 + 1 / 6
    result = reliability(flat, votes)
    assert result["n"].values[:, 1].tolist() == [240, 480]
    assert result["n_utterances"].values.tolist() == [40, 80]
    empty = result["n"].values == 0
    assert np.isnan(result["observed"].values[empty]).all()
    assert np.isnan(result["predicted"].values[empty]).all()


@pytest.mark.parametrize(
    ("bins", "told"),
    [
        (0, "bins=0 must be from 1 to 100"),
        ([0.5], "must be edges that ascend"),
        ([0, 0.6, 0.3, 1], "must be edges that ascend"),
        ([0.1, 1], "must begin at 0 and end at 1"),
    ],
)
def test_bins_that_mean_nothing_are_refused(good, votes, bins, told):
    with pytest.raises(VotesError, match=told):
        reliability(good, votes, bins=bins)
