import json
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import by_utterance, corpus_mean, evaluate, reference_distribution
from sottovoce.evaluation.measures import MEASURES, js_divergence


def at(result, predictor, measure, prompt="one_word", variable="value"):
    place = {"predictor": predictor, "prompt": prompt, "measure": measure}
    return float(result[variable].sel(place))


def test_predictors_prompts_and_constants_are_all_there(votes, good, poor):
    result = evaluate({"good": good, "poor": poor}, votes, n_boot=50)
    assert result["value"].dims == ("predictor", "prompt", "measure")
    assert result["predictor"].values.tolist() == [
        "good",
        "poor",
        "uniform",
        "corpus mean",
        "half the votes",
        "perfect knowledge",
    ]
    assert result["kind"].values.tolist() == ["readout"] * 2 + ["constant"] * 2 + ["ceiling"] * 2
    assert result["prompt"].values.tolist() == ["one_word", "percentages"]
    assert result["measure"].values.tolist() == list(MEASURES)
    assert at(result, "good", "js") < at(result, "poor", "js")
    assert (result["n"] == 80).all()
    assert (result["n_missing"] == 0).all()
    assert int(result["n_untied"][0, 0]) < 80


def test_values_lie_within_their_intervals(votes, good):
    result = evaluate(good, votes, n_boot=300).isel(predictor=0)
    assert (result["low"] <= result["value"]).all()
    assert (result["value"] <= result["high"]).all()


def test_point_values_are_those_of_the_measures(votes, good):
    result = evaluate({"good": good}, votes, n_boot=0)
    p = good.sel(prompt="percentages").values
    for name, measure in MEASURES.items():
        expected = float(measure.over_utterances(p, votes.values, None))
        assert at(result, "good", name, "percentages") == pytest.approx(expected), name
    assert result["low"].isnull().all()


def test_what_it_was_made_from_is_told(votes, good):
    table = pd.DataFrame({"speaker": votes["speaker"].values}, index=votes["utterance"].values)
    votes = votes.drop_vars("speaker")
    corpus = SimpleNamespace(name="made up", note="synthetic", votes=votes, utterances=table)
    attrs = evaluate({"good": good}, corpus, n_boot=20, seed=3).attrs
    assert attrs["resampled"] == "speaker"
    assert (attrs["n_resampled"], attrs["n_boot"], attrs["seed"]) == (8, 20, 3)
    assert json.loads(attrs["predictors"]) == {"good": {"readout": "answer_step", "n_failed": 0}}
    assert json.loads(attrs["reference"]) == {"name": "made up", "note": "synthetic"}
    assert "has seen their votes" in attrs["constants"]
    assert attrs["notes"] == ""


