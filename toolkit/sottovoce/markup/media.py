"""Files as part of a page, so that the page is one file and fetches nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.markup.elements import Markup, tag

if TYPE_CHECKING:
    import os

AUDIO_TYPES = {
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
}
MOST_BYTES = 400_000


def data_uri(content: bytes, media_type: str) -> str:
    """Return bytes as a URI that holds them.

    Examples
    --------
    >>> data_uri(b"abc", "text/plain")
    'data:text/plain;base64,YWJj'
    """
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def audio_player(path: str | os.PathLike[str], name: str) -> Markup:
    """Return a player that holds the recording, or nothing where it is missing or too large."""
    file = Path(path)
    media_type = AUDIO_TYPES.get(file.suffix.lower())
    if media_type is None or not file.is_file() or file.stat().st_size > MOST_BYTES:
        return Markup()
    return tag(
        "audio",
        controls=True,
        preload="none",
        src=data_uri(file.read_bytes(), media_type),
        aria_label=f"Recording {name}",
    )


def image(png: bytes, description: str) -> Markup:
    """Return a picture that the page holds, with its words for those who cannot see it."""
    return tag("img", src=data_uri(png, "image/png"), alt=description)
