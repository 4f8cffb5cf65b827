import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import answer_step, mean_logit, mean_logprob, mean_prob

TWO_STEPS = [
    (" sad", {" sad": 0.4, " angry": 0.1, " happy": 1e-4, " disg": 1e-4}),
    ("<end>", {" sad": 0.001, " angry": 0.009, " happy": 1e-6, " disg": 1e-6}),
]
FOUR = [[" sad", 0.4], [" angry", 0.1], [" happy", 1e-4], [" disg", 1e-4]]


def test_mean_logprob_is_the_geometric_pool(make_run, shares_of):
    shares = shares_of(mean_logprob(make_run([[TWO_STEPS]])))
    sad, angry = np.sqrt(0.4 * 0.001), np.sqrt(0.1 * 0.009)
    assert shares["sad"] / shares["angry"] == pytest.approx(sad / angry, abs=0.01)


def test_mean_prob_is_the_linear_pool_of_the_whole_vocabulary(make_run, shares_of):
    shares = shares_of(mean_prob(make_run([[TWO_STEPS]])))
    assert shares["sad"] == pytest.approx(0.401 / (0.401 + 0.109 + 0.0002), abs=1e-3)


def test_mean_prob_with_equal_weights_lets_every_step_count_alike(make_run, shares_of):
    shares = shares_of(mean_prob(make_run([[TWO_STEPS]]), weights="equal"))
    assert shares["sad"] == pytest.approx((0.4 / 0.5002 + 0.001 / 0.010002) / 2, abs=1e-3)


def test_mean_prob_survives_probabilities_too_small_for_floats(make_run, shares_of):
    run = make_run([[[("Hm", {})]]])
    run["logit"] = run["logit"] - 2000.0
    assert shares_of(mean_prob(run))["sad"] == pytest.approx(3 / 9, abs=1e-3)


def test_mean_logit_averages_over_tokens_and_steps(make_run):
    run = make_run([[TWO_STEPS]])
    logit = run["logit"].astype(float)[0, 0]
    z = [
        float(logit[:, run["concept"].values == name].mean())
        for name in ("angry", "disgusted", "happy", "sad")
    ]
    expected = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(mean_logit(run)[0, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("function", [mean_logprob, mean_prob, mean_logit])
def test_constants_of_each_step_cancel(make_run, function):
    plain, shifted = make_run([[TWO_STEPS]]), make_run([[TWO_STEPS]], offset=40.0)
    np.testing.assert_allclose(function(plain), function(shifted), atol=1e-4)


@pytest.mark.parametrize("function", [mean_logprob, mean_prob])
def test_at_one_step_all_pools_are_the_answer_step(run, function):
    np.testing.assert_allclose(function(run, "answer"), answer_step(run), atol=1e-9)


@pytest.mark.parametrize("function", [mean_logprob, mean_prob, mean_logit])
@pytest.mark.parametrize("steps", ["all", "emotion", "emotion+percentage", "answer", [0], slice(2)])
def test_rows_sum_to_one_or_are_missing(run, function, steps):
    total = function(run, steps).sum("emotion", skipna=False).values
    assert np.allclose(total[~np.isnan(total)], 1)
    assert np.isnan(total[1, 1])


def test_rows_without_such_a_step_are_missing_and_counted(run):
    shares = mean_logprob(run, "percentage")
    assert shares.notnull().all("emotion").values.tolist() == [[True, False], [False, False]]
    assert shares.attrs["n_missing"] == 2
    assert shares.attrs["n_failed"] == 1


def test_impossible_everywhere_is_missing_and_impossible_once_is_not(make_run):
    run = make_run([[TWO_STEPS], [TWO_STEPS]])
    is_emotion = run["kind"] == "emotion"
    run["logit"] = run["logit"].where(~is_emotion | (run["utterance"] == "clip 1"), -np.inf)
    run["logit"] = run["logit"].where((run["concept"] != "sad"), -np.inf)
    for function in (mean_logprob, mean_prob, mean_logit):
        shares = function(run)
        assert np.isnan(shares[0]).all()
        assert float(shares[1, 0].sel(emotion="sad")) == 0.0
        assert float(shares[1, 0].sum()) == pytest.approx(1.0)


def test_weights_must_be_known(run):
    with pytest.raises(ReadoutError, match="weights='entropy' must be one of 'mass', 'equal'"):
        mean_prob(run, weights="entropy")


def test_a_lazy_run_gives_the_same(run, tmp_path):
    from sottovoce.dataset import open_run, save_run

    again = open_run(save_run(run, tmp_path / "run.zarr"))
    for function in (answer_step, mean_logprob, mean_prob, mean_logit):
        np.testing.assert_array_equal(function(run), function(again))
