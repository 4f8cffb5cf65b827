from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from sottovoce.alerts import Assumptions, choose_threshold, threshold_curve
from sottovoce.errors import AlertError

ASSUMED = Assumptions(n_per_month=1000, cost_of_miss=40, cost_of_review=6, cost_of_false_alarm=4)


def of(result, *names):
    return result["value"].sel(quantity=list(names)).values


def test_a_saving_by_hand():
    assumed = Assumptions(
        n_per_month=1000,
        cost_of_miss=50,
        share_averted=0.8,
        cost_of_review=3,
        cost_of_false_alarm=2,
        prevalence=0.1,
        setup_cost=4000,
        running_cost=100,
        months=6,
    )
    # 100 cases a month, of which 70 are found; 900 others, of which 90 are alarmed.
    monthly = 70 * (0.8 * 50 - 3) - 90 * (3 + 2) - 100
    assert assumed.saving(0.7, 0.1, 0.5) == pytest.approx(6 * monthly - 4000)
    assert assumed.spending(0.7, 0.1, 0.5) == pytest.approx(6 * (160 * 3 + 90 * 2 + 100) + 4000)
    assert assumed.alerts_per_month(0.7, 0.1, 0.5) == pytest.approx(160)
    assert assumed.precision(0.7, 0.1, 0.5) == pytest.approx(70 / 160)
    assert replace(assumed, prevalence=None).alerts_per_month(0.7, 0.1, 0.5) == pytest.approx(400)


def test_every_assumption_is_shown_with_its_meaning():
    table = ASSUMED.to_table()
    assert table.index.tolist() == list(ASSUMED.to_dict())
    assert (table["meaning"].str.len() > 5).all()
    with pytest.raises(AlertError, match=r"prevalence=1.5 .* must be from 0 to 1"):
        replace(ASSUMED, prevalence=1.5)
    with pytest.raises(AlertError, match="cost_of_miss=-1"):
        replace(ASSUMED, cost_of_miss=-1)
    with pytest.raises(AlertError, match="months=nan"):
        replace(ASSUMED, months=float("nan"))


def test_the_chosen_threshold_saves_most_on_the_curve(clips):
    shares, votes = clips()
    best = choose_threshold("angry above .5", shares, votes, ASSUMED, n_boot=50)
    curve = threshold_curve("angry above .5", shares, votes, n_boot=0).squeeze("prompt")
    rates = [
        curve["value"].sel(measure=name).values
        for name in ("recall", "false_alarm_rate", "prevalence")
    ]
    saving = ASSUMED.saving(*rates)
    assert best["curve"].values == pytest.approx(saving)
    assert saving[best["threshold"].values == best["chosen"].item()] == pytest.approx(saving.max())
    assert of(best, "saving_as_chosen") == pytest.approx([saving.max()])
    assert of(best, "saving_of_alarming_always") == pytest.approx(
        [ASSUMED.saving(1, 1, rates[2][0]).item()]
    )
    assert best.attrs["rule"] == f"angry above {best['chosen'].item():g}"


def test_held_out_rates_are_those_of_thresholds_chosen_without_the_speaker(clips):
    shares, votes = clips(noise=0.4)
    best = choose_threshold("angry above .5", shares, votes, ASSUMED, n_boot=0, n_folds=8)
    assert best.attrs["n_folds"] == 8
    speaker = shares["speaker"].values
    angry, true = shares.sel(emotion="angry").values, votes.sel(emotion="angry").values > 0.5
    alarmed = np.zeros(len(angry), dtype=bool)
    chosen = []
    for name in np.unique(speaker):
        out = speaker == name
        rest = choose_threshold(
            "angry above .5", shares.isel(utterance=~out), votes, ASSUMED, n_boot=0
        )["chosen"].item()
        alarmed[out] = angry[out] > rest
        chosen.append(rest)
    recall, false = alarmed[true].mean(), alarmed[~true].mean()
    assert of(best, "recall", "false_alarm_rate") == pytest.approx([recall, false])
    assert of(best, "saving") == pytest.approx([ASSUMED.saving(recall, false, true.mean()).item()])
    assert sorted(best["chosen_in_fold"].values) == pytest.approx(sorted(chosen))


