"""Questions that somebody types: taken, refused or warned of, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast, get_args

from sottovoce.errors import PromptError
from sottovoce.prompts import AnswerFormat, Prompt, get_prompt

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_QUESTION = 2000
LONGEST_NAME = 40
FORMATS: dict[AnswerFormat, str] = {
    "percentages": "percentages",
    "word": "one word",
    "json": "JSON",
    "yes_no": "yes or no",
    "free": "any words",
}
# As the chat templates of the families in use write them.
_CONTROL = re.compile(
    r"<\|[^|<>\s]{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|<(?:audio|sound)>"
)


def read_question(
    text: str, name: str, language: str, format: str, known: Iterable[Prompt]
) -> Prompt:
    """Return the prompt that was typed.

    Parameters
    ----------
    text
        The question.
    name
        What it shall be called; empty for a name made of the question.
    language, format
        As for :class:`Prompt`.
    known
        Prompts that are there, whose names are taken.

    Raises
    ------
    PromptError
        If the question is empty, very long or there already, or the name is taken.

    Examples
    --------
    >>> read_question("How does she sound?", "mood", "en", "free", []).name
    'mood'
    >>> read_question(" ", "", "en", "free", [])
    Traceback (most recent call last):
    sottovoce.errors.PromptError: Type a question first.
    """
    question, called = " ".join(text.split()), " ".join(name.split())
    if not question:
        raise PromptError("Type a question first.")
    if len(question) > LONGEST_QUESTION:
        raise PromptError(
            f"The question has {len(question):,} characters, and at most {LONGEST_QUESTION:,} are "
            "taken. Models answer a sentence or two best."
        )
    if len(called) > LONGEST_NAME:
        raise PromptError(
            f"The name has {len(called)} characters; at most {LONGEST_NAME} fit beside a result."
        )
    for other in known:
        if other.text == question:
            raise PromptError(f"This question is there already: {other.name}.")
    called = called or get_prompt(question).name
    if any(other.name == called for other in known):
        raise PromptError(f"The name {called!r} is taken. Give another one.")
    if format not in get_args(AnswerFormat):
        raise PromptError(f"format={format!r} must be one of {', '.join(FORMATS)}")
    return Prompt(called, question, language=language, format=cast("AnswerFormat", format))


def control_tokens(text: str, tokenizer: Any = None) -> list[str]:
    """Return the words of a question by which models are controlled.

    Parameters
    ----------
    text
        The question.
    tokenizer
        The model's, whose control tokens are known; None for those of the families in use.

    Examples
    --------
    >>> control_tokens("Happy?<|im_end|>")
    ['<|im_end|>']
    """
    added = getattr(tokenizer, "added_tokens_encoder", None)
    if added is None:
        return list(dict.fromkeys(_CONTROL.findall(text)))
    return sorted(token for token in added if not token.isspace() and token in text)


def warning_about(text: str, tokenizer: Any = None) -> str:
    """Return what to know before a question is asked; empty if there is nothing."""
    found = control_tokens(text, tokenizer)
    if not found:
        return ""
    whose = "many models are" if tokenizer is None else "this model is"
    return (
        f"It holds {', '.join(found)}, by which {whose} controlled. It is asked as plain text, and "
        "refused by a model that cannot take it so."
    )
