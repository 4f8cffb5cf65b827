"""The share that the model would state, over words and digits."""

import numpy as np
import pytest

from sottovoce.readout import answer_step, expected_percentage, expected_share


def _answer():
    """Angry (or sad) 60 %, then sad (or happy) 40 %."""
    return [
        ("angry", {"angry": 0.6, "sad": 0.2}),
        (" ", {}),
        ("6", {"6": 1.0}),
        ("0", {"0": 1.0}),
        ("%", {"%": 1.0}),
        (",", {}),
        (" sad", {" sad": 0.5, " happy": 0.5}),
        (" ", {}),
        ("4", {"4": 1.0}),
        ("0", {"0": 1.0}),
        ("%", {"%": 1.0}),
    ]


def test_each_naming_counts_by_the_number_behind_it(make_run, shares_of):
    # Step 0 divides .75 / .25, and weighs 60; step 6 divides .5 / .5, and weighs 40.
    shares = expected_share(make_run([[_answer()]]))
    assert shares_of(shares) == {"angry": 0.45, "disgusted": 0.0, "happy": 0.2, "sad": 0.35}
    assert shares.attrs["n_without_number"] == 0


def test_the_number_is_an_expectation_over_its_digits(make_run, shares_of):
    answer = _answer()
    answer[2] = ("6", {"6": 0.5, "2": 0.5})  # expected 40, as much as the other
    shares = shares_of(expected_share(make_run([[answer]])))
    assert shares == {"angry": 0.375, "disgusted": 0.0, "happy": 0.25, "sad": 0.375}


def test_a_certain_answer_is_what_it_states(make_run, said):
    run = make_run([[said("angry", " ", "6", "0", "%", ",", " sad", " ", "4", "0", "%")]])
    np.testing.assert_allclose(expected_share(run), expected_percentage(run), atol=1e-6)


def test_without_a_number_it_is_the_answer_step(make_run):
    run = make_run([[[("angry", {"angry": 0.6, "sad": 0.2}), (" sad", {" sad": 0.9})]]])
    shares = expected_share(run)
    np.testing.assert_allclose(shares, answer_step(run), atol=1e-9)
    assert shares.attrs["n_without_number"] == 1


def test_a_failed_recording_is_missing_and_the_others_are_there(make_run):
    shares = expected_share(make_run([[None], [_answer()]]))
    assert shares.isel(utterance=0).isnull().all()
    assert float(shares.isel(utterance=1).sum()) == pytest.approx(1)


@pytest.mark.parametrize("offset", [-50.0, 100.0])
def test_a_constant_added_to_a_steps_logits_changes_nothing(make_run, offset):
    moved = expected_share(make_run([[_answer()]], offset=offset))
    np.testing.assert_allclose(moved, expected_share(make_run([[_answer()]])), atol=1e-4)
