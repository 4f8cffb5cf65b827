"""Text of a model or a file on one line that a terminal and a page can show."""

from __future__ import annotations

from sottovoce.markup.elements import CONTROL

#: Signs for the white space of a token, which is part of it.
WHITESPACE = {" ": "␣", "\n": "↵", "\r": "↵", "\t": "⇥", "\u00a0": "⍽", "\u3000": "□"}


def one_line(text: object, longest: int | None = None) -> str:
    r"""Return a text on one line, control characters as their symbols, cut if it is long.

    Parameters
    ----------
    text
        Anything that has a text.
    longest
        In characters; None leaves it whole.

    Examples
    --------
    >>> one_line("angry\n60%"), one_line("\x1b[2J"), one_line("a long answer", 7)
    ('angry 60%', '␛[2J', 'a long…')
    """
    plain = " ".join(str(text).split()).translate(CONTROL)
    return plain if longest is None or len(plain) <= longest else plain[: longest - 1] + "…"
