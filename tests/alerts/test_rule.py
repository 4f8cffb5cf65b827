import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.alerts import Condition, Rule, as_rule
from sottovoce.errors import AlertError


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("angry above .6", "angry above 0.6"),
        ("angry > 60%", "angry above 0.6"),
        ("angry above 60 % for two windows running", "angry above 0.6 for 2 windows running"),
        ("sad<.25 for 3 windows in a row", "sad below 0.25 for 3 windows running"),
        ("ambiguity above 1.5", "ambiguity above 1.5 bits"),
        ("ambiguity below 2 bits for 2 windows", "ambiguity below 2 bits for 2 windows running"),
        ("  tense : angry+fearful above .5 and sad below .1", None),
        ("怒り above .6 for 1 window", "怒り above 0.6"),
        ("Other-mixed feelings above 1%", "Other-mixed feelings above 0.01"),
    ],
)
def test_what_people_write_is_read(text, same):
    same = same or "tense: angry + fearful above 0.5 and sad below 0.1"
    assert str(Rule.parse(text)) == same
    assert Rule.parse(same) == Rule.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", 'says neither "above" nor "below"'),
        ("angry", 'says neither "above" nor "below"'),
        ("above .6", "must name an emotion"),
        ("angry + above .6", "must name an emotion"),
        ("angry above", "is no number"),
        ("angry above half", "'half' is no number such as 0.6, .6 or 60%"),
        ("angry above -.2", "is no number"),
        ("angry above 1.2", "must be from 0 to 1"),
        ("angry above 6", "threshold=6 of angry must be from 0 to 1, or from 0% to 100%"),
        ("angry above .6 for ever", "must say how often"),
        ("angry above .6 for no windows", "'no' is no number of windows"),
        ("angry above .6 for 0 windows running", "'0' is no number of windows"),
        ("angry above .6 and", "is no number"),
        ("angry above .6 and sad", 'says neither "above" nor "below"'),
        ("angry above .6 bits", "shares have no bits"),
        ("ambiguity above 60%", "ambiguity has no percent"),
        ("ambiguity + sad above 1", "cannot be added"),
        ("angry + angry above .5", "each once"),
        (": angry above .6", "no name before the colon"),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(text, reason):
    with pytest.raises(AlertError) as told:
        Rule.parse(text)
    assert reason in str(told.value)
    assert repr(text) in str(told.value)
    assert "A rule reads like 'angry above 0.6 for 2 windows running'" in str(told.value)


def test_a_rule_by_hand_must_make_sense():
    with pytest.raises(AlertError, match="needs a condition"):
        Rule(())
    with pytest.raises(AlertError, match="windows=0"):
        Rule((Condition(("sad",), "above", 0.5),), windows=0)
    with pytest.raises(AlertError, match="cannot stand in a rule"):
        Condition(("sad and angry",), "above", 0.5)
    with pytest.raises(AlertError, match="side='over'"):
        Condition(("sad",), "over", 0.5)
    with pytest.raises(AlertError, match="must be a Rule, or text"):
        as_rule(3)


names = st.sampled_from(["angry", "sad", "Other: no".replace(":", ""), "喜び", "not-neutral"])
shares = st.lists(names, min_size=1, max_size=3, unique=True).map(tuple)
conditions = st.one_of(
    st.builds(
        Condition,
        shares,
        st.sampled_from(["above", "below"]),
        st.floats(0, 1, allow_subnormal=False),
    ),
    st.builds(
        Condition, st.just(("ambiguity",)), st.sampled_from(["above", "below"]), st.floats(0, 5)
    ),
)
rules = st.builds(
    Rule,
    st.lists(conditions, min_size=1, max_size=3).map(tuple),
    st.integers(1, 20),
    st.sampled_from(["", "tense", "for above and"]),
)


@settings(max_examples=60, deadline=None)
@given(rules)
def test_the_text_of_a_rule_is_the_rule(rule):
    assert Rule.parse(str(rule)) == rule


def test_conditions_hold_by_hand():
    emotions = ["angry", "neutral", "sad"]
    rows = np.array([[0.7, 0.2, 0.1], [0.1, 0.2, 0.7], [np.nan] * 3, [0.5, 0.5, 0.0]])
    rule = as_rule("angry + sad above .8")
    assert rule.conditions[0].measure(rows, emotions) == pytest.approx(
        [0.8, 0.8, np.nan, 0.5], nan_ok=True
    )
    assert not rule.holds(rows, emotions).any()  # 0.7 + 0.1 is not above 0.8, however it rounds
    assert as_rule("ambiguity above .99 and sad below .1").holds(rows, emotions).tolist() == [
        False,
        False,
        False,
        True,
    ]
    with pytest.raises(AlertError, match="about 'furious', and the emotions are 'angry'"):
        as_rule("furious above .5").holds(rows, emotions)
