import json

import pandas as pd
import pytest

from sottovoce.errors import VocabularyError
from sottovoce.vocabulary import EMOTIONS, TokenSet, as_token_set, preset_names


def test_default_preset_has_both_languages_and_percentages():
    tokens = as_token_set(None)
    assert tuple(tokens.concepts) == EMOTIONS
    assert {"happy", "喜び"} <= set(tokens.spellings("happy"))
    assert tokens.percentages


def test_every_preset_loads_and_survives_json():
    for name in preset_names():
        tokens = TokenSet.preset(name)
        again = TokenSet.from_dict(json.loads(json.dumps(tokens.to_dict())))
        assert tokens.name == again.name == name
        assert again == tokens
        assert again.hash == tokens.hash


def test_yes_and_no_take_no_share():
    tokens = TokenSet.preset("emotions+yes-no")
    assert tuple(tokens.concepts) == EMOTIONS
    assert tuple(tokens.others) == ("yes", "no")
    assert tokens.spellings("yes")[:2] == ("yes", "はい")


def test_union_joins_spellings_of_one_concept():
    tokens = TokenSet({"sad": ["sad"]}) | TokenSet({"sad": ["sad", "blue"], "calm": ["calm"]})
    assert dict(tokens.concepts) == {"sad": ("sad", "blue"), "calm": ("calm",)}
    assert not tokens.percentages


def test_plus_is_the_union():
    joined = TokenSet.preset("emotions-en") | TokenSet.preset("percentages")
    assert TokenSet.preset("emotions-en+percentages") == joined
    assert joined.name == "emotions-en+percentages"


def test_hash_follows_content_and_not_the_name():
    first = TokenSet({"calm": ["calm"]}, name="one")
    assert first.hash == TokenSet({"calm": ["calm"]}, name="two").hash
    assert first.hash != TokenSet({"calm": ["serene"]}).hash
    assert first.hash != TokenSet({"calm": ["calm"]}, percentages=True).hash
    assert len({first, TokenSet({"calm": ["calm"]})}) == 1


def test_content_cannot_be_changed():
    tokens = TokenSet.preset("emotions")
    with pytest.raises(TypeError):
        tokens.concepts["angry"] = ()


def test_as_token_set_takes_what_is_meant():
    tokens = TokenSet({"calm": ["calm"]})
    assert as_token_set(tokens) is tokens
    assert as_token_set({"calm": ["calm"]}) == tokens
    assert as_token_set("percentages").percentages


@pytest.mark.parametrize(
    ("concepts", "words"),
    [
        ({}, "at least one concept"),
        ({"sad": []}, "at least one spelling"),
        ({"sad": ["  "]}, "none that is blank"),
        ({"sad": "sad"}, r"Write \['sad'\]"),
        ({"": ["sad"]}, "name must be a word"),
        ({"sad": ["blue"], "calm": ["Blue"]}, "'Blue' stands in 'sad' and in 'calm'"),
    ],
)
def test_contradictions_are_refused_in_words(concepts, words):
    with pytest.raises(VocabularyError, match=words):
        TokenSet(concepts)


def test_a_concept_cannot_share_and_stand_aside():
    with pytest.raises(VocabularyError, match="'yes' cannot both"):
        TokenSet({"yes": ["yes"]}, others={"yes": ["yeah"]})


def test_unknown_names_are_told_what_exists():
    with pytest.raises(VocabularyError, match="preset='moods' must be one of 'emotions'"):
        TokenSet.preset("moods+percentages")
    with pytest.raises(VocabularyError, match="concept='calm' must be one of 'angry'"):
        TokenSet.preset("emotions").spellings("calm")
    with pytest.raises(VocabularyError, match="has no 'words'"):
        TokenSet.from_dict({"words": []})


def test_repr_is_short_and_tells_all_parts():
    assert repr(TokenSet.preset("percentages+yes-no")) == (
        "<TokenSet 'percentages+yes-no'; others=yes, no; percentages>"
    )


def test_table_from_a_file(tmp_path):
    path = tmp_path / "moods.csv"
    path.write_text(
        "\ufeffconcept,spelling,kind\ncalm,calm,emotion\ncalm,穏やか,emotion\nNA,None,other\n",
        encoding="utf-8",
    )
    tokens = TokenSet.from_table(path, percentages=True)
    assert dict(tokens.concepts) == {"calm": ("calm", "穏やか")}
    assert dict(tokens.others) == {"NA": ("None",)}
    assert (tokens.name, tokens.percentages) == ("moods", True)


def test_table_with_tabs_and_from_a_frame(tmp_path):
    frame = pd.DataFrame({"concept": ["calm", "tense"], "spelling": ["calm", "tense"]})
    path = tmp_path / "moods.tsv"
    frame.to_csv(path, sep="\t", index=False)
    assert TokenSet.from_table(path) == TokenSet.from_table(frame)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"concept": ["calm"], "word": ["calm"]}), "'spelling'.* missing, found"),
        (pd.DataFrame({"concept": ["calm"], "spelling": [None]}), "Row 1 .* has no spelling"),
        (
            pd.DataFrame({"concept": ["a"], "spelling": ["b"], "kind": ["mood"]}),
            "kind in row 1='mood' must be one of 'emotion', 'other'",
        ),
    ],
)
def test_tables_with_gaps_are_refused_by_row(frame, words):
    with pytest.raises(VocabularyError, match=words):
        TokenSet.from_table(frame)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00\xd8bad", b'concept,spelling\n"a'])
def test_unreadable_tables_are_refused_by_name(tmp_path, content):
    path = tmp_path / "moods.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VocabularyError, match=r"moods\.csv|Row 1"):
        TokenSet.from_table(path)
