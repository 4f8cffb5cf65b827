import re

import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce import TokenSet
from sottovoce.dataset import select_spellings
from sottovoce.errors import RunError, VocabularyError
from sottovoce.paths import data_folder
from sottovoce.widgets import SpellingFilter
from sottovoce.widgets.shared.still import Still

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def run():
    clip = data_folder() / "samples" / "anna_sad.flac"
    return sottovoce.capture(
        sottovoce.load_model(),
        clip,
        "one_word",
        "emotions+percentages",
        max_new_tokens=3,
        progress=False,
    )


@pytest.fixture
def spellings(run):
    return SpellingFilter(run=run)


def tick(spellings, concept, *words):
    """Do what the browser does when the spellings of a concept are ticked."""
    ticked = list(spellings.view.ticked)
    place = list(spellings.spellings).index(concept)
    ticked[place] = [spellings.spellings[concept].index(word) for word in words]
    spellings.view._handle_custom_msg({"kind": "tick", "ticked": ticked}, [])


def test_at_first_all_count_and_the_run_stays_as_it_is(spellings, run):
    assert isinstance(spellings, Still)
    assert spellings.everything
    assert spellings.chosen == dict(TokenSet.preset("emotions").concepts)
    assert spellings.selected is run
    assert all(spellings.view.ticked)


def test_a_spelling_shows_its_tokens_and_one_without_cannot_be_ticked(spellings):
    words = {one["spelling"]: one for one in spellings.view.concepts[0]["words"]}
    assert sorted(words["angry"]["tokens"]) == ["Angry", "angry", "␣Angry", "␣angry"]
    assert words["angry"]["counts"]
    assert not words["furious"]["counts"]


def test_ticking_selects_without_asking_the_model(spellings, run):
    seen = []
    spellings.observe(lambda change: seen.append(change["new"]), "chosen")
    tick(spellings, "sad")
    tick(spellings, "happy", "happy", "喜")
    assert len(seen) == 2
    assert "sad" not in spellings.chosen
    assert {"happy", "喜", "glad"} <= set(spellings.chosen["happy"])
    assert "喜び" not in spellings.chosen["happy"]
    assert spellings.chosen["angry"] == spellings.spellings["angry"]
    xr.testing.assert_identical(spellings.selected, select_spellings(run, spellings.chosen))
    shares = sottovoce.read_out(spellings.selected, "answer_step")
    assert "sad" not in shares["emotion"].values
    np.testing.assert_allclose(shares.sum("emotion"), 1, atol=1e-6)


def test_what_is_assigned_stays_as_it_is(spellings):
    spellings.chosen = {"sad": ["sadness", "sad"], "happy": []}
    assert spellings.chosen == {"sad": ("sad", "sadness")}
    assert spellings.view.ticked[list(spellings.spellings).index("sad")] == [0, 1]
    assert not spellings.everything


def test_nothing_ticked_is_told(spellings):
    for concept in spellings.spellings:
        tick(spellings, concept)
    assert spellings.chosen == {}
    assert spellings.messages.text.startswith("No spelling counts.")
    with pytest.raises(RunError, match="No spelling is chosen"):
        _ = spellings.selected


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"bored": ["bored"]}, "no concept 'bored' to choose; there are 'angry'"),
        ({"sad": ["gloomy"]}, "no list of spellings of 'sad'; it has 'sad', 'sadness'"),
        ({"sad": "sad"}, "no list of spellings"),
        (["sad"], "must be {concept"),
    ],
)
def test_what_there_is_not_cannot_be_chosen(spellings, chosen, told):
    with pytest.raises(VocabularyError, match=told):
        spellings.chosen = chosen
    assert spellings.everything


def test_another_run_of_the_same_words_keeps_the_choice(spellings, run):
    spellings.chosen = {"sad": ["sad"]}
    spellings.run = run.copy()
    assert spellings.chosen == {"sad": ("sad",)}
    spellings.show({"calm": ["calm"], "sad": ["sad"]})
    assert spellings.chosen == {"calm": ("calm",), "sad": ("sad",)}
    assert spellings.run is None
    assert spellings.selected is None


def test_a_token_set_alone_offers_all_its_spellings():
    spellings = SpellingFilter("emotions-en+yes-no")
    assert list(spellings.spellings)[-2:] == ["yes", "no"]
    assert all(word["counts"] for one in spellings.view.concepts for word in one["words"])
    with pytest.raises(VocabularyError, match="Give a token set, or a run"):
        SpellingFilter()


def test_the_code_makes_the_same_run(spellings, run):
    names = {"run": run}
    exec(spellings.code(), names)  # noqa: S102
    assert names["run"] is run
    spellings.chosen = {"sad": ["sad"], "happy": ["happy", "joy"]}
    exec(spellings.code(), names)  # noqa: S102
    xr.testing.assert_identical(names["run"], spellings.selected)


def test_the_still_forms_tell_what_counts_as_text():
    spellings = SpellingFilter({HOSTILE: [HOSTILE, "b"], "c": ["c"]})
    spellings.chosen = {HOSTILE: ["b"]}
    for html in (spellings.to_html(), spellings._repr_mimebundle_()[0]["text/html"]):
        assert "<img" not in html
        assert re.search(r"&lt;img src=x onerror=alert\(1\)&gt;</th><td[^>]*>b</td>", html)
    assert [text.get_text() for text in spellings.to_figure().texts][1] == "b"
    spellings.chosen = {}
    assert spellings.to_figure().texts[1].get_text() == "No spelling counts."
