"""The report's words, from a data file for each language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from sottovoce.errors import SottovoceError, require_one_of

Language = Literal["en", "ja"]
# What an evaluation resamples and holds out, which it names in English.
_UNITS = {"ja": {"speaker": "話者", "utterance": "録音"}}


class Wording:
    """The sentences of a report in one language.

    Parameters
    ----------
    language
        "en" or "ja".

    Examples
    --------
    >>> say = Wording("en")
    >>> say("results.why_given")
    'It was asked for.'
    >>> say("examples.said", answer="angry")
    'The model said “angry”.'
    """

    def __init__(self, language: Language = "en") -> None:
        require_one_of("language", language, get_args(Language), SottovoceError)
        self.language = language
        self._entries = read_wording(language)

    def __call__(self, name: str, **values: object) -> str:
        """Return a sentence with its places filled; places are not HTML yet."""
        return self._entries[name].format(**values)

    def has(self, name: str) -> bool:
        """Whether there is such a sentence."""
        return name in self._entries

    def unit(self, name: str) -> str:
        """Return what an evaluation resamples, "speaker" or "utterance", in this language."""
        return _UNITS.get(self.language, {}).get(name, name)


@cache
def read_wording(language: Language) -> dict[str, str]:
    """Return all sentences of a language, "section.name" -> text."""
    path = files("sottovoce.reports.pilot").joinpath("wording", f"{language}.toml")
    return _flat(tomllib.loads(path.read_text(encoding="utf-8")))


def _flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    entries: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            entries |= _flat(value, f"{before}{name}.")
        else:
            entries[f"{before}{name}"] = str(value)
    return entries
