import json

import numpy as np
import pytest
import xarray as xr
from scipy.stats import gmean

from sottovoce.errors import ReadoutError
from sottovoce.readout import combine, fit_pool_weights, pool, read_out, self_consistency


@pytest.fixture
def members():
    return np.random.default_rng(0).dirichlet(np.ones(4), (3, 50))


def test_pools_are_means(members):
    weights = np.array([0.5, 0.3, 0.2])
    linear = np.average(members, axis=0, weights=weights)
    np.testing.assert_allclose(pool(members, weights, "mean"), linear)
    mixed = 0.999 * members + 0.001 / 4
    geometric = gmean(mixed, axis=0, weights=weights[:, None, None] * np.ones_like(members))
    geometric /= geometric.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(pool(members, weights, "log_mean"), geometric)


@pytest.mark.parametrize("how", ["mean", "log_mean"])
def test_the_missing_are_left_out(members, how):
    gaps = members.copy()
    gaps[0, 3] = np.nan
    gaps[:, 7] = np.nan
    pooled = pool(gaps, [1, 1, 1], how)
    np.testing.assert_allclose(pooled[3], pool(members[1:], [1, 1], how)[3])
    assert np.isnan(pooled[7]).all()
    np.testing.assert_allclose(np.delete(pooled, 7, axis=0).sum(axis=1), 1)


def test_a_zero_of_one_member_does_not_rule_an_emotion_out():
    pooled = pool([[1.0, 0.0], [0.1, 0.9]], [0.5, 0.5], "log_mean")
    assert 0.01 < pooled[1] < 0.5


def test_prompts_and_readouts_of_a_run(run):
    token, said = read_out(run, "answer_step"), read_out(run, "text")
    by_prompt = combine(token)
    assert by_prompt.dims == ("utterance", "emotion")
    np.testing.assert_allclose(by_prompt[0], token[0].mean("prompt"))
    np.testing.assert_allclose(by_prompt[1], token[1, 0])  # the second prompt failed
    assert "prompt_text" not in by_prompt.coords
    assert by_prompt["speaker"].values.tolist() == ["anna", "anna"]
    both = combine({"token": token, "text": said}, weights={"text": 1, "token": 3})
    assert both.dims == token.dims
    np.testing.assert_allclose(both[0, 0], 0.75 * token[0, 0] + 0.25 * said[0, 0])
    assert json.loads(both.attrs["members"]) == {"token": 0.75, "text": 0.25}


def test_weights_are_learned(members):
    rng = np.random.default_rng(3)
    mixed = 0.8 * members[0] + 0.2 * members[2]
    votes = np.array([rng.multinomial(200, row) for row in mixed]) / 200
    weights = fit_pool_weights(members, votes, penalty=0.01)
    np.testing.assert_allclose(weights, [0.8, 0, 0.2], atol=0.08)
    np.testing.assert_allclose(fit_pool_weights(members, votes, penalty=1e6), 1 / 3, atol=1e-3)


def test_what_cannot_be_pooled_is_refused(run):
    shares = read_out(run)
    with pytest.raises(ReadoutError, match="no dimension prompt"):
        combine(shares.isel(prompt=0, drop=True))
    with pytest.raises(ReadoutError, match="at least one member"):
        combine({})
    with pytest.raises(ReadoutError, match="how='median'"):
        combine(shares, "median")
    for weights in ([1], [0, 0], [1, -1]):
        with pytest.raises(ReadoutError, match="must be 2 numbers of 0 or more"):
            combine(shares, weights=weights)
    with pytest.raises(ReadoutError, match="weights are for"):
        combine(shares, weights={"a": 1, "b": 2})


def test_samples_are_averaged_by_their_question(make_run, said):
    samples = [
        [said("angry", "<end>"), said("sad", "<end>"), said("Hm", "<end>"), said("sad", "<end>")],
        [said("Hm", "<end>"), said("Hm", "<end>"), said("sad", "<end>"), said("angry", "<end>")],
    ]
    run = make_run(samples).assign_coords(
        prompt=["a#1", "a#2", "a#3", "b#1"],
        prompt_of=("prompt", ["a", "a", "a", "b"]),
        sample=("prompt", [1, 2, 3, 1]),
    )
    shares = self_consistency(run)
    assert shares["prompt"].values.tolist() == ["a", "b"]
    assert shares["n_read"].values.tolist() == [[2, 1], [1, 1]]
    row = shares.sel(emotion=["angry", "sad"])
    np.testing.assert_allclose(row.sel(prompt="a"), [[0.5, 0.5], [0, 1]])
    uniform = self_consistency(run, "uniform").sel(prompt="a", emotion="sad")
    np.testing.assert_allclose(uniform, [(0 + 1 + 0.25) / 3, (0.25 * 2 + 1) / 3])
    assert shares.attrs["readout"] == "self_consistency"


def test_one_answer_is_no_sample(run):
    with pytest.raises(ReadoutError, match="one answer to each question"):
        self_consistency(run)
    assert isinstance(run, xr.Dataset)
