"""One HTML file that holds everything it shows, and asks for nothing."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sottovoce.markup import Markup, tag
from sottovoce.plots.style import concept_colors, lighten

if TYPE_CHECKING:
    from collections.abc import Sequence

# The page asks for nothing, and a browser is told to allow nothing.
POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
DARKEST = 0.3


def document(
    title: str, *parts: Markup, emotions: Sequence[str], language: str = "en", css: str = ""
) -> str:
    """Return a whole document in the style of the reports.

    Parameters
    ----------
    title
        Of the window.
    *parts
        The body: header, main, footer.
    emotions
        Those that have a colour, as the classes ``e0``, ``e1``, ... in this order.
    language
        ISO 639-1 code.
    css
        Rules beyond the common ones.

    Returns
    -------
    str
        A document that fetches nothing.
    """
    style = files("sottovoce.reports").joinpath("page.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(style + css + _emotion_colors(emotions))),
    )
    return "<!doctype html>\n" + tag("html", head, tag("body", *parts), lang=language) + "\n"


def _emotion_colors(emotions: Sequence[str]) -> str:
    """Return a rule for each emotion's colour, lighter on a dark page where it would drown."""
    colors = concept_colors(emotions)
    light = "".join(f".e{i}{{--c:{colors[name]}}}" for i, name in enumerate(emotions))
    dark = "".join(
        f".e{i}{{--c:{lighten(colors[name], 0.5)}}}"
        for i, name in enumerate(emotions)
        if _luma(colors[name]) < DARKEST
    )
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _luma(color: str) -> float:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
