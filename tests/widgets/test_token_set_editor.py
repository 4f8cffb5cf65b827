import pytest

import sottovoce
from sottovoce import TokenSet
from sottovoce.errors import VocabularyError
from sottovoce.widgets import TokenSetEditor
from sottovoce.widgets.shared.still import Still

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def tokenizer():
    return sottovoce.load_model().tokenizer


@pytest.fixture
def editor(tokenizer):
    return TokenSetEditor("emotions-en+percentages", tokenizer=tokenizer)


def content(*lines, percentages=False):
    return {
        "lines": [
            {"concept": concept, "spellings": spellings, "aside": any(aside)}
            for concept, spellings, *aside in lines
        ],
        "percentages": percentages,
    }


def edit(editor, *lines, percentages=False):
    """Do what the browser does while somebody types."""
    editor.view._handle_custom_msg({"kind": "edit", **content(*lines, percentages=percentages)}, [])


def tick(editor, name, ticked, *lines, percentages=False):
    written = content(*lines, percentages=percentages)
    editor.view._handle_custom_msg(
        {"kind": "preset", "name": name, "ticked": ticked, **written}, []
    )


def words(editor, place):
    return {one["spelling"]: one for one in editor.view.told["lines"][place]["words"]}


def test_a_set_is_shown_in_lines_with_how_each_spelling_is_written(editor):
    assert isinstance(editor, Still)
    lines = editor.view.lines["lines"]
    assert [line["concept"] for line in lines] == list(editor.token_set.concepts)
    assert lines[0]["spellings"] == "angry, anger, furious, fury, enraged"
    assert editor.view.lines["percentages"] is True
    angry = words(editor, 0)["angry"]
    assert (angry["status"], angry["pieces"], angry["told"]) == ("one", ["␣angry"], "one token")
    assert [form["form"] for form in angry["forms"]] == ["angry", "␣angry", "Angry", "␣Angry"]
    assert editor.view.told["n_tokens"] == len(editor.resolved)
    assert editor.problems == {}


def test_every_form_is_told_as_the_token_set_resolves_it(editor):
    coverage = editor.resolved.coverage
    for place, concept in enumerate(editor.token_set.concepts):
        own = coverage[coverage["concept"] == concept]
        told = words(editor, place)
        assert list(told) == list(dict.fromkeys(own["spelling"]))
        for _, row in own.iterrows():
            forms = {form["form"]: form for form in told[row["spelling"]]["forms"]}
            form = forms[row["form"].replace(" ", "␣")]
            assert form["status"] == row["status"]
            assert form["pieces"] == [piece.replace(" ", "␣") for piece in row["pieces"]]


def test_typing_changes_the_set_at_once(editor):
    seen = []
    editor.observe(lambda change: seen.append(change["new"]), "token_set")
    edit(editor, ("tense", "tense, nervous、 緊張"), ("yes", "yes", True), ("", ""))
    assert editor.token_set.concepts == {"tense": ("tense", "nervous", "緊張")}
    assert editor.token_set.others == {"yes": ("yes",)}
    assert seen == [editor.token_set]
    assert words(editor, 0)["緊張"]["forms"][1:] == [None, None, None]
    assert editor.view.told["lines"][2]["words"] == []


@pytest.mark.parametrize(
    ("lines", "place", "told"),
    [
        ([("calm", "calm"), ("", "serene")], 1, "Give the concept a name."),
        ([("calm", " , ")], 0, "Give 'calm' at least one spelling"),
        ([("calm", "calm"), ("calm", "serene")], 1, "'calm' stands in another line already"),
        ([("calm", "calm"), ("x", "x"), ("rest", "rest, Calm")], 2, "stands in 'calm' and in 'r"),
        ([("calm", "x" * 61)], 0, "has 61 characters; at most 60"),
        ([("calm", ",".join(map(str, range(101))))], 0, "101 spellings; at most 100"),
    ],
)
def test_a_problem_is_told_beside_its_line_and_the_last_right_set_stays(editor, lines, place, told):
    before = editor.token_set
    edit(editor, *lines)
    state = editor.view.told
    assert told in state["lines"][place]["problem"]
    assert [bool(line["problem"]) for line in state["lines"]].count(True) == 1
    assert not state["right"]
    assert state["using"] == "emotions-en+percentages"
    assert editor.token_set is before
    assert list(editor.problems) == [lines[place][0]]


