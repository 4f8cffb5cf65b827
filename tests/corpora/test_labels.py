import pytest

from sottovoce.corpora import label_sets
from sottovoce.corpora.labels import label_set, votes_left_out
from sottovoce.errors import VotesError
from sottovoce.vocabulary import EMOTIONS


@pytest.mark.parametrize("name", label_sets())
def test_every_set_counts_what_it_says(name):
    one = label_sets()[name]
    assert one.about.endswith(".")
    counted = {one.emotion_of(label) for label in one.labels} - {None}
    assert counted == set(one.emotions)
    assert set(one.merge) <= set(one.labels.values())
    assert all(label == label.lower() for label in one.labels)


@pytest.mark.parametrize("name", ["iemocap-basic", "msp-podcast-basic", "words-basic"])
def test_basic_sets_fit_the_presets(name):
    assert label_sets()[name].emotions == list(EMOTIONS)


def test_spelling_and_width_do_not_matter():
    one = label_set("iemocap")
    assert [one.emotion_of(label) for label in ("Neutral  State", "ＡＮＧＥＲ", "?")] == [
        "neutral",
        "angry",
        None,
    ]
    assert label_set("words").emotion_of("Weary") == "weary"
    assert label_set("words-basic").emotion_of("Weary") is None


def test_a_mapping_names_all_that_counts():
    own = label_set({"Excitement": "high", "angry": "high", "sad": "low"}, "iemocap")
    assert [own.emotion_of(label) for label in ("excited", "Anger", "Sadness", "Fear")] == [
        "high",
        "high",
        "low",
        None,
    ]
    assert own.in_words() == (
        "Labels: your own (excited counts as high, angry counts as high, sad counts as low)."
    )
    with pytest.raises(VotesError, match="an empty mapping"):
        label_set({}, "iemocap")
    assert label_set({"weary": "sad"}).emotion_of("Weary") == "sad"


def test_what_is_left_out_is_told_in_full_or_in_part():
    assert votes_left_out({}) == ""
    many = {f"label {n}": n for n in range(1, 10)}
    assert votes_left_out(many, most=2) == (
        "Votes left out: 45 (label 9 9, label 8 8, 7 more labels 28)."
    )
