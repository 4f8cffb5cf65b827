"""The Python of what was chosen: a prompt, a token set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.errors import SottovoceError
from sottovoce.prompts import get_prompt
from sottovoce.vocabulary import TokenSet

if TYPE_CHECKING:
    from sottovoce.prompts import Prompt


def prompt_code(prompt: Prompt) -> str:
    """Return the Python of a prompt: its name in the library, its question, or all of it.

    Examples
    --------
    >>> prompt_code(get_prompt("one_word")), prompt_code(get_prompt("How does she sound?"))
    ("'one_word'", "'How does she sound?'")
    """
    for short in (prompt.name, prompt.text):
        try:
            if get_prompt(short) == prompt:
                return repr(short)
        except SottovoceError:
            continue
    return (
        f"sottovoce.Prompt({prompt.name!r}, {prompt.text!r}, language={prompt.language!r}, "
        f"format={prompt.format!r})"
    )


def tokens_code(tokens: TokenSet) -> str:
    """Return the Python of a token set: the name of a preset, or the set.

    Examples
    --------
    >>> tokens_code(TokenSet.preset("emotions"))
    "'emotions'"
    >>> tokens_code(TokenSet({"calm": ["calm"], "tense": ["tense", "nervous"]}))
    "sottovoce.TokenSet({'calm': ['calm'], 'tense': ['tense', 'nervous']})"
    """
    content = tokens.to_dict()
    try:
        if content["name"] and TokenSet.preset(content["name"]) == tokens:
            return repr(content["name"])
    except SottovoceError:
        pass
    options = {
        name: content[name] for name in ("percentages", "others", "name") if content.get(name)
    }
    told = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"sottovoce.TokenSet({content['concepts']!r}{told})"