def test_a_result_can_be_saved(votes, good, tmp_path):
    result = evaluate({"good": good}, votes, n_boot=10)
    result.to_netcdf(tmp_path / "evaluation.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "evaluation.nc", engine="h5netcdf") as opened:
        assert opened.equals(result)
        assert opened.attrs["notes"] == result.attrs["notes"]


def test_same_seed_same_numbers_another_seed_others(votes, good):
    first, again, other = (evaluate(good, votes, n_boot=60, seed=s) for s in (1, 1, 2))
    xr.testing.assert_identical(first, again)
    assert not first["low"].equals(other["low"])


def test_order_of_utterances_and_emotions_does_not_matter(votes, good):
    shuffled = good.isel(utterance=slice(None, None, -1), emotion=[3, 1, 5, 0, 2, 4])
    expected, found = (evaluate({"x": s}, votes, n_boot=20) for s in (good, shuffled))
    xr.testing.assert_allclose(found, expected)


def test_utterances_are_matched_by_id_and_the_rest_is_told(votes, good):
    votes = votes.copy()
    votes[4] = 0
    fewer = good.sel(utterance=good["utterance"] != "clip07")
    result = evaluate({"all": good, "fewer": fewer}, votes[:60], n_boot=10)
    assert result["n"].sel(prompt="one_word").values.tolist() == [59, 58, 59, 59, 59, 59]
    assert result["n_missing"].sel(prompt="one_word").values.tolist() == [0, 1, 0, 0, 0, 0]
    notes = result.attrs["notes"].splitlines()
    assert notes[0] == "21 utterances have no votes and are left out: clip04, clip60, clip61 ..."
    assert notes[1] == "fewer (one_word): 1 of 59 utterances have no shares, left out."
    assert "n from 58 to 59" in notes[-1]


def test_missing_shares_can_be_left_out_for_all(votes, good, poor):
    gaps = good.copy()
    gaps[0, :30] = np.nan
    result = evaluate({"gaps": gaps, "poor": poor}, votes, n_boot=10, same_utterances=True)
    assert (result["n"] == 50).all()
    expected = js_divergence(poor[0, 30:].values, votes[30:].values).mean()
    assert at(result, "poor", "js") == pytest.approx(expected)


def test_nothing_in_common_with_all_predictors_is_refused(votes, good):
    with pytest.raises(VotesError, match="no utterance has shares from every predictor"):
        evaluate({"a": good[:, :40], "b": good[:, 40:]}, votes, same_utterances=True)


def test_a_predictor_without_prompts_stands_beside_every_prompt(votes, good):
    plain = good.sel(prompt="one_word", drop=True)
    result = evaluate({"good": good, "plain": plain}, votes, n_boot=0)
    assert at(result, "plain", "js", "percentages") == at(result, "good", "js", "one_word")


def test_without_prompts_there_is_one_empty_prompt(votes, good):
    result = evaluate(good.sel(prompt="one_word", drop=True).rename("mine"), votes, n_boot=0)
    assert result["prompt"].values.tolist() == [""]
    assert result["predictor"].values[0] == "mine"


def test_prompts_that_a_predictor_lacks_are_empty(votes, good, poor):
    result = evaluate({"good": good, "poor": poor[:1]}, votes, n_boot=5)
    assert int(result["n"].sel(predictor="poor", prompt="percentages")) == 0
    assert np.isnan(at(result, "poor", "js", "percentages"))


@pytest.mark.parametrize("kind", ["dict", "series", "array"])
def test_speakers_may_come_from_outside(votes, good, kind):
    series = pd.Series({f"clip{i:02d}": i // 20 for i in range(80)})
    speakers = {
        "dict": series.to_dict(),
        "series": series,
        "array": xr.DataArray(series.values, coords={"utterance": list(series.index)}),
    }[kind]
    result = evaluate(good, votes, speakers=speakers, n_boot=5)
    assert result.attrs["n_resampled"] == 4


def test_without_speakers_intervals_are_over_utterances(votes, good):
    result = evaluate(good, votes.drop_vars("speaker"), n_boot=5)
    assert result.attrs["resampled"] == "utterance"
    assert "so too narrow: no speakers are known" in result.attrs["notes"]


def test_speakers_come_from_the_shares_where_the_votes_have_none(votes, good):
    spoken = good.assign_coords(speaker=("utterance", ["", *["x", "y", "z"] * 26, "x"]))
    result = evaluate(spoken, votes.drop_vars("speaker"), n_boot=5)
    assert "the speaker of 1 of 80 utterances is unknown" in result.attrs["notes"]


def test_ids_may_be_numbers_on_one_side(votes, good):
    numbered = good.assign_coords(utterance=range(80))
    texts = votes.assign_coords(utterance=[str(i) for i in range(80)])
    assert (evaluate(numbered, texts, n_boot=0)["n"] == 80).all()


def test_votes_may_be_a_distribution(votes, good):
    counted = evaluate(good, votes, n_boot=0, n_splits=0)["value"]
    shared = evaluate(good, reference_distribution(votes), n_boot=0)["value"]
    xr.testing.assert_allclose(counted, shared)


def test_the_mean_is_that_of_the_evaluated_utterances(votes, good):
    result = evaluate({"x": good[:, :30]}, votes, n_boot=0)
    reference = reference_distribution(votes[:30])
    expected = js_divergence(corpus_mean(reference).values, reference.values).mean()
    assert at(result, "corpus mean", "js") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.rename(emotion="concept"), "has the dimensions"),
        (lambda s: s.drop_vars("utterance"), "has no labels along utterance"),
        (lambda s: s[:, :, :5], "must be the same"),
        (lambda s: s / 2, "sum to 0.500 for 'clip00', but must sum to 1"),
        (lambda s: s[:, [0, 0]], "has the utterance 'clip00' more than once"),
        (lambda s: s.assign_coords(utterance=s["utterance"] + ".wav"), "clip00.wav"),
        (lambda s: s - 1, "sum to -5.000"),
        (lambda s: s[:, :0], "shares is empty: it has nothing along utterance"),
        (lambda s: s.values, "must be a DataArray or a mapping"),
        (lambda s: {}, "shares is empty"),
        (lambda s: {"uniform": s}, "'uniform' is the name of a row of its own"),
        (lambda s: {"x": s.values}, "x is a ndarray, but must be a DataArray"),
    ],
)
def test_shares_that_do_not_fit_are_refused_by_name(votes, good, change, message):
    with pytest.raises(VotesError, match=message):
        evaluate(change(good), votes)


