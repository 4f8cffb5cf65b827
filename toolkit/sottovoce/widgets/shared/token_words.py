"""How a tokenizer writes the spellings of a token set, in words and as plain data to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sottovoce.plots.text import visible
from sottovoce.widgets.shared.sendable import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sottovoce.vocabulary import ResolvedTokens

LONGEST_PIECE = 24
KEPT = ("one", "several")
_RANKS = {"one": 0, "several": 1, "ambiguous": 2, "generic": 2, "absent": 3}
_FORMS = ("plain", "space", "capital", "space and capital")


def told_words(resolved: ResolvedTokens) -> dict[str, list[dict[str, Any]]]:
    """Return what becomes of each spelling of each concept.

    Parameters
    ----------
    resolved
        From :meth:`TokenSet.resolve`.

    Returns
    -------
    dict
        Concept to a list of dicts: ``spelling``, the best ``status`` among its forms, the
        ``pieces`` of that form, all its ``forms`` (None where a form does not exist, as of
        Japanese), and ``told``, the same in words.
    """
    columns = (resolved.coverage[name] for name in _Row._fields)
    rows = [_Row(*row) for row in zip(*columns, strict=True)]
    beginnings: dict[str, list[_Row]] = {}
    grouped: dict[str, dict[str, list[_Row]]] = {}
    for row in rows:
        grouped.setdefault(row.concept, {}).setdefault(row.spelling, []).append(row)
        if row.pieces:
            beginnings.setdefault(row.pieces[0], []).append(row)
    return {
        concept: [_word(word, forms, beginnings) for word, forms in words.items()]
        for concept, words in grouped.items()
    }


class _Row(NamedTuple):
    """A form of a spelling, as the coverage of resolved tokens has it."""

    concept: str
    spelling: str
    form: str
    pieces: list[str]
    status: str


def _word(
    spelling: str, rows: Sequence[_Row], beginnings: Mapping[str, Sequence[_Row]]
) -> dict[str, Any]:
    forms = {_kind(row.form, spelling): row for row in rows}
    # A word within an answer comes behind a space, so that form is the first to look at.
    usual = sorted(rows, key=lambda row: not row.form.startswith(" "))
    best = min(usual, key=lambda row: _RANKS[row.status])
    return {
        "spelling": clean(spelling),
        "status": best.status,
        "pieces": _pieces(best.pieces),
        "forms": [_form(forms.get(kind), beginnings) for kind in _FORMS],
        "told": clean(_told(best, beginnings)),
    }


def _kind(form: str, spelling: str) -> str:
    spaced = form.startswith(" ")
    capital = form.removeprefix(" ") != spelling
    return _FORMS[2 * capital + spaced]


def _form(row: _Row | None, beginnings: Mapping[str, Sequence[_Row]]) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "form": clean(visible(row.form, 4 * LONGEST_PIECE)),
        "status": row.status,
        "pieces": _pieces(row.pieces),
        "told": clean(_told(row, beginnings)),
    }


def _pieces(pieces: Sequence[str]) -> list[str]:
    return [clean(visible(piece, LONGEST_PIECE)) for piece in pieces]


def _told(row: _Row, beginnings: Mapping[str, Sequence[_Row]]) -> str:
    """Return in words what becomes of one form."""
    if row.status == "one":
        return "one token"
    if row.status == "absent":
        return "not followed: the tokenizer cannot write it"
    number, first = f"{len(row.pieces)} pieces", visible(row.pieces[0], LONGEST_PIECE)
    if row.status == "several":
        return f"{number}, followed by the first one, {first}"
    if row.status == "generic":
        return f"{number}, not followed: much else begins with {first}"
    others = [one for one in beginnings[row.pieces[0]] if one.concept != row.concept]
    if not others:
        return f"{number}, not followed: a percentage begins with {first}"
    names = ", ".join(dict.fromkeys(one.concept for one in others))
    return (
        f"{number}, not followed: {visible(others[0].form, 40)} of {names} begins with {first} too"
    )
