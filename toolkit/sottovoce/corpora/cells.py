"""Cells of a table as a spreadsheet may see them: a text that it would run gets an apostrophe."""

from __future__ import annotations

import re

# What a spreadsheet takes for a formula; apostrophes of one's own before it are kept apart by one
# more, so that every text comes back as it was.
_RUNS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guard_cell(text: str) -> str:
    """Return a text as a spreadsheet does not run it; :func:`plain_cell` gives it back.

    Examples
    --------
    >>> guard_cell("=SUM(A1)"), guard_cell("'=odd"), guard_cell("anna_01")
    ("'=SUM(A1)", "''=odd", 'anna_01')
    """
    return f"'{text}" if _RUNS.match(text) else text


def plain_cell(cell: str) -> str:
    """Return what :func:`guard_cell` was given.

    Examples
    --------
    >>> plain_cell("'=SUM(A1)"), plain_cell("'tis")
    ('=SUM(A1)', "'tis")
    """
    return cell[1:] if _GUARDED.match(cell) else cell
