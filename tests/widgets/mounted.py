"""A widget's view on a page of the tests: what is sent to it, and what comes from it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page


def watch(page: Page) -> None:
    """Gather what goes wrong in a page in ``page.errors``."""
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on(
        "console",
        lambda line: page.errors.append(line.text) if line.type == "error" else None,
    )
    page.set_default_timeout(10_000)


class Mounted:
    """A widget's JavaScript on a page, with the Python side played by the test."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("#widget")

    def get(self, trait: str) -> Any:
        """Return what the model holds; bytes for binary."""
        return unpacked(self.page.evaluate("(trait) => host.get(trait)", trait))

    def set(self, trait: str, value: Any) -> None:
        """Change a trait as the kernel would; bytes arrive as a DataView."""
        self.update({trait: value})

    def update(self, traits: dict[str, Any]) -> None:
        """Change several traits as one message of the kernel would."""
        self.page.evaluate("(traits) => host.update(traits)", packed(traits))

    def send(self, content: Any, buffers: Sequence[bytes] | None = None) -> None:
        """Send a custom message to the widget."""
        self.page.evaluate(
            "([content, buffers]) => host.receive(content, buffers)",
            packed([content, list(buffers or ())]),
        )

    @property
    def messages(self) -> list[Any]:
        """The custom messages that the widget sent, in order."""
        return [unpacked(one) for one in self.page.evaluate("host.messages()")]

    @property
    def buffers(self) -> list[list[bytes]]:
        """The buffers of each of the messages."""
        return [unpacked(one) for one in self.page.evaluate("host.buffers()")]

    @property
    def saved(self) -> list[dict[str, Any]]:
        """What each save_changes() sent to the kernel."""
        return [unpacked(one) for one in self.page.evaluate("host.saved()")]

    def close(self) -> None:
        """Take the view away as a notebook does when its output is cleared."""
        self.page.evaluate("host.close()")


def packed(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, dict):
        return {key: packed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [packed(item) for item in value]
    return value


def unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        return {key: unpacked(item) for key, item in value.items()}
    return [unpacked(item) for item in value] if isinstance(value, list) else value
