"""What is known of each corpus before its files are there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """A corpus that is known by name.

    Parameters
    ----------
    name
        For :func:`load_corpus`.
    title
        What people call it.
    about
        What it is, in a few words.
    licence
        The terms under which it is given.
    get
        How to come by it.
    reads
        The files that are read.
    website
        Where it is; empty for what travels with the package.
    """

    name: str
    title: str
    about: str
    licence: str
    get: str
    reads: str
    website: str

    @property
    def how_to_get(self) -> str:
        """How to come by it, as a sentence."""
        place = f" ({self.website})" if self.website else ""
        return f"To get it: {self.get}{place}."


@cache
def corpora() -> Mapping[str, CorpusEntry]:
    """Return the corpora that are known by name, in the order in which they are listed.

    Examples
    --------
    >>> list(corpora())
    ['sample', 'crema-d', 'iemocap', 'msp-podcast', 'emobox', 'audformat']
    """
    text = resources.files("sottovoce.corpora").joinpath("catalogue.toml").read_text("utf-8")
    return MappingProxyType(
        {name: CorpusEntry(name=name, **entry) for name, entry in tomllib.loads(text).items()}
    )


def corpus_entry(name: str) -> CorpusEntry:
    """Return what is known of a corpus.

    Examples
    --------
    >>> corpus_entry("crema-d").title
    'CREMA-D'
    """
    return corpora()[name]
