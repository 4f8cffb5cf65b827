import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import calibrate, cross_calibrate, evaluate
from sottovoce.evaluation.folds import speaker_folds
from sottovoce.evaluation.intervals import resampling_units
from sottovoce.readout import fit_scaling, scale


@pytest.fixture
def sure(good):
    """The good shares, far too sure of themselves."""
    sharp = good**5
    return sharp / sharp.sum("emotion")


def test_a_fit_says_what_it_was_fitted_on(votes, sure):
    fitted = calibrate(sure, votes)
    told = fitted.fitted_on
    assert (told["n_utterances"], told["n_speakers"], told["readout"]) == (80, 8, "answer_step")
    assert told["speakers"] == [f"speaker{i}" for i in range(8)]
    for prompt in ("one_word", "percentages"):
        assert fitted.scalings[prompt].temperature > 1.5
        losses = told["cross_entropy_nats"][prompt]
        assert losses["after"] < losses["before"]
    alone = calibrate(sure.sel(prompt="json" if False else "one_word", drop=True), votes)
    assert alone.scalings[""] == fitted.scalings["one_word"]


def test_held_out_speakers_have_no_part(votes, sure):
    shares = cross_calibrate(sure, votes)
    reference = (votes / votes.sum("emotion")).values
    one = sure.sel(prompt="one_word").values
    for speaker in (0, 5):
        mine = np.arange(80) // 10 == speaker
        fit = fit_scaling(one[~mine], reference[~mine])
        expected = scale(one[mine], *fit)
        np.testing.assert_allclose(shares.sel(prompt="one_word").values[mine], expected)
    assert shares.attrs["held_out"] == "speaker"
    assert shares.attrs["n_folds"] == 8


def test_their_own_votes_cannot_help_them(votes, sure):
    """Other votes for one speaker change everybody's correction but that speaker's."""
    other = votes.copy()
    other[:10] = votes[:10].values[:, ::-1]
    first, second = (cross_calibrate(sure, each) for each in (votes, other))
    np.testing.assert_allclose(first[:, :10], second[:, :10])
    assert (np.abs(first[:, 10:] - second[:, 10:]).max(("prompt", "emotion")) > 0).all()


def test_held_out_is_better_than_raw_and_not_better_than_fitted(votes, sure):
    shares = {
        "raw": sure,
        "held out": cross_calibrate(sure, votes),
        "fitted": calibrate(sure, votes).apply(sure),
    }
    js = evaluate(shares, votes, n_boot=0)["value"].sel(measure="js").mean("prompt")
    raw, held, fitted = (js.sel(predictor=name).item() for name in shares)
    assert fitted <= held < raw - 0.02


def test_emotions_in_another_order_change_nothing(votes, sure):
    turned = sure.isel(emotion=[5, 3, 1, 0, 2, 4])
    one, other = cross_calibrate(sure, votes), cross_calibrate(turned, votes)
    xr.testing.assert_allclose(one, other.sel(emotion=one["emotion"]))
    assert other["emotion"].values.tolist() == turned["emotion"].values.tolist()


def test_clips_without_votes_are_left_out(votes, sure):
    few = votes.copy()
    few[:5] = 0
    assert cross_calibrate(sure, few).sizes["utterance"] == 75
    assert calibrate(sure, few).fitted_on["n_utterances"] == 75


def test_folds_hold_whole_speakers():
    speakers = {f"clip{i}": str(i % 7) for i in range(50)}
    units = resampling_units(list(speakers), speakers)
    for n_folds, expected in ((3, 3), (None, 7), (20, 7)):
        folds = speaker_folds(units, n_folds, seed=2)
        assert len(folds) == expected
        tested = np.concatenate([test for _, test in folds])
        assert sorted(tested) == list(range(50))
        for train, test in folds:
            assert not set(units.unit_of[train]) & set(units.unit_of[test])
    with pytest.raises(VotesError, match="n_folds=1"):
        speaker_folds(units, 1)


def test_a_prompt_without_shares_is_refused(votes, sure):
    gaps = sure.copy()
    gaps[0] = np.nan
    with pytest.raises(VotesError, match="no utterance with votes has shares for the prompt"):
        calibrate(gaps, votes)
