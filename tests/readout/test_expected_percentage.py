import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import expected_percentage


def test_expectation_over_the_digits(run, shares_of):
    # 10 x (.5 x 6 + .3 x 5 + .2 x 7) + .1 x 5 = 59.5, the only number stated.
    assert shares_of(expected_percentage(run))["angry"] == 1.0
    assert expected_percentage(run).attrs["n_unread"] == 2


def test_shares_are_divided_by_their_total(make_run, shares_of):
    first = {"6": 0.5, "8": 0.5}
    steps = [
        ("angry", {"angry": 1}),
        (" ", {}),
        ("6", first),
        ("0", {"0": 1}),
        ("%", {"%": 1}),
        (",", {}),
        (" sad", {" sad": 1}),
        (" ", {}),
        ("3", {"3": 1}),
        ("0", {"0": 1}),
        ("%", {"%": 1}),
    ]
    shares = shares_of(expected_percentage(make_run([[steps]])))
    assert shares == {"angry": 0.7, "disgusted": 0.0, "happy": 0.0, "sad": 0.3}


def test_whole_numbers_are_weighed_against_numbers_as_long(make_run, whole_numbers, shares_of):
    steps = [
        ("angry", {"angry": 1}),
        ("60", {"60": 0.5, "80": 0.5, "9": 0.2, "100": 0.1}),
        ("%", {"%": 1}),
        (", ", {}),
        ("sad", {"sad": 1}),
        ("30", {"30": 1}),
    ]
    shares = shares_of(expected_percentage(make_run([[steps]], tokens=whole_numbers)))
    assert shares == {"angry": 0.7, "disgusted": 0.0, "happy": 0.0, "sad": 0.3}


ANSWERS = {
    "percentages": ("angry", " ", "6", "0", "%", ",", " sad", " ", "4", "0", "%"),
    "number first": ("6", "0", "%", " angry", ",", " ", "4", "0", "%", " sad"),
    "number first, no commas": ("6", "0", "%", " angry", " ", "4", "0", "%", " sad"),
    "json": ('{"', "angry", '":', " ", "6", "0", ', "', "sad", '":', " ", "4", "0", "}"),
    "json of fractions": (
        '{"',
        "angry",
        '":',
        "0",
        ".",
        "6",
        ',"',
        "sad",
        '":',
        "0",
        ".",
        "4",
        "}",
    ),
    "decimals": ("angry", " ", "6", "0", ".", "0", "%", ",", " sad", " ", "4", "0", ".", "0", "%"),
    "japanese": ("怒り", "6", "0", "%", "、", "悲しみ", "4", "0", "%"),
    "wordy": (" angry", " (", "about", " ", "6", "0", "%", ")", ",", " sad", " at", "4", "0", "%"),
    "signs as words": (" angry", ":", " ", "6", "0", " percent", ";", " sad", ":", "4", "0", " %"),
    "lines": ("angry", "\n", "6", "0", "%", "\n", "sad", "\n", "4", "0", "%"),
    "one of three unknown": (
        *("angry", "3", "0", "%", ",", " bored", " ", "5", "0", "%", ",", " sad", "2", "0", "%"),
    ),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_way_to_state_a_percentage(make_run, said, shares_of, answer):
    shares = shares_of(expected_percentage(make_run([[said(*answer)]])))
    assert shares == {"angry": 0.6, "disgusted": 0.0, "happy": 0.0, "sad": 0.4}


def test_words_of_several_pieces_have_their_number(make_run, said, shares_of):
    run = make_run([[said(" disg", "usted", " ", "7", "5", "%", ",", " sad", " ", "2", "5", "%")]])
    assert shares_of(expected_percentage(run))["disgusted"] == 0.75


def test_hundred_and_single_digits_keep_their_places(make_run, said, shares_of):
    run = make_run([[said("angry", "1", "0", "0", "%", ",", " sad", " ", "5", "%")]])
    assert shares_of(expected_percentage(run))["angry"] == pytest.approx(100 / 105, abs=1e-3)


def test_emotions_stated_twice_get_the_sum(make_run, said, shares_of):
    run = make_run(
        [[said("angry", "3", "0", "%", ",", "怒り", "3", "0", "%", ",", "sad", "4", "0")]]
    )
    assert shares_of(expected_percentage(run))["angry"] == 0.6


@pytest.mark.parametrize(
    "answer",
    [
        ("angry",),
        ("6", "0", "%"),
        ("The", " speaker", " is", " angry", ".", " There", " are", " ", "2", " people"),
        ("angry", " since", " ", "2", "0", "2", "4"),
        ("angry", ".", " I", " am", " ", "9", "0", "%", " sure"),
    ],
)
def test_what_states_no_share_is_missing_and_counted(make_run, said, answer):
    shares = expected_percentage(make_run([[said(*answer)]]))
    assert np.isnan(shares).all()
    assert shares.attrs["n_unread"] == shares.attrs["n_missing"] == 1


def test_answers_do_not_leak_into_each_other(make_run, said, shares_of):
    answers = [[said("angry", "6", "0", "%")], [said("7", "0")], [said("sad", "5", "%")]]
    shares = expected_percentage(make_run(answers))
    assert shares_of(shares, 0)["angry"] == 1.0
    assert shares[1].isnull().all()
    assert shares_of(shares, 2)["sad"] == 1.0


def test_policies(run, make_run, said, shares_of):
    silent = make_run([[said("Hm")], [None]])
    uniform = expected_percentage(silent, policy="uniform")
    assert shares_of(uniform)["sad"] == 0.25
    assert uniform.attrs["n_unread"] == 1
    assert uniform.attrs["n_missing"] == 0
    assert np.isnan(uniform[1]).all()
    with pytest.raises(ReadoutError, match="policy='neutral' needs an emotion of that name"):
        expected_percentage(run, policy="neutral")
    with pytest.raises(ReadoutError, match="policy='drop' must be one of 'missing'"):
        expected_percentage(run, policy="drop")


def test_emotions_that_are_left_out_keep_their_numbers(run, make_run, said, shares_of):
    run = make_run([[said("angry", "6", "0", "%", ",", " happy", "1", "0", "%", " sad", "3", "0")]])
    shares = shares_of(expected_percentage(run, emotions=["angry", "sad"]))
    assert shares == {
        "angry": pytest.approx(2 / 3, abs=1e-3),
        "sad": pytest.approx(1 / 3, abs=1e-3),
    }


def test_a_run_without_percentages_states_none(run):
    words_only = run.isel(token=run["kind"].values != "percentage")
    assert np.isnan(expected_percentage(words_only)).all()
