import json

import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import ReadoutError
from sottovoce.readout import correct_prior, divide_prior, read_out

WORDS = {"angry": 0.4, "sad": 0.3, "happy": 0.2, " disg": 0.1}


@pytest.fixture
def biased(make_run):
    """A model that leans to angry whatever it hears, and what it says to nothing."""
    spoken = [[("angry", WORDS), ("<end>", {})], [("sad", {**WORDS, "sad": 0.5}), ("<end>", {})]]
    nothing = [[("angry", {"angry": 0.7, "sad": 0.1, "happy": 0.1, " disg": 0.1}), ("<end>", {})]]
    return make_run([[one] for one in spoken]), make_run([[one] for one in nothing])


def test_what_is_said_to_nothing_is_divided_out(biased):
    run, silent = biased
    shares = read_out(run, "answer_step")
    corrected = correct_prior(shares, silent)
    prior = 0.999 * np.array([0.7, 0.1, 0.1, 0.1]) + 0.00025
    expected = np.array([0.4, 0.1, 0.2, 0.3]) / prior
    row = corrected.isel(utterance=0, prompt=0).sel(emotion=["angry", "disgusted", "happy", "sad"])
    np.testing.assert_allclose(row, expected / expected.sum(), rtol=1e-5)
    assert corrected.idxmax("emotion").values[0, 0] == "sad"
    assert json.loads(corrected.attrs["prior"])["prompt 0"]["angry"] == pytest.approx(0.7)
    assert corrected.attrs["prior_from"] == "1 content-free recordings"
    assert corrected.attrs["readout"] == "answer_step"
    assert corrected.dims == shares.dims


def test_a_run_is_read_like_the_shares(biased):
    run, silent = biased
    for name, options in (("mean_logprob", {"steps": [0]}), ("mean_prob", {"steps": slice(0, 1)})):
        shares = read_out(run, name, **options)
        by_run = correct_prior(shares, silent)
        by_shares = correct_prior(shares, read_out(silent, name, **options))
        xr.testing.assert_allclose(by_run, by_shares)


def test_the_mean_of_the_batch_becomes_flat_for_equal_priors():
    rng = np.random.default_rng(0)
    prior = np.array([0.6, 0.3, 0.1])
    shares = rng.dirichlet([2, 2, 2], 4000) * prior
    shares = xr.DataArray(
        shares / shares.sum(axis=1, keepdims=True),
        dims=("utterance", "emotion"),
        coords={"emotion": ["a", "b", "c"]},
    )
    corrected = correct_prior(shares, "batch_mean")
    assert shares.mean("utterance").max() > 0.5
    np.testing.assert_allclose(corrected.mean("utterance"), 1 / 3, atol=0.04)


def test_strength_goes_from_nothing_to_all():
    assert divide_prior([0.3, 0.7], [0.9, 0.1], 0).tolist() == [0.3, 0.7]
    half, whole = (divide_prior([0.5, 0.5], [0.8, 0.2], strength) for strength in (0.5, 1))
    odds = [row[1] / row[0] for row in (half, whole)]
    assert odds[0] ** 2 == pytest.approx(odds[1])
    assert odds[1] == pytest.approx(4, rel=0.01)


def test_an_emotion_that_silence_never_names_does_not_become_certain():
    row = divide_prior([0.98, 0.02], [1.0, 0.0])
    assert row[1] < 0.98
    assert divide_prior([1.0, 0.0], [1.0, 0.0]).tolist() == [1.0, 0.0]
    assert np.isnan(divide_prior([np.nan, np.nan], [0.5, 0.5])).all()


def test_prompts_and_emotions_must_be_the_same(biased):
    run, silent = biased
    shares = read_out(run)
    renamed = silent.assign_coords(prompt=["another"])
    with pytest.raises(ReadoutError, match="lacks the prompts 'prompt 0'"):
        correct_prior(shares, renamed)
    with pytest.raises(ReadoutError, match="emotions"):
        correct_prior(shares, read_out(silent, emotions=["angry", "sad"]))
    with pytest.raises(ReadoutError, match="do not say which read-out"):
        correct_prior(shares.assign_attrs(readout=None).drop_attrs(), silent)
    with pytest.raises(ReadoutError, match="content_free='mean'"):
        correct_prior(shares, "mean")
    with pytest.raises(ReadoutError, match="strength=-1"):
        correct_prior(shares, silent, strength=-1)


def test_silence_without_an_answer_is_no_prior(make_run, said, biased):
    mute = make_run([[said("Hm", "<end>")]])
    with pytest.raises(ReadoutError, match="could not be read for every prompt"):
        correct_prior(read_out(biased[0], "text"), mute)
