"""The JavaScript and the styles that lie beside the widgets."""

from __future__ import annotations

from importlib.resources import files

_FOLDER = files("sottovoce.widgets")


def javascript(*names: str) -> str:
    """Return files of JavaScript as one module, in the order given.

    A widget's module is a single text that fetches nothing, so what several of them use stands in a
    file of its own without imports and exports, and comes first.

    Parameters
    ----------
    *names
        Of files under ``widgets``, such as "shared/elements.js"; the last one has the
        ``export default``.
    """
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def styles(*names: str) -> str:
    """Return files of CSS as one text."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)