def test_noise_is_not_made_to_look_like_a_saving(clips):
    # Nothing is to be learnt, and alerts cost as much as they gain: what is chosen flatters.
    savings, flattering = [], []
    assumed = Assumptions(
        n_per_month=1, cost_of_miss=1, cost_of_review=0.3, prevalence=0.3, months=1
    )
    for seed in range(12):
        shares, votes = clips(n=80, seed=seed)
        shuffled = shares.isel(utterance=np.random.default_rng(seed).permutation(80))
        shares = shuffled.assign_coords(utterance=shares["utterance"], speaker=shares["speaker"])
        best = choose_threshold("angry above .5", shares, votes, assumed, n_boot=0)
        savings.append(of(best, "saving")[0])
        flattering.append(of(best, "saving_as_chosen")[0])
    assert min(flattering) >= 0
    assert np.mean(flattering) > 0.01
    assert np.mean(savings) < 0.25 * np.mean(flattering)


def test_intervals_hold_the_truth_about_as_often_as_they_say(clips):
    # The saving of the rule on four thousand clips of the same kind stands for the truth.
    large = clips(n=4000, seed=99)
    hits = 0
    for seed in range(12):
        shares, votes = clips(n=160, n_speakers=16, seed=seed)
        best = choose_threshold("angry above .5", shares, votes, ASSUMED, n_boot=200)
        low, high = (best[name].sel(quantity="saving").item() for name in ("low", "high"))
        curve = threshold_curve(
            "angry above .5", *large, thresholds=[best["chosen"].item()], n_boot=0
        )["value"].squeeze()
        truth = ASSUMED.saving(
            *(curve.sel(measure=m).item() for m in ("recall", "false_alarm_rate", "prevalence"))
        )
        hits += low <= truth <= high
    assert hits >= 9


def test_where_nothing_pays_no_alert_is_chosen(clips):
    shares, votes = clips()
    dear = replace(ASSUMED, cost_of_review=1000, setup_cost=500)
    best = choose_threshold("angry above .5", shares, votes, dear, n_boot=50)
    assert of(best, "saving", "recall") == pytest.approx([-500, 0])
    assert best["share_positive"].item() == 0
    assert "No threshold saves more" in best.attrs["notes"]
    assert "cost more than they save" in best.attrs["notes"]


def test_of_equal_thresholds_the_middle_one_is_taken():
    labels = {"utterance": list("abcd"), "emotion": ["angry", "sad"]}
    votes = xr.DataArray([[9, 1], [9, 1], [1, 9], [1, 9]], labels)
    shares = xr.DataArray([[0.8, 0.2], [0.8, 0.2], [0.2, 0.8], [0.2, 0.8]], labels)
    speakers = dict(zip("abcd", "1234", strict=True))
    best = choose_threshold("angry above .3", shares, votes, ASSUMED, speakers=speakers, n_boot=0)
    assert best["chosen"].item() == pytest.approx(0.5, abs=0.011)
    below = choose_threshold(
        "sad below .3", shares, votes, ASSUMED, speakers=speakers, n_boot=0, truth="angry above .5"
    )
    assert below["chosen"].item() == pytest.approx(0.5, abs=0.011)


def test_what_cannot_be_judged_is_refused(clips):
    shares, votes = clips()
    two = shares.expand_dims(prompt=["one", "two"])
    with pytest.raises(AlertError, match="2 prompts"):
        choose_threshold("angry above .5", two, votes, ASSUMED)
    with pytest.raises(AlertError, match=r"None of 240 utterances are cases \(angry above 1\)"):
        choose_threshold("angry above .5", shares, votes, ASSUMED, truth="angry above 1")
    with pytest.raises(AlertError, match="nobody to hold out"):
        choose_threshold("angry above .5", shares, votes, ASSUMED, n_folds=1)
    shares[:] = np.nan
    with pytest.raises(AlertError, match="no utterance with votes has shares"):
        choose_threshold("angry above .5", shares, votes, ASSUMED)