def test_what_is_right_is_still_told_while_another_line_is_not(editor):
    edit(editor, ("angry", "angry"), ("calm", ""))
    assert words(editor, 0)["angry"]["status"] == "one"


def test_nothing_written_is_told(editor):
    edit(editor)
    assert editor.problems == {"": editor.view.told["problem"]}
    assert "Nothing is followed yet" in editor.view.told["problem"]
    edit(editor, percentages=True)
    assert editor.problems == {}
    assert editor.token_set.name == "percentages"


def test_a_token_of_two_concepts_is_told_beside_the_second(editor):
    """The digit of a percentage as a word of its own."""
    edit(editor, ("angry", "angry"), ("lots", "9"), percentages=True)
    assert "writes '9' of 'lots'" in editor.view.told["lines"][1]["problem"]
    assert editor.token_set.name == "emotions-en+percentages"


def test_a_concept_that_loses_all_its_tokens_is_told(editor):
    edit(editor, ("happy", "happy"), ("glad", "glad"))
    assert [line["lost"] for line in editor.view.told["lines"]] == [False, True]
    glad = words(editor, 1)["glad"]
    assert glad["status"] == "generic"
    assert "not followed: much else begins with" in glad["told"]


def test_a_collision_between_concepts_names_the_other(editor):
    told = [
        word["told"]
        for line in editor.view.told["lines"]
        for word in line["words"]
        if word["status"] == "ambiguous"
    ]
    assert any(" of disgusted begins with " in text for text in told)


def test_presets_are_ticked_and_taken_out_again(editor):
    assert [name for name, held in editor.view.told["presets"].items() if held] == [
        "emotions-en", "percentages",
    ]  # fmt: skip
    written = [("angry", "wütend, angry")]
    turn = editor.view.lines["turn"]
    tick(editor, "emotions-en", True, *written)
    assert editor.token_set.spellings("angry")[:3] == ("wütend", "angry", "anger")
    assert editor.view.lines["turn"] == turn + 1, "the browser has to take these lines"
    lines = [(one["concept"], one["spellings"], one["aside"]) for one in editor.view.lines["lines"]]
    tick(editor, "yes-no", True, *lines)
    assert list(editor.token_set.others) == ["yes", "no"]
    lines = [(one["concept"], one["spellings"], one["aside"]) for one in editor.view.lines["lines"]]
    tick(editor, "emotions-en", False, *lines)
    assert editor.token_set.concepts == {"angry": ("wütend",)}
    tick(editor, "percentages", True, *lines)
    assert editor.token_set.percentages


def test_the_union_of_presets_is_called_by_their_names(editor):
    tick(editor, "emotions-ja", True, *[
        (one["concept"], one["spellings"]) for one in editor.view.lines["lines"]
    ], percentages=True)  # fmt: skip
    assert editor.token_set.name == "emotions+percentages"
    assert editor.token_set == TokenSet.preset("emotions+percentages")


def test_what_is_assigned_is_kept_as_it_is(editor):
    own = TokenSet({"sad": ["sad"], "angry": ["angry"]}, name="two")
    editor.token_set = own
    assert editor.token_set is own
    assert [line["concept"] for line in editor.view.lines["lines"]] == ["sad", "angry"]
    editor.token_set = {"calm": ["calm"]}
    assert editor.token_set.concepts == {"calm": ("calm",)}
    editor.token_set = "yes-no"  # noqa: S105
    assert [line["aside"] for line in editor.view.lines["lines"]] == [True, True]
    with pytest.raises(VocabularyError, match="preset='mood'"):
        editor.token_set = "mood"  # noqa: S105
    assert editor.token_set.name == "yes-no"


