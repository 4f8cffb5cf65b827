"""TokenSet: which words of a model's vocabulary are followed, and what they stand for."""

from __future__ import annotations

import hashlib
import json
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sottovoce.errors import VocabularyError, require_one_of
from sottovoce.vocabulary.percentage import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from sottovoce.vocabulary.resolve import ResolvedTokens, Tokenizer

_PRESETS = files("sottovoce.vocabulary") / "presets"


class TokenSet:
    """Concepts, the spellings of each, and whether percentages are followed as well.

    Parameters
    ----------
    concepts
        The categories that read-outs divide between, as ``{concept: [spelling, ...]}``. Spellings
        are words without a leading space; the forms that a tokenizer tells apart (a leading space,
        a capital) are tried when the set is resolved.
    percentages
        Whether the tokens of "0%" to "100%" are followed.
    others
        Concepts that are followed but take no share, such as yes and no.
    name
        A name for tables and attributes; it does not enter the hash.

    Raises
    ------
    VocabularyError
        If nothing is left to follow, a concept has no spelling, or a spelling stands in two
        concepts.

    Examples
    --------
    >>> mood = TokenSet({"tense": ["tense", "nervous"], "relaxed": ["relaxed", "calm"]})
    >>> mood.spellings("tense")
    ('tense', 'nervous')
    >>> (mood | TokenSet.preset("percentages")).percentages
    True
    """

    def __init__(
        self,
        concepts: Mapping[str, Sequence[str]],
        *,
        percentages: bool = False,
        others: Mapping[str, Sequence[str]] | None = None,
        name: str | None = None,
    ) -> None:
        self._concepts = _checked(concepts)
        self._others = _checked(others or {})
        self.percentages = bool(percentages)
        self.name = name
        _refuse_overlaps(self._concepts, self._others)
        if not (self._concepts or self._others or self.percentages):
            raise VocabularyError(
                "A token set needs at least one concept, or percentages=True. "
                'Give {"angry": ["angry", "anger"], ...} or TokenSet.preset("emotions").'
            )

    @property
    def concepts(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts that share one whole, with their spellings."""
        return MappingProxyType(self._concepts)

    @property
    def others(self) -> Mapping[str, tuple[str, ...]]:
        """The concepts that are followed without a share."""
        return MappingProxyType(self._others)

    def spellings(self, concept: str) -> tuple[str, ...]:
        """Return the spellings of one concept, the canonical one first.

        Raises
        ------
        VocabularyError
            If the set has no such concept.
        """
        everything = self._concepts | self._others
        require_one_of("concept", concept, everything, VocabularyError)
        return everything[concept]

    def resolve(self, tokenizer: Tokenizer) -> ResolvedTokens:
        """Find the set's token ids in one tokenizer, and tell how each spelling is written there.

        Parameters
        ----------
        tokenizer
            Anything with ``encode(text, add_special_tokens=False)`` and ``decode(ids)``.

        Raises
        ------
        VocabularyError
            If one token is the full spelling of two concepts.
        """
        from sottovoce.vocabulary.resolve import resolve

        return resolve(self, tokenizer)

    @classmethod
    def preset(cls, name: str) -> TokenSet:
        """Return a ready-made set; ``a+b`` is the union of the presets a and b.

        Examples
        --------
        >>> list(TokenSet.preset("emotions+percentages").concepts)
        ['angry', 'disgusted', 'fearful', 'happy', 'neutral', 'sad']
        >>> TokenSet.preset("emotions-ja").spellings("fearful")[:2]
        ('恐れ', '恐怖')
        """
        parts = [part.strip() for part in str(name).split("+")]
        united = _preset(parts[0])
        for part in parts[1:]:
            united = united | _preset(part)
        return united

    @classmethod
    def from_table(
        cls,
        table: str | Path | pd.DataFrame,
        *,
        percentages: bool = False,
        name: str | None = None,
    ) -> TokenSet:
        """Read a set from a table with a row for each spelling.

        Parameters
        ----------
        table
            A DataFrame, or the path of a CSV or TSV file in UTF-8, with the columns ``concept``
            and ``spelling``, and if wanted ``kind``: "emotion" (taken when absent) or "other".
        percentages, name
            As for the class.

        Raises
        ------
        VocabularyError
            If the file cannot be read, or a column or a cell is missing.
        """
        from sottovoce.vocabulary.table import read_table

        concepts, others = read_table(table)
        if name is None and isinstance(table, str | Path):
            name = Path(table).stem
        return cls(concepts, percentages=percentages, others=others, name=name)

    def to_dict(self) -> dict[str, Any]:
        """Return the set as plain lists and strings, ready for JSON."""
        return {
            "name": self.name,
            "concepts": {concept: list(words) for concept, words in self._concepts.items()},
            "others": {concept: list(words) for concept, words in self._others.items()},
            "percentages": self.percentages,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> TokenSet:
        """Return the set that `to_dict` wrote.

        Examples
        --------
        >>> tokens = TokenSet.preset("emotions+yes-no")
        >>> TokenSet.from_dict(tokens.to_dict()) == tokens
        True
        """
        known = {"name", "concepts", "others", "percentages"}
        if unknown := set(content) - known:
            raise VocabularyError(
                f"A token set has no {', '.join(map(repr, sorted(unknown)))}; "
                f"it may hold {', '.join(map(repr, sorted(known)))}"
            )
        return cls(
            content.get("concepts", {}),
            percentages=content.get("percentages", False),
            others=content.get("others"),
            name=content.get("name"),
        )

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that are equal where the content is, whatever the name."""
        content = {key: value for key, value in self.to_dict().items() if key != "name"}
        text = json.dumps(content, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def __or__(self, other: TokenSet) -> TokenSet:
        if not isinstance(other, TokenSet):
            return NotImplemented
        return TokenSet(
            _merged(self._concepts, other._concepts),
            percentages=self.percentages or other.percentages,
            others=_merged(self._others, other._others),
            name="+".join(name for name in (self.name, other.name) if name) or None,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenSet) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        parts = [repr(self.name)] if self.name else []
        for title, words in (("concepts", self._concepts), ("others", self._others)):
            if words:
                parts.append(f"{title}={', '.join(words)}")
        if self.percentages:
            parts.append("percentages")
        return f"<TokenSet {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        from sottovoce.vocabulary.summary import summarise_token_set

        return str(summarise_token_set(self))


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets; any of them may be joined with ``+``.

    Examples
    --------
    >>> preset_names()
    ('emotions', 'emotions-en', 'emotions-ja', 'percentages', 'yes-no')
    """
    suffix = ".toml"
    names = (file.name for file in _PRESETS.iterdir())
    return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))


def as_token_set(tokens: TokenSet | Mapping[str, Sequence[str]] | str | None) -> TokenSet:
    """Return the set that is meant: a set, a preset's name, or ``{concept: [spelling, ...]}``.

    None is the default, "emotions+percentages".

    Examples
    --------
    >>> as_token_set(None).name
    'emotions+percentages'
    """
    if isinstance(tokens, TokenSet):
        return tokens
    if tokens is None:
        return TokenSet.preset("emotions+percentages")
    return TokenSet.preset(tokens) if isinstance(tokens, str) else TokenSet(tokens)


@cache
def _preset(name: str) -> TokenSet:
    require_one_of("preset", name, preset_names(), VocabularyError)
    content = tomllib.loads((_PRESETS / f"{name}.toml").read_text(encoding="utf-8"))
    parts = content.pop("union", [])
    if parts:
        merged = TokenSet.preset("+".join(parts)).to_dict()
        return TokenSet.from_dict(merged | {"name": name})
    return TokenSet.from_dict(content | {"name": name})


def _checked(concepts: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Return the concepts with stripped spellings, each once, or refuse the one that is amiss."""
    checked = {}
    for concept, spellings in concepts.items():
        if not (isinstance(concept, str) and concept.strip()):
            raise VocabularyError(f"A concept's name must be a word; got {concept!r}")
        if isinstance(spellings, str):
            raise VocabularyError(
                f"The spellings of {concept!r} must be a list; got {spellings!r}. "
                f"Write [{spellings!r}]."
            )
        words = tuple(dict.fromkeys(str(word).strip() for word in spellings))
        if not words or "" in words:
            raise VocabularyError(
                f"{concept!r} needs at least one spelling and none that is blank; "
                f"got {list(spellings)!r}"
            )
        checked[concept.strip()] = words
    return checked


def _refuse_overlaps(*groups: Mapping[str, Iterable[str]]) -> None:
    """Refuse a concept in two groups, and a spelling that two concepts claim."""
    claimed: dict[str, str] = {}
    seen: set[str] = set()
    for group in groups:
        for concept, spellings in group.items():
            if concept in seen:
                raise VocabularyError(f"{concept!r} cannot both take a share and stand aside")
            seen.add(concept)
            for spelling in spellings:
                owner = claimed.setdefault(normalise(spelling), concept)
                if owner != concept:
                    raise VocabularyError(
                        f"The spelling {spelling!r} stands in {owner!r} and in {concept!r}; "
                        "keep it in one of them"
                    )


def _merged(
    first: Mapping[str, tuple[str, ...]], second: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys((*first, *second))
    return {name: first.get(name, ()) + second.get(name, ()) for name in names}
