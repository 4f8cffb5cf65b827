"""The grammar of percentages: how a share is written in an answer and in tokens."""

from __future__ import annotations

import re
import unicodedata

#: Every whole percentage as it is written, the texts whose tokens a token set may keep.
PERCENTAGES: tuple[str, ...] = tuple(f"{share}%" for share in range(101))

#: The sign, spelled in any of the ways that follow a number, in normalised text.
PERCENT_SIGN = r"(?:%|per\s?cent\b|パーセント)"

#: One number, in normalised text: a range ("60-70%"), a decimal point, a decimal comma before "%".
NUMBER = (
    r"(?P<number>\d+,\d+(?=\s*" + PERCENT_SIGN + r")|\d+(?:\.\d+)?)"
    r"(?:\s*%?\s*[-–—~]\s*(?P<upper>\d+(?:\.\d+)?)(?=\s*" + PERCENT_SIGN + r"))?"
    r"(?P<sign>\s*" + PERCENT_SIGN + r")?"
)

_PIECE = re.compile(r"(?P<digits>\d+)%?|%")


def normalise(text: str) -> str:
    """Return `text` with full-width and compatibility characters made plain, in lower case.

    Examples
    --------
    >>> normalise("ＡＮＧＲＹ　６０％")
    'angry 60%'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Folding may leave decomposed letters behind ("İ"); compose them again.
    return unicodedata.normalize("NFKC", plain).replace("〜", "~").replace("’", "'")


def percentage_piece(token_text: str) -> str | None:
    """Return what a token writes of a percentage: its digits, ``"%"``, both, or None.

    Examples
    --------
    >>> percentage_piece(" 45"), percentage_piece("%"), percentage_piece("5%")
    ('45', '%', '5%')
    >>> percentage_piece(" angry") is None
    True
    """
    piece = normalise(token_text).strip()
    return piece if _PIECE.fullmatch(piece) else None


def digits_of(piece: str) -> str:
    """Return the digits of a percentage piece, "" for the bare sign.

    Examples
    --------
    >>> digits_of("45"), digits_of("5%"), digits_of("%")
    ('45', '5', '')
    """
    match = _PIECE.fullmatch(piece)
    return (match["digits"] or "") if match else ""
