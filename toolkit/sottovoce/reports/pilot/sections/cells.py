"""Tables and figures as all sections write them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sottovoce.markup import Markup, image, joined, tag
from sottovoce.reports.pictures import as_png
from sottovoce.reports.recordings_table import bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xarray as xr
    from matplotlib.axes import Axes

    from sottovoce.reports.answers import Shares

UNDEFINED = "–"


def number(triple: tuple[float, float, float], form: str = ".3f") -> Markup:
    """Return a value with its interval, if there is one, in small print.

    Examples
    --------
    >>> print(number((0.1642, 0.147, 0.182)))
    0.164<small>[0.147, 0.182]</small>
    >>> print(number((float("nan"), 0.0, 0.0)))
    –
    """
    value, low, high = triple
    if not math.isfinite(value):
        return joined(UNDEFINED)
    told = f"{value:{form}}"
    if not math.isfinite(low):
        return joined(told)
    return joined(told, tag("small", f"[{low:{form}}, {high:{form}}]"))


def triple(measured: xr.Dataset) -> tuple[float, float, float]:
    """Return value, low and high of a dataset that holds one of each."""
    return float(measured["value"]), float(measured["low"]), float(measured["high"])


def table(head: Sequence[object], rows: Iterable[Sequence[object]], *, texts: int = 1) -> Markup:
    """Return a table whose first columns are text and whose others are numbers.

    Parameters
    ----------
    head
        The titles of the columns.
    rows
        Their cells.
    texts
        How many columns are text.
    """

    def cells(name: str, values: Sequence[object]) -> list[Markup]:
        return [
            tag(name, value, class_=None if place < texts else "number")
            for place, value in enumerate(values)
        ]

    body = [tag("tr", *cells("td", row)) for row in rows]
    whole = tag("table", tag("thead", tag("tr", *cells("th", head))), tag("tbody", *body))
    return tag("div", whole, class_="scroll")


def figure(ax: Axes, description: str, caption: object) -> Markup:
    """Return a picture with its caption, and its words for those who cannot see it."""
    return tag("figure", image(as_png(ax), description), tag("figcaption", caption))


def labelled_bar(who: str, shares: Shares, emotions: Sequence[str]) -> Markup:
    """Return shares as a bar, with whose they are above it."""
    return tag("div", tag("div", who, class_="who"), bar(shares, emotions, who), class_="shares-of")
