import json

import numpy as np
import pytest
import xarray as xr
from scipy.optimize import approx_fprime, minimize
from scipy.special import softmax

from sottovoce.errors import ReadoutError
from sottovoce.readout import Calibration, Scaling, fit_scaling, scale
from sottovoce.readout.calibration import _LOSSES, FLOOR, cross_entropy


@pytest.fixture
def world():
    """Shares that are too sure by a factor of 2.5 and lean to the first of four emotions."""
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1.2, (800, 4))
    true = softmax(scores, axis=1)
    stated = softmax(2.5 * (scores + np.eye(4)[0] * 0.8), axis=1)
    return stated, true


@pytest.mark.parametrize("loss", ["js", "cross_entropy"])
def test_a_known_distortion_is_found(world, loss):
    stated, true = world
    temperature, bias = fit_scaling(stated, true, loss=loss, penalty=1e-3)
    assert temperature == pytest.approx(2.5, rel=0.1)
    np.testing.assert_allclose(bias - bias[1:].mean(), [-0.8, 0, 0, 0], atol=0.12)
    assert np.abs(scale(stated, temperature, bias) - true).mean() < 0.02


@pytest.mark.parametrize("loss", ["js", "cross_entropy"])
def test_slopes_are_those_of_the_losses(loss):
    rng = np.random.default_rng(2)
    scores, target = rng.normal(size=(1, 5)), rng.dirichlet(np.ones(5), 1)

    def value(flat):
        return _LOSSES[loss](np.log(softmax(flat.reshape(1, 5), axis=1)), target)

    _, slope = value(scores.ravel())
    numeric = approx_fprime(scores.ravel(), lambda flat: value(flat)[0])
    np.testing.assert_allclose(slope.ravel(), numeric, atol=1e-6)


def test_the_fit_agrees_with_a_general_optimiser(world):
    stated, true = (part[:40] for part in world)
    temperature, bias = fit_scaling(stated, true, loss="cross_entropy", penalty=1.0)
    logs = np.log((1 - FLOOR) * stated + FLOOR / 4)

    def loss(x):
        p = softmax(logs / np.exp(x[0]) + x[1:], axis=1)
        return -(true * np.log(p)).sum() + (x**2).sum() / 2

    expected = minimize(loss, np.zeros(5), method="BFGS").x
    np.testing.assert_allclose([np.log(temperature), *bias], expected, atol=2e-3)


def test_soft_labels_and_majority_labels_differ():
    """The listeners are divided 6 to 3 everywhere; a fit to the majority would be all but sure."""
    shares, votes = np.tile([0.9, 0.1], (300, 1)), np.tile([6 / 9, 3 / 9], (300, 1))
    soft = fit_scaling(shares, votes, loss="cross_entropy", with_bias=False)
    hard = fit_scaling(shares, votes.round(), loss="cross_entropy", with_bias=False)
    assert scale([0.9, 0.1], *soft)[0] == pytest.approx(6 / 9, abs=0.02)
    assert scale([0.9, 0.1], *hard)[0] > 0.95


def test_a_few_clips_change_little_and_a_strong_penalty_nothing(world):
    stated, true = world
    few, _ = fit_scaling(stated[:3], true[:3])
    many, _ = fit_scaling(stated, true)
    assert 1 < few < many
    none, bias = fit_scaling(stated[:50], true[:50], penalty=1e6)
    assert none == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(bias, 0, atol=1e-3)


def test_rows_without_shares_are_left_out(world):
    stated, true = (part[:60].copy() for part in world)
    gaps = np.vstack([stated, np.full((5, 4), np.nan)])
    more = np.vstack([true, np.full((5, 4), 0.25)])
    np.testing.assert_allclose(fit_scaling(gaps, more)[1], fit_scaling(stated, true)[1])
    assert cross_entropy(gaps, more) == pytest.approx(cross_entropy(stated, true))


@pytest.fixture
def shares():
    return xr.DataArray(
        np.random.default_rng(0).dirichlet(np.ones(3), (4, 2)),
        dims=("utterance", "prompt", "emotion"),
        coords={
            "utterance": list("abcd"),
            "prompt": ["one_word", "json"],
            "emotion": ["angry", "happy", "sad"],
            "prompt_text": ("prompt", ["?", "{}"]),
        },
        attrs={"readout": "answer_step"},
        name="answer_step",
    )


@pytest.fixture
def calibration():
    return Calibration(
        {
            "one_word": Scaling(2.0, {"sad": 0.5, "happy": 0.0, "angry": -0.5}),
            "json": Scaling(1.0, {"angry": 0.0, "happy": 0.0, "sad": 0.0}),
        },
        {"n_utterances": 20, "corpus": "crema-d"},
    )


def test_each_prompt_has_its_own_and_emotions_go_by_name(shares, calibration):
    applied = calibration.apply(shares)
    xr.testing.assert_allclose(applied.sel(prompt="json"), shares.sel(prompt="json"), atol=1e-3)
    expected = scale(shares.sel(prompt="one_word").values, 2.0, [-0.5, 0.0, 0.5])
    np.testing.assert_allclose(applied.sel(prompt="one_word"), expected)
    assert applied.dims == shares.dims
    assert applied["prompt_text"].equals(shares["prompt_text"])
    assert json.loads(applied.attrs["calibration"])["fitted_on"]["corpus"] == "crema-d"
    turned = calibration.apply(shares.isel(emotion=[2, 0, 1], prompt=[1, 0]))
    xr.testing.assert_allclose(
        turned.sel(emotion=shares["emotion"], prompt=shares["prompt"]), applied
    )


def test_it_is_saved_and_loaded(tmp_path, shares, calibration):
    path = calibration.save(tmp_path / "fit.json")
    loaded = Calibration.load(path)
    assert loaded == calibration
    xr.testing.assert_identical(loaded.apply(shares), calibration.apply(shares))


def test_missing_rows_stay_missing(shares, calibration):
    gaps = shares.copy()
    gaps[1, 0] = np.nan
    assert np.isnan(calibration.apply(gaps)[1, 0]).all()


def test_what_does_not_fit_is_refused(tmp_path, shares, calibration):
    with pytest.raises(ReadoutError, match="not 'percentages'"):
        calibration.apply(shares.assign_coords(prompt=["percentages", "json"]))
    with pytest.raises(ReadoutError, match="is for the emotions"):
        calibration.apply(shares.assign_coords(emotion=["angry", "bored", "sad"]))
    (tmp_path / "other.json").write_text('{"scalings": 3}')
    with pytest.raises(ReadoutError, match="no saved calibration"):
        Calibration.load(tmp_path / "other.json")
    with pytest.raises(ReadoutError, match="no calibration could be read"):
        Calibration.load(tmp_path / "nowhere.json")
    with pytest.raises(ReadoutError, match="penalty=-1"):
        fit_scaling([[0.5, 0.5]], [[0.5, 0.5]], penalty=-1)
    with pytest.raises(ReadoutError, match="loss='brier'"):
        fit_scaling([[0.5, 0.5]], [[0.5, 0.5]], loss="brier")


def test_a_share_that_the_search_makes_zero_pulls_nothing():
    value, slope = _LOSSES["js"](np.array([[-800.0, 0.0]]), np.array([[0.0, 1.0]]))
    assert value == 0
    assert slope.tolist() == [[0, 0]]
