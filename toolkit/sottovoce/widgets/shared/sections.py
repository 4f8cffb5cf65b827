"""Parts under headings that fold and unfold, by mouse and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.widgets.shared.assets import javascript, styles

if TYPE_CHECKING:
    from collections.abc import Sequence


class SectionHeading(anywidget.AnyWidget):
    """A heading that is a button, and says whether its part is open."""

    _esm = javascript("shared/elements.js", "shared/sections.js")
    _css = styles("shared/theme.css", "shared/sections.css")
    title = traitlets.Unicode().tag(sync=True)
    expanded = traitlets.Bool(False).tag(sync=True)


class Sections(ipywidgets.VBox):
    """Parts of which at most one is open; the others are seen as their titles.

    ipywidgets' own Accordion does the same, but its headings cannot be reached by keyboard and say
    nothing to screen readers.

    Parameters
    ----------
    parts
        The widgets to fold away.
    selected
        The place of the one that is open, or None.

    Attributes
    ----------
    selected : int or None
        The place of the one that is open; may be assigned.

    Examples
    --------
    >>> sections = Sections([ipywidgets.Text(), ipywidgets.Text()], selected=0)
    >>> sections.set_title(1, "Words")
    >>> sections.selected = 1
    >>> [(heading.title, heading.expanded) for heading in sections.headings]
    [('', False), ('Words', True)]
    """

    selected = traitlets.Int(None, allow_none=True)

    def __init__(
        self, parts: Sequence[ipywidgets.DOMWidget], *, selected: int | None = None
    ) -> None:
        self.parts = tuple(parts)
        self.headings = tuple(SectionHeading() for _ in parts)
        pairs = zip(self.headings, self.parts, strict=True)
        super().__init__([widget for pair in pairs for widget in pair])
        self.add_class("sottovoce-sections")
        self.selected = selected
        self._fold()
        self.observe(self._fold, "selected")
        for heading in self.headings:
            heading.observe(self._pressed, "expanded")

    def set_title(self, place: int, title: str) -> None:
        """Write the title of a part; whatever is in it, it is text."""
        self.headings[place].title = title

    def _pressed(self, change: Any) -> None:
        place = self.headings.index(change["owner"])
        if change["new"]:
            self.selected = place
        elif self.selected == place:
            self.selected = None

    def _fold(self, _change: Any = None) -> None:
        for place, (heading, part) in enumerate(zip(self.headings, self.parts, strict=True)):
            heading.expanded = place == self.selected
            part.layout.display = "" if heading.expanded else "none"