def test_negative_shares_that_sum_to_one_are_refused(votes, good):
    wrong = good.copy()
    wrong[0, 0] = [1.5, -0.5, 0, 0, 0, 0]
    with pytest.raises(VotesError, match=r"wrong: the smallest value is -0\.5"):
        evaluate({"wrong": wrong}, votes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_boot": -1}, "n_boot=-1 must be 0"),
        ({"confidence": 95}, "confidence=95 must lie between 0 and 1"),
        ({"speakers": 3}, "speakers is a int"),
    ],
)
def test_options_that_make_no_sense_are_refused(votes, good, options, message):
    with pytest.raises(VotesError, match=message):
        evaluate(good, votes, **options)


def test_by_utterance_keeps_the_order_of_the_shares(votes, good):
    backwards = good.isel(utterance=slice(None, None, -1))
    found = by_utterance(backwards, votes[5:], "bc")
    assert found.dims == ("prompt", "utterance")
    assert found["utterance"].values[0] == "clip79"
    assert found.isnull().sum() == 10
    expected = MEASURES["bc"].within_utterance(good.values[1, 40], votes.values[40])
    assert float(found.sel(prompt="percentages", utterance="clip40")) == pytest.approx(expected)


def test_by_utterance_refuses_what_is_no_distribution(votes, good):
    wrong = good.copy()
    wrong[1, 3] *= 2
    with pytest.raises(
        VotesError, match=r"'percentages', 'clip03' sum to 2\.000, but must sum to 1"
    ):
        by_utterance(wrong, votes)
    wrong[1, 3] = np.nan
    assert np.isnan(by_utterance(wrong, votes)[1, 3])


def test_by_utterance_refuses_what_a_single_clip_does_not_have(votes, good):
    with pytest.raises(VotesError, match="measure='uar' must be one of 'js', 'js_distance'"):
        by_utterance(good, votes, "uar")
    with pytest.raises(VotesError, match="both must be the same"):
        by_utterance(good, votes[:, :4])


def test_a_thousand_resamples_are_quick():
    rng = np.random.default_rng(0)
    labels = {"utterance": np.arange(820).astype(str), "emotion": list("ADFHNS")}

    def drawn():
        return xr.DataArray(rng.dirichlet(np.ones(6), size=820), coords=labels)

    speakers = {str(i): str(i // 82) for i in range(820)}
    predictors = {str(i): drawn() for i in range(18)}
    start = time.process_time()
    evaluate(predictors, drawn(), speakers=speakers, n_boot=1000)
    assert time.process_time() - start < 20
