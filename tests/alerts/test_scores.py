import numpy as np
import pytest
import xarray as xr
from sklearn.metrics import f1_score, precision_score, recall_score

from sottovoce.alerts import ALERT_MEASURES, score_rule, threshold_curve
from sottovoce.errors import AlertError, VotesError


def told(result, *names):
    return result["value"].squeeze("prompt").sel(measure=list(names)).values.tolist()


def test_measures_are_those_of_scikit_learn(clips):
    shares, votes = clips()
    result = score_rule("angry above .6", shares, votes)
    alarmed = shares.sel(emotion="angry").values > 0.6
    true = votes.sel(emotion="angry").values > 0.5
    expected = [score(true, alarmed) for score in (precision_score, recall_score, f1_score)]
    assert told(result, "precision", "recall", "f1") == pytest.approx(expected)
    wrong = (alarmed & ~true).sum()
    assert told(result, "false_alarm_rate", "prevalence") == pytest.approx(
        [wrong / (~true).sum(), true.mean()]
    )
    hours = 240 * 3.6 / 3600
    assert told(result, "alerts_per_hour", "false_alerts_per_hour") == pytest.approx(
        [alarmed.sum() / hours, wrong / hours]
    )
    assert (result["low"] <= result["value"]).all()
    assert (result["value"] <= result["high"]).all()
    assert result.attrs["resampled"] == "speaker"
    assert result.attrs["n_resampled"] == 8
    assert (result["n_true"].item(), result["n_alarmed"].item()) == (true.sum(), alarmed.sum())


def test_intervals_are_over_speakers(clips):
    shares, votes = clips(n_speakers=240)
    # Each voice thirty times says nothing more than each voice once.
    copies = np.repeat(np.arange(8), 30)
    names = [f"clip{i}" for i in range(240)]
    same = [
        array.isel(utterance=copies).assign_coords(utterance=names) for array in (shares, votes)
    ]
    once = score_rule("angry above .4", shares.isel(utterance=range(8)), votes)
    often = score_rule("angry above .4", *same)
    xr.testing.assert_allclose(
        once["high"].isel(measure=[1, 4]), often["high"].isel(measure=[1, 4])
    )


def test_a_recording_is_alarmed_if_any_window_is(series):
    shares = series(hop=1.0, seconds=2.0, a=[0.9, 0.9, 0.1, 0.9, 0.9], b=[0.9, 0.1], c=[0.1, 0.1])
    votes = xr.DataArray(
        [[8, 1, 1], [9, 0, 1], [0, 10, 0], [5, 5, 0]],
        {"utterance": list("abcd"), "emotion": ["angry", "neutral", "sad"]},
    )
    result = score_rule("angry above .6 for 2 windows running", shares, votes)
    assert result.attrs["unit"] == "recording"
    assert told(result, "precision", "recall", "prevalence") == pytest.approx([1, 1 / 2, 2 / 3])
    # Two alerts in 6 + 3 + 3 seconds: what two windows hear counts once.
    assert told(result, "alerts_per_hour") == pytest.approx([2 / (12 / 3600)])
    assert result["n_alerts"].item() == 2
    assert "no speakers are known" in result.attrs["notes"]


def test_missing_shares_are_left_out_and_counted(clips):
    shares, votes = clips()
    without = shares.isel(utterance=slice(10, None))
    shares = shares.copy()
    shares[:10] = np.nan
    result = score_rule("angry above .6", shares, votes, n_boot=20)
    assert (result["n"].item(), result["n_missing"].item()) == (230, 10)
    expected = score_rule("angry above .6", without, votes, n_boot=0)
    xr.testing.assert_allclose(result["value"], expected["value"])


def test_a_curve_holds_what_each_rule_scores_alone(clips):
    shares, votes = clips()
    two = xr.concat([shares, shares**2 / (shares**2).sum("emotion")], dim="prompt")
    two = two.assign_coords(prompt=["one", "two"])
    thresholds = [0.2, 0.55, 1.0]
    curve = threshold_curve("angry above .6", two, votes, thresholds=thresholds)
    assert curve["value"].dims == ("prompt", "threshold", "measure")
    assert curve["measure"].values.tolist() == list(ALERT_MEASURES)
    for threshold in thresholds:
        alone = score_rule(f"angry above {threshold}", two, votes)
        for name in ("value", "low", "high", "n_alarmed"):
            xr.testing.assert_allclose(curve[name].sel(threshold=threshold, drop=True), alone[name])
    assert np.isnan(curve["value"].sel(threshold=1.0, measure="precision")).all()
    recall = threshold_curve("angry above .6", shares, votes, n_boot=0)["value"].sel(
        measure="recall"
    )
    assert (recall.diff("threshold") <= 0).all()
    assert recall.sizes["threshold"] == 101


def test_ambiguity_needs_a_truth_and_has_steps_of_its_own(clips):
    shares, votes = clips()
    with pytest.raises(AlertError, match="say what the listeners must have heard"):
        score_rule("ambiguity above .8", shares, votes)
    curve = threshold_curve(
        "ambiguity above .8", shares, votes, truth="ambiguity above .9 bits", n_boot=0
    )
    assert curve["threshold"].values[-1] == 1.0  # of two emotions
    assert curve.attrs["truth"] == "ambiguity above 0.9 bits"


def test_what_does_not_fit_is_refused(clips):
    shares, votes = clips()
    with pytest.raises(VotesError, match="no utterance has both"):
        score_rule("angry above .6", shares, votes.assign_coords(utterance=range(240)))
    with pytest.raises(AlertError, match="about 'happy'"):
        score_rule("angry above .6", shares, votes, truth="happy above .5")
    with pytest.raises(AlertError, match="not windows running"):
        score_rule("angry above .6", shares, votes, truth="angry above .5 for 2 windows")
    with pytest.raises(AlertError, match="threshold=2"):
        threshold_curve("angry above .6", shares, votes, thresholds=[2])
    with pytest.raises(AlertError, match="at least one"):
        threshold_curve("angry above .6", shares, votes, thresholds=[])


def test_without_durations_there_are_no_alerts_per_hour(clips):
    shares, votes = clips()
    result = score_rule("angry above .6", shares.drop_vars("duration"), votes, n_boot=20)
    assert np.isnan(told(result, "alerts_per_hour")).all()
    assert "do not tell how long" in result.attrs["notes"]
    assert not np.isnan(told(result, "recall")).any()
