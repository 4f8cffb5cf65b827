"""Texts and numbers as they can be sent to a browser."""

from __future__ import annotations

from typing import Any

import numpy as np

_SYMBOLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"} | {
    0x7F: 0x2421
}


def clean(text: str) -> str:
    r"""Return a text that can be sent and shown: control characters as symbols, no half signs.

    Examples
    --------
    >>> clean("bell\a"), clean("half\ud800")
    ('bell␇', 'half\\ud800')
    """
    return text.encode("utf-8", "backslashreplace").decode().translate(_SYMBOLS)


def number(value: Any) -> float | None:
    """Return a number as JSON takes it, with None for NaN.

    Examples
    --------
    >>> number(0.25), number(float("nan"))
    (0.25, None)
    """
    return float(value) if np.isfinite(value) else None
