import re

import numpy as np
import pandas as pd
import pytest

from sottovoce.corpora import Corpus
from sottovoce.corpora.checks import shortened
from sottovoce.corpora.corpus import make_votes
from sottovoce.errors import VotesError


@pytest.fixture
def corpus():
    index = pd.Index(["a", "b", "c"], name="utterance")
    utterances = pd.DataFrame(
        {"path": ["a.wav", "b.wav", "c.wav"], "speaker": ["anna", "tom", "anna"]}, index=index
    )
    counts = pd.DataFrame({"angry": [3, 0, 1], "sad": [1, 0, 1]}, index=index)
    return Corpus("three", utterances, make_votes(counts, utterances["speaker"]), note="Small.")


def test_reference_is_the_distribution_of_the_votes(corpus):
    np.testing.assert_array_equal(
        corpus.reference.values, [[0.75, 0.25], [np.nan, np.nan], [0.5, 0.5]]
    )
    assert corpus.reference.attrs == {"corpus": "three", "note": "Small."}
    assert corpus.reference["speaker"].values.tolist() == ["anna", "tom", "anna"]


def test_repr_is_short(corpus):
    assert repr(corpus) == (
        "<Corpus three: 3 recordings, 2 speakers, 2 emotions, median 2 votes a recording>\nSmall."
    )


def test_select(corpus):
    assert list(corpus.select(speakers="anna").recordings) == ["a", "c"]
    assert list(corpus.select(speakers=["anna"], utterances=["c", "b"]).recordings) == ["c"]
    part = corpus.select(utterances="b")
    assert part.votes["utterance"].values.tolist() == ["b"]
    assert len(corpus.select()) == 3


def test_select_refuses_by_name(corpus):
    with pytest.raises(VotesError, match="no speakers called 'karl'; there are 'anna', 'tom'"):
        corpus.select(speakers=["anna", "karl"])
    with pytest.raises(VotesError, match="no utterances called 'd'"):
        corpus.select(utterances="d")
    with pytest.raises(VotesError, match="none of these utterances is by these speakers"):
        corpus.select(utterances="b", speakers="anna")


def test_votes_and_utterances_must_fit(corpus):
    with pytest.raises(VotesError, match="in the same order"):
        Corpus("x", corpus.utterances, corpus.votes[::-1])
    with pytest.raises(VotesError, match="dimensions"):
        Corpus("x", corpus.utterances, corpus.votes.T)
    twice = pd.concat([corpus.utterances, corpus.utterances])
    with pytest.raises(VotesError, match="more than one row for 'a', 'b', 'c'"):
        Corpus("x", twice, corpus.votes)


def test_long_lists_are_shortened():
    assert shortened("abc") == "'a', 'b', 'c'"
    assert shortened("abcdefg") == "'a', 'b', 'c', 'd', 'e' and 2 more"


def test_in_a_notebook_it_is_a_card(corpus):
    html = corpus._repr_html_()
    assert "<dd>2 (anna, tom)</dd>" in html
    assert "6 in all, 2 a recording (median); none for 1" in html
    assert '<td class="sc-number">4</td>' in html
    assert "width:66.7%" in html
    assert " 67%" in html
    assert re.search("<td[^>]*>3 angry, 1 sad</td><td[^>]*>a.wav</td>", html)
    assert "<dd>Small.</dd>" in html
    assert "licence" not in html


def test_a_card_shows_hostile_names_as_text_and_counts_what_is_left():
    hostile = "<img src=x onerror=alert(1)>"
    index = pd.Index([f"{hostile}{i}" for i in range(7)], name="utterance")
    utterances = pd.DataFrame({"path": [f"/{hostile}.wav"] * 7, "speaker": hostile}, index=index)
    counts = pd.DataFrame({hostile: [1] * 7}, index=index)
    html = Corpus(
        hostile, utterances, make_votes(counts), note=hostile, licence=hostile
    )._repr_html_()
    assert "<img" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") > 10
    assert "and 2 more" in html


def rated(**changes):
    utterances = pd.DataFrame(
        {"path": ["a.wav", "b.wav"], "speaker": ""}, index=pd.Index(["a", "b"], name="utterance")
    )
    rows = pd.DataFrame(
        [("a", "eve", "sad"), ("a", "eve", "angry"), ("a", "tom", "sad"), ("b", "tom", "sad")],
        columns=["utterance", "rater", "emotion"],
    )
    counts = pd.crosstab(rows["utterance"], rows["emotion"])
    made = {"single_ratings": rows, "left_out": {"<i>tired</i>": 2}} | changes
    return Corpus("toy", utterances, make_votes(counts), **made)


def test_ratings_by_rater_and_whole_answers():
    corpus = rated()
    assert corpus.ratings.to_pandas().to_dict() == {
        "eve": {"a": "angry + sad", "b": ""},
        "tom": {"a": "sad", "b": "sad"},
    }
    assert corpus.answers.sum() == 3
    assert corpus.answers.sel(utterance="a", emotion="angry + sad") == 1
    assert rated(single_ratings=None).answers.sum() == 4


def test_the_card_tells_raters_and_what_was_left_out():
    page = rated()._repr_html_()
    assert "2, known for 2 of 2 recordings" in page
    assert "2 (&lt;i&gt;tired&lt;/i&gt; 2)" in page
    assert "unknown" in rated(single_ratings=None)._repr_html_()


def test_ratings_must_be_about_the_utterances():
    rows = pd.DataFrame({"utterance": ["c"], "rater": ["eve"], "emotion": ["sad"]})
    with pytest.raises(VotesError, match="there are ratings of 'c', but no votes"):
        rated(single_ratings=rows)
    with pytest.raises(VotesError, match="have the columns 'utterance', 'emotion', but must have"):
        rated(single_ratings=rows.drop(columns="rater"))


def test_a_table_of_raters_that_fits_no_memory_is_refused(monkeypatch):
    monkeypatch.setattr("sottovoce.corpora.raters.MOST_CELLS", 10)
    with pytest.raises(VotesError, match="2 recordings by 2 raters make a table too large"):
        _ = rated().ratings
    assert rated().answers.sum() == 3
