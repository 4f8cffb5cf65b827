"""The weights of an ensemble, learned from votes and judged on other speakers."""

import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import evaluate, weigh_prompts
from sottovoce.readout import combine


@pytest.fixture
def world():
    """A prompt that hears, one that hears half as well, and one that guesses; ten speakers."""
    rng = np.random.default_rng(0)
    true = rng.dirichlet([0.4] * 4, 300)
    noise = {"good": 0.2, "fair": 0.6, "guess": 1.0}
    labels = {"utterance": [f"clip{i}" for i in range(300)], "emotion": list("abcd")}
    members = [
        xr.DataArray((1 - much) * true + much * rng.dirichlet([1] * 4, 300), labels)
        for much in noise.values()
    ]
    shares = xr.concat(members, xr.Variable("prompt", list(noise)))
    votes = xr.DataArray(rng.multinomial(9, true), labels)
    speakers = {name: f"speaker {i % 10}" for i, name in enumerate(labels["utterance"])}
    return shares.transpose("utterance", "prompt", "emotion"), votes, speakers


@pytest.mark.parametrize("how", ["mean", "log_mean"])
def test_what_hears_better_weighs_more_and_helps_on_other_speakers(world, how):
    shares, votes, speakers = world
    found = weigh_prompts(shares, votes, how, speakers=speakers)
    weight = found["weight"]
    assert weight.sum().item() == pytest.approx(1)
    assert weight.sel(prompt="good") > weight.sel(prompt="fair") > weight.sel(prompt="guess")
    compared = {"equal": combine(shares, how), "learned": found["share"]}
    js = evaluate(compared, votes, speakers=speakers, n_boot=0)["value"].sel(measure="js")
    assert js.sel(predictor="learned").item() < js.sel(predictor="equal").item() - 0.02
    assert found.attrs["held_out"] == "speaker"
    assert found["weight_in_fold"].shape == (10, 3)


def test_nobody_has_a_part_in_their_own_weights(world):
    shares, votes, speakers = world
    found = weigh_prompts(shares, votes, speakers=speakers)
    turned = votes.copy()
    own = [name for name, who in speakers.items() if who == "speaker 3"]
    turned.loc[{"utterance": own}] = votes.sel(utterance=own).values[:, ::-1]
    again = weigh_prompts(shares, turned, speakers=speakers)
    np.testing.assert_array_equal(
        again["share"].sel(utterance=own), found["share"].sel(utterance=own)
    )
    assert not again["weight"].equals(found["weight"])


def test_the_weights_are_those_that_combine_takes(world):
    shares, votes, speakers = world
    weight = weigh_prompts(shares, votes, speakers=speakers)["weight"]
    pooled = combine(shares, weights=weight.to_series().to_dict())
    assert np.allclose(pooled.sum("emotion"), 1)


def test_one_prompt_has_nothing_to_weigh(world):
    shares, votes, _ = world
    with pytest.raises(VotesError, match="two prompts or more"):
        weigh_prompts(shares.isel(prompt=[0]), votes)
