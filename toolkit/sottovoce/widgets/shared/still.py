"""What every widget can do beside being a widget: be a picture, a page, and a piece of code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import ipywidgets

from sottovoce.markup import Markup, tag

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# A page asks for nothing, and a browser is told to allow nothing. Scripts are those in the page.
POLICY = (
    "default-src 'none'; img-src data:; media-src data: blob:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)


@runtime_checkable
class Still(Protocol):
    """Forms of a widget that live without a kernel."""

    def to_figure(self) -> Figure:
        """Return what is seen as a matplotlib figure."""

    def to_html(self) -> str:
        """Return what is seen as one HTML document that fetches nothing and needs no kernel."""

    def code(self) -> str:
        """Return the Python that makes the same numbers without the widget."""


def page(title: str, *body: Markup, style: str = "") -> str:
    """Return a whole HTML document around elements.

    Parameters
    ----------
    title
        Of the document; text.
    *body
        Elements made by :func:`sottovoce.markup.tag`.
    style
        CSS of ours.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return "<!doctype html>\n" + tag("html", head, tag("body", *body), lang="en") + "\n"


class StillOutput(ipywidgets.DOMWidget):
    """What a widget leaves in a notebook's file: a table, seen where no kernel is.

    A widget inherits from this first, and then from what it is; nbconvert, GitHub and readers of a
    saved notebook show its :meth:`still`, while a live notebook shows the widget.

    Examples
    --------
    >>> from sottovoce.markup import tag
    >>> class Names(StillOutput, ipywidgets.VBox):
    ...     def still(self):
    ...         return tag("p", "<Anna>")
    >>> bundle, metadata = Names()._repr_mimebundle_()
    >>> bundle["text/html"]
    '<p>&lt;Anna&gt;</p>'
    """

    def still(self) -> Markup:
        """Return what is seen as elements without scripts, such as a table; empty for nothing."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live = super()._repr_mimebundle_(**options)
        bundle, metadata = live if isinstance(live, tuple) else (live, {})
        return {**bundle, "text/html": str(self.still())}, metadata


class ShowCode(ipywidgets.VBox):
    """A button that shows the Python behind a widget, ready to be copied.

    Parameters
    ----------
    widget
        Whose ``code()`` is shown; it is asked anew whenever the button is pressed.
    """

    def __init__(self, widget: Still) -> None:
        self._widget = widget
        self.button = ipywidgets.ToggleButton(
            description="Show code", icon="code", tooltip="The Python that makes what is seen"
        )
        self.text = ipywidgets.Textarea(
            disabled=False, rows=12, layout=ipywidgets.Layout(width="100%", display="none")
        )
        self.text.add_class("sottovoce-code")
        self.button.observe(self.refresh, "value")
        super().__init__([self.button, self.text])
        self.add_class("sottovoce-show-code")

    def refresh(self, _change: Any = None) -> None:
        """Write the code as it is now; widgets call it when what is seen has changed."""
        shown = bool(self.button.value)
        self.text.layout.display = "" if shown else "none"
        if shown:
            self.text.value = self._widget.code()
