"""HTML that cannot be broken into: whatever is not markup of ours is text."""

from __future__ import annotations

import html

_VOID = frozenset({"br", "hr", "img", "link", "meta"})
CONTROL = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
CONTROL[0x7F] = 0x2421


class Markup(str):
    """A text that is HTML already; only this room makes it."""

    __slots__ = ()


def escape(value: object) -> Markup:
    r"""Return anything as HTML: markup as it is, the rest as text, in which nothing is a tag.

    Control characters become their symbols, and half of a surrogate pair (a file name in another
    encoding) its number, so that the page can always be written in UTF-8.

    Examples
    --------
    >>> print(escape('<img onerror="alert(1)">'))
    &lt;img onerror=&quot;alert(1)&quot;&gt;
    >>> print(escape("bell\a"))
    bell␇
    """
    if isinstance(value, Markup):
        return value
    text = str(value).encode("utf-8", "backslashreplace").decode().translate(CONTROL)
    return Markup(html.escape(text, quote=True))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element; children and the values of attributes are escaped unless they are markup.

    Parameters
    ----------
    name
        Of the element.
    *children
        Markup or anything that has a text.
    **attributes
        ``class_`` is written ``class``, ``aria_label`` is ``aria-label``. True writes the name
        alone, None and False leave it out.

    Examples
    --------
    >>> print(tag("p", "a < b", tag("b", "!"), class_="lead", hidden=True, title=None))
    <p class="lead" hidden>a &lt; b<b>!</b></p>
    """
    told = "".join(
        f" {key}" if value is True else f' {key}="{escape(value)}"'
        for key, value in ((k.rstrip("_").replace("_", "-"), v) for k, v in attributes.items())
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: object) -> Markup:
    """Return several pieces one after the other, each escaped unless it is markup."""
    return Markup("".join(escape(child) for child in children))
