"""Numbers as people write them: "1061-1070, 1075"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable

_RANGE = re.compile(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?")


def parse_numbers(numbers: str | int | Iterable[int | str], name: str = "numbers") -> list[int]:
    """Read numbers and ranges of numbers.

    Parameters
    ----------
    numbers
        Such as ``"1061-1070"``, ``"1061, 1065-1070"``, ``1061`` or ``range(1061, 1071)``. Ranges
        include their end.
    name
        What the argument is called, for messages.

    Returns
    -------
    list of int
        Sorted, each once.

    Raises
    ------
    VotesError
        If something is no number, a range runs backwards, or nothing is asked for.

    Examples
    --------
    >>> parse_numbers("1061, 1065-1067")
    [1061, 1065, 1066, 1067]
    """
    if isinstance(numbers, str):
        parts: list[int | str] = [part for part in re.split(r"[,;]", numbers) if part.strip()]
    else:
        parts = list(numbers) if not isinstance(numbers, int) else [numbers]
    found: set[int] = set()
    for part in parts:
        match = _RANGE.fullmatch(str(part).strip())
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else -1
        if last < first:
            raise VotesError(
                f"{name}={numbers!r}: {str(part).strip()!r} must be a number or a range that runs "
                'upwards, such as "1061-1070" or "1061, 1065-1070"'
            )
        found.update(range(first, last + 1))
    if not found:
        raise VotesError(f'{name}={numbers!r} names nothing; write for example "1061-1070"')
    return sorted(found)


def format_numbers(numbers: Iterable[int]) -> str:
    """Write numbers, and runs of them as ranges.

    Examples
    --------
    >>> format_numbers([1001, 1002, 1003, 1010])
    '1001-1003, 1010'
    """
    ordered = sorted(set(numbers))
    if not ordered:
        return "none"
    starts = [ordered[0], *(b for a, b in pairwise(ordered) if b > a + 1)]
    ends = [*(a for a, b in pairwise(ordered) if b > a + 1), ordered[-1]]
    return ", ".join(
        str(start) if start == end else f"{start}-{end}"
        for start, end in zip(starts, ends, strict=True)
    )