def test_typing_keeps_the_turn_so_that_no_view_loses_what_is_typed(editor):
    turn = editor.view.lines["turn"]
    edit(editor, ("calm", "cal"))
    assert editor.view.lines["turn"] == turn
    assert editor.view.lines["lines"][0]["spellings"] == "cal", "a view opened later shows it"


def test_without_a_tokenizer_spellings_are_taken_and_nothing_told(tokenizer):
    editor = TokenSetEditor("emotions-en")
    assert editor.resolved is None
    assert not editor.view.told["has_tokenizer"]
    assert editor.view.told["lines"][0]["words"] == []
    editor.tokenizer = tokenizer
    assert words(editor, 0)["angry"]["status"] == "one"
    assert editor.token_set.name == "emotions-en"


def test_another_tokenizer_that_refuses_the_set_is_told_and_the_set_stays(tokenizer):
    nines = TokenSet({"lots": ["9"]}, percentages=True)
    editor = TokenSetEditor(nines)
    editor.tokenizer = tokenizer
    assert editor.token_set is nines
    assert "writes '9'" in editor.problems["lots"]


def test_a_table_takes_the_place_of_the_lines(editor):
    told = []
    editor.view.send = lambda message, buffers=None: told.append(message)
    table = "\ufeffconcept,spelling,kind\ncalm,calm,emotion\ncalm,None,emotion\nyes,yes,other\n"
    editor.view._handle_custom_msg({"kind": "table", "text": table}, [])
    assert told == [{"kind": "table", "ok": True, "text": "2 concepts taken from the table."}]
    assert editor.token_set.concepts == {"calm": ("calm", "None")}
    assert editor.token_set.others == {"yes": ("yes",)}
    assert editor.token_set.percentages
    editor.read_table("concept\tspelling\nwild\twild, untamed")
    assert editor.token_set.concepts == {"wild": ("wild, untamed",)}, "a table needs no commas"


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "cannot be read"),
        ("word,spelling\na,b", "needs the columns 'concept' and 'spelling'"),
        ("concept,spelling\ncalm,", "Row 1 of the token table has no spelling"),
        ("concept,spelling\ncalm,x\nwild,X", "stands in 'calm' and in 'wild'"),
        ("concept,spelling\n" + "\n".join(f"c{i},s{i}" for i in range(101)), "101 concepts"),
        ("x" * 1_000_001, "more than 1,000 kB"),
    ],
)
def test_a_table_that_is_none_is_told_and_nothing_changes(editor, table, told):
    before, sent = editor.token_set, []
    editor.view.send = lambda message, buffers=None: sent.append(message)
    editor.view._handle_custom_msg({"kind": "table", "text": table}, [])
    assert told in sent[0]["text"]
    assert not sent[0]["ok"]
    assert editor.token_set is before


def test_the_code_gives_the_same_set(editor):
    for tokens in (editor.token_set, TokenSet({"a'b": ['"c"']}, percentages=True, name="mine")):
        editor.token_set = tokens
        names = {}
        exec(editor.code(), names)  # noqa: S102
        assert names["tokens"] == tokens
        assert names["tokens"].name == tokens.name


def test_the_still_forms_show_concepts_as_text(editor):
    editor.token_set = TokenSet({HOSTILE: [HOSTILE], "angry": ["angry", "怒り"]}, percentages=True)
    for html in (editor.to_html(), editor._repr_mimebundle_()[0]["text/html"]):
        assert "<img" not in html
        assert "&lt;img src=x" in html
        assert "angry: one token" in html
        assert "0% to 100%" in html
    drawn = [text.get_text() for text in editor.to_figure().texts]
    assert drawn[-4:] == ["angry", "angry, 怒り", "percentages", "0% to 100%"]
