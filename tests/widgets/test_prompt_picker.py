import pytest

import sottovoce
from sottovoce import Prompt
from sottovoce.errors import PromptError
from sottovoce.widgets import PromptPicker
from sottovoce.widgets.shared.still import Still

HOSTILE = "<img src=x onerror=alert(1)>"


class Tokenizer:
    """Knows one control token, as transformers' tokenizers tell it."""

    def __init__(self):
        self.added_tokens_encoder = {"<|stop|>": 7, "\n": 8}


@pytest.fixture
def picker():
    return PromptPicker()


def typed(picker, kind="draft", text="", name="", language="en", format="free"):
    """Do what the browser does while somebody types; return what it is told."""
    told = []
    picker.view.send = lambda content, buffers=None: told.append(content)
    content = {
        "kind": kind, "turn": 3, "text": text, "name": name, "language": language,
        "format": format,
    }  # fmt: skip
    picker.view._handle_custom_msg(content, [])
    assert len(told) == 1
    assert told[0]["turn"] == 3
    return told[0]


def key_of(picker, name):
    return next(one["key"] for one in picker.view.listed if one["name"] == name)


def test_the_library_is_listed_with_its_texts(picker):
    assert isinstance(picker, Still)
    library = sottovoce.list_prompts()
    assert [one["name"] for one in picker.view.listed] == [prompt.name for prompt in library]
    assert [one["text"] for one in picker.view.listed] == [prompt.text for prompt in library]
    assert picker.prompts == tuple(sottovoce.get_prompts("one_word"))


def test_what_is_ticked_becomes_the_prompts_in_the_order_of_choice(picker):
    seen = []
    picker.observe(lambda change: seen.append([one.name for one in change["new"]]), "prompts")
    chosen = [key_of(picker, name) for name in ("one_word", "json_ja", "percentages")]
    picker.view.set_state({"chosen": chosen})
    assert [one.name for one in picker.prompts] == ["one_word", "json_ja", "percentages"]
    picker.view.set_state({"chosen": []})
    assert picker.prompts == ()
    assert seen == [["one_word", "json_ja", "percentages"], []]


def test_names_questions_and_prompts_can_be_assigned(picker):
    mood = Prompt("mood", "How is the mood?", language="en", format="word")
    picker.prompts = ["percentages", mood, "Is she tired, you think?"]
    assert picker.prompts[:2] == (sottovoce.get_prompt("percentages"), mood)
    assert picker.own == (mood, picker.prompts[2])
    assert [one["own"] for one in picker.view.listed[:3]] == [True, True, False]
    assert picker.view.chosen == [key_of(picker, one.name) for one in picker.prompts]
    picker.prompts = "json"
    assert [one.name for one in picker.prompts] == ["json"]
    assert len(picker.own) == 2, "a question of one's own stays on the list"


def test_what_is_no_prompt_is_refused_and_changes_nothing(picker):
    before = picker.prompts
    with pytest.raises(PromptError, match="no prompt named 'one_wrod'"):
        picker.prompts = ["one_wrod"]
    with pytest.raises(PromptError, match="The library has another question of the name 'json'"):
        picker.prompts = [Prompt("json", "What is JSON?")]
    with pytest.raises(PromptError, match="language='fr'"):
        PromptPicker(language="fr")
    assert picker.prompts == before


def test_a_typed_question_is_told_of_and_added(picker):
    told = typed(picker, text=" How does   she sound? ")
    assert (told["problem"], told["called"]) == ("", "custom-607eec")
    assert picker.own == ()
    told = typed(picker, "add", text="How does she sound?", name="sound", format="word")
    assert told["added"]
    assert picker.prompts[-1] == Prompt("sound", "How does she sound?", "en", "word")


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("", "", "Type a question first."),
        (" \n", "x", "Type a question first."),
        ("x" * 2001, "", "2,001 characters, and at most 2,000"),
        ("How?", "n" * 41, "The name has 41 characters"),
        ("How?", "one_word", "The name 'one_word' is taken"),
        ("What is the emotion of the speaker? Reply with a single word.", "", "there already"),
        ("angry", "", "given as a whole sentence"),
    ],
)
def test_a_question_that_cannot_be_is_told_at_once(picker, text, name, told):
    assert told in typed(picker, text=text, name=name)["problem"]
    assert "added" not in typed(picker, "add", text=text, name=name)
    assert picker.own == ()


def test_control_tokens_are_told_by_the_model_s_tokenizer_or_by_their_look(picker):
    told = typed(picker, text="Is <|im_end|> happy?")
    assert told["note"].startswith("It holds <|im_end|>, by which many models are controlled.")
    picker.tokenizer = Tokenizer()
    assert typed(picker, text="Is <|im_end|>\n happy?")["note"] == ""
    assert "this model is controlled" in typed(picker, text="Is <|stop|> happy?")["note"]


def test_only_questions_of_one_s_own_can_be_removed(picker):
    picker.add("Is she tired?", "tired", language="en", format="yes_no")
    picker.view._handle_custom_msg({"kind": "remove", "key": key_of(picker, "json")}, [])
    picker.view._handle_custom_msg({"kind": "remove", "key": key_of(picker, "tired")}, [])
    assert picker.own == ()
    assert [one.name for one in picker.prompts] == ["one_word"]
    assert len(picker.view.listed) == len(sottovoce.list_prompts())


def test_the_code_gives_the_same_prompts(picker):
    picker.prompts = ["json", Prompt("mood", 'How\'s the "mood"?', "en", "word"), "How is she now?"]
    names = {}
    exec(picker.code(), names)  # noqa: S102
    assert tuple(names["prompts"]) == picker.prompts


def test_the_still_forms_show_the_questions_as_text(picker):
    picker.prompts = ["one_word_ja", Prompt(HOSTILE, HOSTILE)]
    for html in (picker.to_html(), picker._repr_mimebundle_()[0]["text/html"]):
        assert "<img" not in html
        assert "&lt;img src=x" in html
        assert "話者の声が表す感情を" in html
    drawn = [text.get_text() for text in picker.to_figure().texts]
    assert drawn[0] == "one_word_ja"
    assert "".join(drawn[1:]).startswith("話者の声")
    picker.prompts = ()
    assert "No question is chosen." in picker.to_html()
    assert picker.to_figure().texts[1].get_text() == "No question is chosen."


def test_names_that_no_browser_can_show_do_not_break_the_list(picker):
    picker.prompts = [Prompt("caf\udce9", "How is \udce9?")]
    assert picker.view.listed[0]["name"].encode()
    assert picker.prompts[0].name == "caf\udce9"
