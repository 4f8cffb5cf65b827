"""The table of architectures in words, as `sottovoce models` and the README show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.models.catalogue import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sottovoce.models.catalogue import Architecture

_HEARD = {"window": "{:g} s", "stated": "{:g} s", "none": "any length"}


def table_rows(found: Iterable[Architecture], *, here: bool = False) -> list[list[str]]:
    """Return the table, its heading first.

    Parameters
    ----------
    found
        The architectures.
    here
        Say what is the case on this computer, instead of what is needed on any.

    Returns
    -------
    list of list of str

    Examples
    --------
    >>> from sottovoce.models import architectures
    >>> table_rows([architectures()["qwen2_audio"]])[1][:4]
    ['Qwen2-Audio', 'Qwen/Qwen2-Audio-7B-Instruct', 'works', '16 kHz']
    """
    heading = ["model", "for example", "status", "rate", "hears", "batches of", "shared prefix"]
    rows = [[*heading, "lens", "note"]]
    for one in found:
        needs = f"works with {' and '.join(one.needs)}" if one.needs else "works"
        rows.append(
            [
                one.title,
                one.example,
                one.status if here else needs,
                f"{one.rate / 1000:g} kHz",
                _HEARD[one.longest].format(one.seconds),
                GROUPS[one.grouping],
                "yes" if one.prefix else "no",
                "yes" if one.lens else "no",
                one.note,
            ]
        )
    return rows


def markdown_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    r"""Return a table in Markdown, a line each row.

    Examples
    --------
    >>> markdown_lines([["a", "b"], ["1|2", "3"]])
    ['| a | b |', '| --- | --- |', '| 1\\|2 | 3 |']
    """
    heading, *rest = rows
    lines = [heading, ["---"] * len(heading), *rest]
    return [
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    ]
