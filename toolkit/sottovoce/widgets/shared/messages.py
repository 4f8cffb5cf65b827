"""A line that tells what happened, read aloud by screen readers."""

from __future__ import annotations

from typing import Literal

import ipywidgets

from sottovoce.markup import tag

Level = Literal["info", "warning", "error"]
_ROLES = {"info": "status", "warning": "status", "error": "alert"}


class Messages(ipywidgets.HTML):
    """The last message of a widget; text in it is text, whatever it holds.

    Examples
    --------
    >>> messages = Messages()
    >>> messages.error("lost.wav: there is no such file")
    >>> messages.text, messages.level
    ('lost.wav: there is no such file', 'error')
    """

    def __init__(self) -> None:
        super().__init__()
        self.add_class("sottovoce-messages")
        self.text = ""
        self.level: Level = "info"

    def info(self, text: str) -> None:
        """Tell how it went."""
        self._show(text, "info")

    def warning(self, text: str) -> None:
        """Tell what to look at before trusting the result."""
        self._show(text, "warning")

    def error(self, text: str) -> None:
        """Tell why something could not be done."""
        self._show(text, "error")

    def clear(self) -> None:
        """Take the last message away."""
        self._show("", "info")

    def _show(self, text: str, level: Level) -> None:
        self.text, self.level = text, level
        shown = tag("div", text, role=_ROLES[level], class_=f"sottovoce-{level}") if text else ""
        self.value = str(shown)
