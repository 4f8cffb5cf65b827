"""Summaries of objects for a notebook: small cards in the letters and colours around them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sottovoce.markup.elements import Markup, joined, tag
from sottovoce.markup.lines import WHITESPACE, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# For cells that hold words: JupyterLab and nbconvert move what stands in a table to the right.
ON_THE_LEFT = "text-align:left"


def card(kind: str, name: object, *parts: object) -> Markup:
    """Return the summary of an object, with its style.

    Colours are those of what is around it, so that it is readable in light and dark themes.

    Parameters
    ----------
    kind
        What it is, such as "Corpus".
    name
        What it is called; a text.
    *parts
        What is told of it.

    Examples
    --------
    >>> print(card("Corpus", "<b>", "12 recordings"))
    <div class="sottovoce-card"><style>...</style><div class="sc-title"><b>Corpus</b>
    &lt;b&gt;</div>12 recordings</div>
    """
    title = tag("div", tag("b", kind), " ", name, class_="sc-title")
    return tag("div", tag("style", _style()), title, *parts, class_="sottovoce-card")


def facts(pairs: Iterable[tuple[str, object]]) -> Markup:
    """Return names with what they are; those that are empty are left out.

    Examples
    --------
    >>> print(facts([("licence", "CC0"), ("note", "")]))
    <dl><dt>licence</dt><dd>CC0</dd></dl>
    """
    told = [(name, value) for name, value in pairs if value not in ("", None)]
    return tag("dl", *(joined(tag("dt", name), tag("dd", value)) for name, value in told))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Iterable[int] = ()
) -> Markup:
    """Return a table whose first cells are the heads of their rows.

    Parameters
    ----------
    heads
        One a column.
    rows
        A cell a column.
    numbers
        Columns that hold numbers, which stand on the right.
    """
    on_the_right = frozenset(numbers)
    kinds = [
        {"class_": "sc-number"} if i in on_the_right else {"style": ON_THE_LEFT}
        for i in range(len(heads))
    ]
    head = (tag("th", name, scope="col", **kind) for name, kind in zip(heads, kinds, strict=True))
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row", style=ON_THE_LEFT),
            *(tag("td", cell, **kind) for cell, kind in zip(row[1:], kinds[1:], strict=True)),
        )
        for row in rows
    ]
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body))


def bar(share: float) -> Markup:
    """Return a bar for a share from 0 to 1; its number has to stand beside it."""
    filled = tag("span", style=f"width:{100 * min(max(share, 0.0), 1.0):.1f}%")
    return tag("span", filled, class_="sc-bar", aria_hidden="true")


def token(text: str) -> Markup:
    """Return a token with its white space made visible.

    Examples
    --------
    >>> print(token(" <i>"))
    <code>␣&lt;i&gt;</code>
    """
    return tag("code", one_line("".join(WHITESPACE.get(sign, sign) for sign in text)) or "∅")


def folded(title: str, *parts: object) -> Markup:
    """Return parts that are seen when their title is pressed."""
    return tag("details", tag("summary", title), *parts)


@cache
def _style() -> Markup:
    return Markup(
        files("sottovoce.markup").joinpath("summary.css").read_text(encoding="utf-8").strip()
    )
