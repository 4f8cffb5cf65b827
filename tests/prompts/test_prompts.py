"""The library of prompts and what is taken for a prompt."""

import pytest

from sottovoce.errors import PromptError
from sottovoce.prompts import DEFAULT_PROMPTS, Prompt, get_prompt, get_prompts, list_prompts

CANONICAL = ("angry", "disgusted", "fearful", "happy", "neutral", "sad")


def test_every_format_is_asked_in_several_wordings_and_two_languages():
    for answer_format in ("percentages", "word", "json"):
        for language in ("en", "ja"):
            wordings = {p.text for p in list_prompts(language, answer_format)}
            assert len(wordings) >= 2, (answer_format, language)


def test_there_is_a_yes_no_question_for_every_emotion_in_both_languages():
    names = {p.name for p in list_prompts(format="yes_no")}
    assert {f"yes_no_{emotion}" for emotion in CANONICAL} <= names
    assert {f"yes_no_{emotion}_ja" for emotion in CANONICAL} <= names


def test_the_library_has_no_text_twice():
    texts = [prompt.text for prompt in list_prompts()]
    assert len(texts) == len(set(texts))


def test_defaults_are_percentages_word_and_json():
    assert [prompt.format for prompt in get_prompts()] == ["percentages", "word", "json"]
    assert tuple(prompt.name for prompt in get_prompts()) == DEFAULT_PROMPTS


def test_a_question_becomes_a_prompt_with_a_stable_name():
    first, second = get_prompt("How does she sound?"), get_prompt("  How does she sound?  ")
    assert first == second
    assert first.name.startswith("custom-")
    assert first.format == "free"


def test_japanese_without_spaces_is_a_question():
    prompt = get_prompt("この人はどんな気持ちですか")
    assert prompt.language == "ja"


def test_a_misspelt_name_is_told_with_what_is_near():
    with pytest.raises(
        PromptError, match=r"no prompt named 'percentage'.*Did you mean percentages"
    ):
        get_prompt("percentage")


@pytest.mark.parametrize("empty", ["", "   ", "\n"])
def test_an_empty_prompt_is_refused(empty):
    with pytest.raises(PromptError, match="empty"):
        get_prompt(empty)


def test_a_number_is_no_prompt():
    with pytest.raises(PromptError, match="not int"):
        get_prompt(3)


def test_two_prompts_of_one_name_are_refused():
    with pytest.raises(PromptError, match=r"more than once: \['one_word'\]"):
        get_prompts(["one_word", "one_word"])


def test_no_prompt_is_refused():
    with pytest.raises(PromptError, match="No prompt"):
        get_prompts([])


def test_an_unknown_format_is_refused():
    with pytest.raises(PromptError, match="format='poem' must be one of"):
        Prompt("a", "How?", format="poem")
    with pytest.raises(PromptError, match="format='poem' must be one of"):
        list_prompts(format="poem")


def test_a_prompt_is_given_back_as_it_is():
    mine = Prompt("mine", "How?", language="de")
    assert get_prompts(mine) == [mine]
