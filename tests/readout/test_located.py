"""The rules of text, brought to the steps that wrote it."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sottovoce.readout import (
    READOUTS,
    answer_step,
    choose_steps,
    expected_percentage,
    expected_share,
    parse_answer,
    read_out,
    text,
)
from sottovoce.readout.located import cut_answers, locate
from sottovoce.vocabulary.percentage import normalise

EMOTIONS = ["angry", "disgusted", "happy", "sad"]


def at_most(run, steps):
    decoding = json.dumps({"mode": "greedy", "max_new_tokens": steps})
    return run.assign_attrs(decoding=decoding)


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), max_size=8))
def test_every_sign_has_the_step_that_wrote_it(texts):
    located = locate(texts)
    assert len(located.plain) == len(normalise("".join(texts)))
    assert located.starts[0] == 0
    assert located.starts[-1] == len(located.plain)
    assert located.starts == sorted(located.starts)
    for place in range(len(located.plain)):
        step = located.step_at(place)
        assert located.starts[step] <= place < located.starts[step + 1]


def test_signs_of_two_steps_that_become_one():
    located = locate(["e", "\u0301", "a", "ｶ", "ﾞ", "x"])
    assert located.plain == "éaガx"
    assert [located.step_at(place) for place in range(4)] == [0, 2, 3, 5]


DENIED = [
    (("not", " happy", ",", " but", " sad"), 4),
    (("怒り", "では", "なく", "悲しみ", "です"), 3),
    (("{", '"', "angry", '":', " false", ', "', "sad", '":', " true"), 6),
    (("n't", " angry", ".", " sad"), 3),
    (("Neither", " angry", " nor", " happy", ";", " sad"), 5),
    (("Not", " only", " sad"), 2),
]


@pytest.mark.parametrize(("answer", "step"), DENIED)
def test_denied_words_are_not_named(make_run, said, shares_of, answer, step):
    run = make_run([[said(*answer)]])
    for shares in (answer_step(run), text(run), expected_share(run)):
        assert shares_of(shares)["sad"] == 1.0
    assert answer_step(run)["answer_step"].item() == step
    assert answer_step(run).attrs["n_answer_step_fallback"] == 0
    assert np.flatnonzero(choose_steps(run, "emotion")).tolist() == [step]


def test_numbers_of_denied_words_are_not_read(make_run, said, shares_of):
    said_so = ("not", " happy", " ", "2", "0", "%", ",", " sad", " ", "8", "0", "%")
    run = make_run([[said(*said_so)]])
    for shares in (expected_percentage(run), expected_share(run), text(run)):
        assert shares_of(shares)["sad"] == 1.0


def test_where_all_is_denied_another_step_is_read(make_run):
    steps = [("not", {" sad": 0.1}), (" happy", {" happy": 0.9}), ("<end>", {})]
    shares = answer_step(make_run([[steps]]))
    assert shares["answer_step"].item() == 0
    assert shares.attrs["n_answer_step_fallback"] == 1


def test_a_number_of_each_at_token_level(make_run, said, shares_of):
    run = make_run([[said("angry", " and", " sad", ",", " ", "5", "0", "%", " each")]])
    assert shares_of(expected_percentage(run)) == {
        "angry": 0.5,
        "disgusted": 0.0,
        "happy": 0.0,
        "sad": 0.5,
    }
    assert shares_of(expected_share(run))["sad"] == 0.5


def test_impossible_percentages_at_token_level(make_run, said):
    run = make_run([[said("angry", "1", "5", "0", "%", ",", " sad", "5", "0", "%")]])
    assert np.isnan(expected_percentage(run)).all()
    assert expected_share(run).attrs["n_without_number"] == 1


def test_a_range_is_its_middle_at_token_level(make_run, said, shares_of):
    run = make_run([[said("angry", "6", "0", "-", "8", "0", "%", ",", " sad", "3", "0", "%")]])
    assert shares_of(expected_percentage(run))["angry"] == 0.7
    assert shares_of(text(run))["angry"] == 0.7


CUT = ("angry", " ", "6", "0", "%", ",", " sad", " ", "4")


def test_half_a_number_is_not_read_and_counted(make_run, said, shares_of):
    whole = make_run([[said(*CUT)]])
    cut = at_most(whole, len(CUT))
    for name in ("text", "expected_percentage", "expected_share"):
        assert shares_of(read_out(whole, name))["sad"] == pytest.approx(4 / 64, abs=1e-3)
        assert shares_of(read_out(cut, name))["angry"] == 1.0
    for name in set(READOUTS) - {"ratio"}:  # which divides no such answer
        assert read_out(cut, name).attrs["n_cut"] == 1
    assert text(whole).attrs["n_cut"] == 0


def test_what_ended_by_itself_is_not_cut(make_run, said):
    run = make_run([[said("angry", "<end>")], [said("angry", " 6")], [None], [said("sad")]])
    run["answer"][0] = "angry"
    assert cut_answers(at_most(run, 2)).ravel().tolist() == [False, True, False, False]
    assert cut_answers(at_most(run, 3)).sum() == 0
    assert cut_answers(run.assign_attrs(decoding="[]")).sum() == 0
    run["chosen_text"][1, 0, 1] = ""
    assert cut_answers(at_most(run, 2)).sum() == 0


# Words keep apart from each other, as models write them.
WORDS = [" angry", " sad", "怒り", "悲しみ", " not", " but", " and", "ではない", " each", " bored"]
PIECES = st.sampled_from(
    [*((word,) for word in WORDS), *((sign,) for sign in "、,. 54%:\n"), (" disg", "usted")]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES, min_size=1, max_size=12))
def test_steps_and_text_agree_on_an_answer_without_rivals(make_run, said, pieces):
    steps = [step for piece in pieces for step in piece]
    stated = expected_percentage(make_run([[said(*steps)]]))
    if not np.isnan(stated).any():
        parsed = parse_answer("".join(steps), EMOTIONS)
        np.testing.assert_allclose(
            stated.values.ravel(), [parsed[name] for name in EMOTIONS], atol=1e-6
        )
