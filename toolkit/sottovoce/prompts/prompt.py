"""A question to a speech model, and the library of named ones."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from sottovoce.errors import PromptError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

AnswerFormat = Literal["percentages", "word", "json", "yes_no", "free"]

DEFAULT_PROMPTS = ("percentages", "one_word", "json")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question, as the user would type it.

    Parameters
    ----------
    name
        A short name, unique within a run.
    text
        The question itself.
    language
        ISO 639-1 code of the question's language.
    format
        The form of answer that the question asks for.

    Raises
    ------
    PromptError
        If the name or the text is empty, or the format unknown.

    Examples
    --------
    >>> Prompt("mood", "How does she sound?", language="en", format="free").name
    'mood'
    """

    name: str
    text: str
    language: str = "en"
    format: AnswerFormat = "free"

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise PromptError("The prompt is empty. Give a question, or the name of a prompt.")
        if not self.name.strip():
            raise PromptError(f"The prompt {self.text!r} has an empty name. Give it a short one.")
        require_one_of("format", self.format, get_args(AnswerFormat), PromptError)


@cache
def _library() -> dict[str, Prompt]:
    source = files("sottovoce.prompts").joinpath("library.toml").read_text(encoding="utf-8")
    return {name: Prompt(name=name, **entry) for name, entry in tomllib.loads(source).items()}


def list_prompts(
    language: str | None = None,
    format: AnswerFormat | None = None,
) -> list[Prompt]:
    """Return the prompts of the library.

    Parameters
    ----------
    language
        Only those in this language, for example "en" or "ja".
    format
        Only those that ask for this form of answer.

    Returns
    -------
    list of Prompt
        In the library's order.

    Examples
    --------
    >>> [prompt.name for prompt in list_prompts("ja", "word")]
    ['one_word_ja', 'one_word_ja_2']
    """
    if format is not None:
        require_one_of("format", format, get_args(AnswerFormat), PromptError)
    return [
        prompt
        for prompt in _library().values()
        if language in (None, prompt.language) and format in (None, prompt.format)
    ]


def get_prompt(name_or_text: str | Prompt) -> Prompt:
    """Return a prompt of the library by name, or make one of a question.

    Parameters
    ----------
    name_or_text
        A name of the library (one word), a question in free text, or a Prompt, which is
        returned as it is.

    Returns
    -------
    Prompt
        A free question is named after its content: "custom-" and six hexadecimal digits.

    Raises
    ------
    PromptError
        If it is empty, or one word that is no name of the library.

    Examples
    --------
    >>> get_prompt("one_word").format
    'word'
    >>> get_prompt("How does she sound?").name
    'custom-607eec'
    """
    if isinstance(name_or_text, Prompt):
        return name_or_text
    if not isinstance(name_or_text, str):
        raise PromptError(
            f"A prompt must be a name, a question or a Prompt, not {type(name_or_text).__name__}."
        )
    text = name_or_text.strip()
    library = _library()
    if text in library:
        return library[text]
    # One lower-case ASCII word can only be a name; Japanese questions have no spaces.
    if text and text.isascii() and text.replace("_", "").isalnum():
        near = get_close_matches(text, library, n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise PromptError(
            f"There is no prompt named {text!r}.{hint} The names are: {', '.join(library)}. "
            "A question of your own is given as a whole sentence."
        )
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    is_japanese = any("\u3040" <= character <= "\u30ff" for character in text)
    return Prompt(f"custom-{digest}", text, language="ja" if is_japanese else "en")


def get_prompts(
    names_or_texts: str | Prompt | Sequence[str | Prompt] | None = None,
) -> list[Prompt]:
    """Return several prompts, each by name, by text or as it is.

    Parameters
    ----------
    names_or_texts
        One or more; None for the three to begin with: percentages, one word and JSON.

    Returns
    -------
    list of Prompt

    Raises
    ------
    PromptError
        If one of them is unknown or empty, if two have one name, or if there is none.

    Examples
    --------
    >>> [prompt.name for prompt in get_prompts()]
    ['percentages', 'one_word', 'json']
    """
    if names_or_texts is None:
        names_or_texts = DEFAULT_PROMPTS
    if isinstance(names_or_texts, str | Prompt):
        names_or_texts = [names_or_texts]
    prompts = [get_prompt(entry) for entry in names_or_texts]
    if not prompts:
        raise PromptError("No prompt was given. Give at least one name or question.")
    names = [prompt.name for prompt in prompts]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise PromptError(
            f"Each prompt of a run needs a name of its own; given more than once: {repeated}."
        )
    return prompts
