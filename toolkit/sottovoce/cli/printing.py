"""Plain text in columns, for a terminal or a file."""

from __future__ import annotations

import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "
WIDE_ENOUGH = 200


def say(text: str = "") -> None:
    """Print a line of the result."""
    typer.echo(plain(text))


def complain(text: str) -> None:
    """Print a line that is not the result: what is being done, or what went wrong."""
    typer.echo(plain(text), err=True)


def plain(text: str) -> str:
    r"""Return a text that a terminal only shows: no control characters, no half characters.

    Examples
    --------
    >>> plain("red\x1b[31m\n")
    'red␛[31m\n'
    """
    shown = (
        chr(0x2400 + ord(sign)) if ord(sign) < 0x20 and sign != "\n" else sign
        for sign in text.encode("utf-8", "backslashreplace").decode().replace("\x7f", "␡")
    )
    return "".join(shown)


def page_width() -> int:
    """Return how many characters fit on a line; into a file, many."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE_ENOUGH


def table_lines(
    rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), most: dict[int, int] | None = None
) -> list[str]:
    """Lay rows out in columns.

    Parameters
    ----------
    rows
        Of equally many cells; line breaks in them become spaces.
    right
        The columns that are aligned on the right.
    most
        Column to its greatest width, where it has one; what is longer is cut.

    Returns
    -------
    list of str
        One line a row, without trailing spaces.

    Examples
    --------
    >>> table_lines([["a", "1"], ["悲しみ", "12"]], right=[1])
    ['a        1', '悲しみ  12']
    """
    limits = most or {}
    cut = [
        [shortened(" ".join(plain(cell).split()), limits.get(i)) for i, cell in enumerate(row)]
        for row in rows
    ]
    widths = [max(map(display_width, column)) for column in zip(*cut, strict=True)]
    lines = []
    for row in cut:
        cells = [
            _padded(cell, width, i in right)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(GAP.join(cells).rstrip())
    return lines


def display_width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Examples
    --------
    >>> display_width("sad"), display_width("悲しみ")
    (3, 6)
    """
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def shortened(text: str, most: int | None) -> str:
    """Cut a text to a width, with an ellipsis.

    Examples
    --------
    >>> shortened("angry 60%, sad 40%", 10)
    'angry 60%…'
    """
    if most is None or display_width(text) <= most:
        return text
    while text and display_width(text) > most - 1:
        text = text[:-1]
    return f"{text}…"


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - display_width(text))
    return space + text if right else text + space
