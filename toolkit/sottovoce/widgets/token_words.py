"""How a tokenizer writes the spellings of a token set, in words and as plain data to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sottovoce.plots.text import visible
from sottovoce.widgets.view_state import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sottovoce.vocabulary import ResolvedTokens

LONGEST_PIECE = 24
KEPT = ("one", "several")
_RANKS = {"one": 0, "several": 1, "ambiguous": 2, "generic": 2, "absent": 3}
_FORMS = ("plain", "space", "capital", "space and capital")


def told_words(resolved: ResolvedTokens, concept: str) -> list[dict[str, Any]]:
    """Return what becomes of each spelling of a concept.

    Parameters
    ----------
    resolved
        From :meth:`TokenSet.resolve`.
    concept
        Of the set.

    Returns
    -------
    list of dict
        ``spelling``, the best ``status`` among its forms, the ``pieces`` of that form, all its
        ``forms`` (None where a form does not exist, as of Japanese), and ``told``, the same in
        words.
    """
    coverage = resolved.coverage
    own = coverage[coverage["concept"] == concept]
    return [
        _word(str(spelling), forms, coverage)
        for spelling, forms in own.groupby("spelling", sort=False)
    ]


def _word(spelling: str, rows: pd.DataFrame, coverage: pd.DataFrame) -> dict[str, Any]:
    forms = {_kind(str(row["form"]), spelling): row for _, row in rows.iterrows()}
    # A word within an answer comes behind a space, so that form is the first to look at.
    usual = sorted(forms.values(), key=lambda row: not str(row["form"]).startswith(" "))
    best = min(usual, key=lambda row: _RANKS[row["status"]])
    return {
        "spelling": clean(spelling),
        "status": best["status"],
        "pieces": _pieces(best["pieces"]),
        "forms": [_form(forms.get(kind), coverage) for kind in _FORMS],
        "told": clean(_told(best, coverage)),
    }


def _kind(form: str, spelling: str) -> str:
    spaced = form.startswith(" ")
    capital = form.removeprefix(" ") != spelling
    return _FORMS[2 * capital + spaced]


def _form(row: Any, coverage: pd.DataFrame) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "form": clean(visible(str(row["form"]), 4 * LONGEST_PIECE)),
        "status": row["status"],
        "pieces": _pieces(row["pieces"]),
        "told": clean(_told(row, coverage)),
    }


def _pieces(pieces: Sequence[str]) -> list[str]:
    return [clean(visible(str(piece), LONGEST_PIECE)) for piece in pieces]


def _told(row: Any, coverage: pd.DataFrame) -> str:
    """Return in words what becomes of one form."""
    pieces, status = row["pieces"], row["status"]
    if status == "one":
        return "one token"
    if status == "absent":
        return "not followed: the tokenizer cannot write it"
    first = visible(str(pieces[0]), LONGEST_PIECE)
    if status == "several":
        return f"{len(pieces)} pieces, followed by the first one, {first}"
    if status == "generic":
        return f"{len(pieces)} pieces, not followed: much else begins with {first}"
    others = coverage[
        (coverage["concept"] != row["concept"])
        & coverage["pieces"].map(lambda other: list(other[:1]) == list(pieces[:1]))
    ]
    if others.empty:
        return f"{len(pieces)} pieces, not followed: a percentage begins with {first}"
    names = ", ".join(dict.fromkeys(map(str, others["concept"])))
    return (
        f"{len(pieces)} pieces, not followed: {visible(str(others['form'].iloc[0]), 40)} of "
        f"{names} begins with {first} too"
    )
