"""From spellings to the token ids of one tokenizer.

A tokenizer tells " happy", "happy" and "Happy" apart and writes a rare word in several pieces. Each
form is encoded after a line break, where no tokenizer joins it to what stands before, and what a
tokenizer cannot write back is called absent. Of a form of several pieces only the first is kept,
and only where it points at its concept: it must be whole characters, at least two letters or one
kanji, begin no other concept's spelling, and begin none of the common words that answers are made
of (common_words.toml). Later pieces ("ed", "り") say nothing by themselves.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, Protocol

from sottovoce.errors import VocabularyError
from sottovoce.vocabulary.byte_pieces import as_bytes
from sottovoce.vocabulary.percentage import PERCENTAGES, normalise, percentage_piece

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from sottovoce.vocabulary.tokenset import TokenSet

Status = Literal["one", "several", "ambiguous", "generic", "absent"]

_CARRIER = "\n"
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


class Tokenizer(Protocol):
    """What is asked of a tokenizer; those of transformers have it."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Return the token ids of a text."""

    def decode(self, token_ids: list[int]) -> str:
        """Return the text of token ids."""


@dataclass(frozen=True)
class ResolvedTokens:
    """The tokens of one tokenizer that a token set follows.

    Attributes
    ----------
    ids
        The token ids, sorted, each once.
    table
        A row for each of them, in the same order: ``token`` (the id), ``token_text``, ``concept``,
        ``kind`` ("emotion", "percentage" or "other"), ``spelling``, ``n_pieces`` (1 where the token
        is the whole spelling, more where it is only its first piece).
    coverage
        A row for each form of each spelling: ``concept``, ``spelling``, ``form`` (with its leading
        space or capital), ``pieces`` (token texts) and ``status``. "one": a single token.
        "several": kept by its first piece. Not kept are "ambiguous" (another concept begins with
        the same piece), "generic" (the piece is too short, or common words begin with it) and
        "absent" (the tokenizer cannot write it).
    missing
        The concepts of which no token is kept. No read-out of tokens can divide among them.
    """

    ids: list[int]
    table: pd.DataFrame
    coverage: pd.DataFrame
    missing: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        counts = self.table.groupby("concept", sort=False).size()
        emotional = self.table.loc[self.table["kind"] != "percentage", "concept"]
        parts = [f"{concept} {counts[concept]}" for concept in sorted(set(emotional))]
        if n_percentage := int((self.table["kind"] == "percentage").sum()):
            parts.append(f"percentages {n_percentage}")
        if self.missing:
            parts.append(f"missing: {', '.join(self.missing)}")
        return f"<ResolvedTokens {len(self)}: {'; '.join(parts)}>"

    def _repr_html_(self) -> str:
        from sottovoce.vocabulary.summary import summarise_resolved

        return str(summarise_resolved(self))


@dataclass(frozen=True)
class _Form:
    """One way to write a spelling, and what a tokenizer makes of it."""

    concept: str
    kind: str
    spelling: str
    text: str
    pieces: tuple[int, ...]


def resolve(tokens: TokenSet, tokenizer: Tokenizer) -> ResolvedTokens:
    """Find the ids of a token set in one tokenizer.

    Parameters
    ----------
    tokens
        The concepts and their spellings.
    tokenizer
        Anything with ``encode(text, add_special_tokens=False)`` and ``decode(ids)``.

    Returns
    -------
    ResolvedTokens
        The ids, what each stands for, and how every spelling is written.

    Raises
    ------
    VocabularyError
        If one token is the full spelling of two concepts, or of a concept and a percentage.
    """
    writer = _Writer(tokenizer)
    forms = [
        _Form(concept, kind, spelling, text, writer.pieces(text))
        for kind, concepts in (("emotion", tokens.concepts), ("other", tokens.others))
        for concept, spellings in concepts.items()
        for spelling in spellings
        for text in spelling_forms(spelling)
    ]
    percentages = _percentage_ids(writer) if tokens.percentages else {}
    whole = _whole_spellings(forms, percentages, writer)
    statuses = _statuses(forms, whole, percentages, writer)

    rows = {
        token: (token, writer.text(token), concept, "percentage", concept, 1)
        for token, concept in percentages.items()
    }
    # Whole spellings first: a token that is a word of its own is more than the start of another.
    for wanted in ("one", "several"):
        for form, status in zip(forms, statuses, strict=True):
            if status == wanted and form.pieces[0] not in rows:
                first, length = form.pieces[0], len(form.pieces)
                text = writer.text(first)
                rows[first] = (first, text, form.concept, form.kind, form.spelling, length)
    kept = {row[2] for row in rows.values()}
    return ResolvedTokens(
        ids=sorted(rows),
        table=_table([rows[token] for token in sorted(rows)]),
        coverage=_coverage(forms, statuses, writer),
        missing=tuple(name for name in (*tokens.concepts, *tokens.others) if name not in kept),
    )


def spelling_forms(spelling: str) -> tuple[str, ...]:
    """Return the forms of a spelling that a tokenizer may tell apart.

    Examples
    --------
    >>> spelling_forms("happy")
    ('happy', ' happy', 'Happy', ' Happy')
    >>> spelling_forms("喜び")
    ('喜び',)
    """
    cased = (spelling, spelling[:1].upper() + spelling[1:])
    spaced = not any(unicodedata.name(sign, "").startswith(_UNSPACED) for sign in spelling)
    forms = [form for word in cased for form in ((word, f" {word}") if spaced else (word,))]
    return tuple(dict.fromkeys(forms))


class _Writer:
    """One tokenizer, asked for the pieces of a text and the text of a piece."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._raw_text = getattr(tokenizer, "convert_ids_to_tokens", None)
        self._carrier = self._encode(_CARRIER)

    def _encode(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def pieces(self, text: str) -> tuple[int, ...]:
        """Return the tokens that write `text` within an answer, none where it cannot be written."""
        tokens = self._encode(_CARRIER + text)
        start = 0
        for ours, carried in zip(tokens, self._carrier, strict=False):
            if ours != carried:
                break
            start += 1
        pieces = tokens[start:]
        written = "".join(normalise(self._tokenizer.decode(pieces)).split()) if pieces else ""
        return tuple(pieces) if written == "".join(normalise(text).split()) else ()

    def text(self, token: int) -> str:
        """Return a token's text with its leading space, or its bytes if it is part of a sign."""
        text = str(self._tokenizer.decode([token]))
        raw = str(self._raw_text(token)) if self._raw_text else text
        if not self.is_whole(token):
            return as_bytes(raw)
        return f" {text}" if raw.startswith("▁") and not text.startswith(" ") else text

    def is_whole(self, token: int) -> bool:
        """Whether a token writes whole characters, not some bytes of one."""
        return "\ufffd" not in self._tokenizer.decode([token])


def _percentage_ids(writer: _Writer) -> dict[int, str]:
    """Return the tokens that "0%" to "100%" are made of, with what each writes."""
    ids = {
        token: percentage_piece(writer.text(token))
        for percentage in PERCENTAGES
        for text in spelling_forms(percentage)
        for token in writer.pieces(text)
    }
    return {token: piece for token, piece in ids.items() if piece is not None}


def _whole_spellings(
    forms: Iterable[_Form], percentages: dict[int, str], writer: _Writer
) -> dict[int, str]:
    """Return the tokens that are one whole spelling, with their concept, each in one concept."""
    owners = {token: f"percentage {piece}" for token, piece in percentages.items()}
    whole = {}
    for form in forms:
        if len(form.pieces) == 1:
            token = form.pieces[0]
            owner = owners.setdefault(token, form.concept)
            if owner != form.concept:
                raise VocabularyError(
                    f"In this tokenizer the token {writer.text(token)!r} (id {token}) writes "
                    f"{form.text!r} of {form.concept!r} as well as a spelling of {owner!r}; "
                    "leave it out of one of them"
                )
            whole[token] = form.concept
    return whole


def _statuses(
    forms: list[_Form], whole: dict[int, str], percentages: dict[int, str], writer: _Writer
) -> list[Status]:
    """Tell of each form how it is written, and whether it is kept."""
    begins: dict[int, set[str]] = {}
    for form in forms:
        if form.pieces:
            begins.setdefault(form.pieces[0], set()).add(form.concept)
    common = {
        pieces[0]
        for word in _common_words()
        for text in spelling_forms(word)
        if (pieces := writer.pieces(text))
    }

    def status(form: _Form) -> Status:
        if len(form.pieces) < 2:
            return "one" if form.pieces else "absent"
        first = form.pieces[0]
        if len(begins[first]) > 1 or first in percentages:
            return "ambiguous"
        telling = writer.is_whole(first) and _is_telling(writer.text(first))
        if first not in whole and (first in common or not telling):
            return "generic"
        return "several"

    return [status(form) for form in forms]


def _is_telling(piece: str) -> bool:
    """Whether a piece is nothing but letters, two at least or one kanji."""
    letters = [sign for sign in piece if sign.isalpha()]
    kanji = any(unicodedata.name(sign, "").startswith("CJK") for sign in letters)
    return piece.strip() == "".join(letters) and (len(letters) > 1 or kanji)


@cache
def _common_words() -> tuple[str, ...]:
    source = files("sottovoce.vocabulary") / "common_words.toml"
    languages = tomllib.loads(source.read_text(encoding="utf-8"))
    return tuple(word for words in languages.values() for word in words)


def _table(rows: list[tuple[int, str, str, str, str, int]]) -> pd.DataFrame:
    import pandas as pd

    columns = ["token", "token_text", "concept", "kind", "spelling", "n_pieces"]
    return pd.DataFrame(rows, columns=columns)


def _coverage(forms: list[_Form], statuses: list[Status], writer: _Writer) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "concept": [form.concept for form in forms],
            "spelling": [form.spelling for form in forms],
            "form": [form.text for form in forms],
            "pieces": [[writer.text(piece) for piece in form.pieces] for form in forms],
            "status": statuses,
        }
    )
