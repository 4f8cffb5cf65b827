"""Files from the browser: in pieces, so that no server's limit on a message is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import anywidget
import traitlets

from sottovoce.audio.formats import AUDIO_SUFFIXES
from sottovoce.errors import RecordingError
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Use = Callable[[str, bytes], str]

LARGEST_UPLOAD = 256 * 2**20
"""Bytes of a file, unless told otherwise: kernel and browser hold it whole."""
_MOST_PENDING = 4


class _Sends(Protocol):
    def send(self, content: Any) -> None: ...


class Pieces:
    """Puts files together whose pieces come as messages of the browser.

    Parameters
    ----------
    largest
        Bytes of the largest file that is taken.

    Examples
    --------
    >>> pieces = Pieces(largest=100)
    >>> first = {"kind": "piece", "id": "1", "name": "a.wav", "start": 0, "size": 5}
    >>> pieces.take(first, [b"abc"])
    >>> pieces.take({**first, "start": 3}, [b"de"])
    b'abcde'
    """

    def __init__(self, largest: int = LARGEST_UPLOAD) -> None:
        self.largest = largest
        self._pending: dict[str, bytearray] = {}

    def take(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> bytes | None:
        """Take a piece, and return the whole file if it was the last one.

        Parameters
        ----------
        content
            ``id`` of the file, its ``name`` and ``size``, and where the piece has its ``start``,
            in bytes.
        buffers
            The piece.

        Raises
        ------
        RecordingError
            If the file is too large, or a piece before this one is missing.
        """
        name, size, start = str(content["name"]), int(content["size"]), int(content["start"])
        if size > self.largest:
            raise RecordingError(
                f"{name}: {size / 1e6:.0f} MB are more than the {self.largest / 1e6:.0f} MB that "
                "are taken. Put it into a folder on the kernel's machine and give the folder."
            )
        if start == 0:
            self._pending[content["id"]] = bytearray()
            # Those whose page was closed on the way are never finished.
            while len(self._pending) > _MOST_PENDING:
                self._pending.pop(next(iter(self._pending)))
        so_far = self._pending.get(content["id"], bytearray())
        piece = memoryview(buffers[0]) if buffers else memoryview(b"")
        if len(so_far) != start or start + piece.nbytes > size or (size and not piece.nbytes):
            self._pending.pop(content["id"], None)
            raise RecordingError(f"{name}: a piece was lost on the way. Send the file again.")
        so_far += piece
        if len(so_far) < size:
            return None
        self._pending.pop(content["id"], None)
        return bytes(so_far)

    def received(self, content: Mapping[str, Any]) -> int:
        """Return how many bytes of a file are there."""
        return len(self._pending.get(content["id"], b""))


def answer_piece(
    widget: _Sends, pieces: Pieces, content: Mapping[str, Any], buffers: Sequence[Any], use: Use
) -> None:
    """Take a piece and tell the browser: how much is there, or what became of the whole file.

    Parameters
    ----------
    widget
        Where the message came from.
    pieces
        What has come so far.
    content, buffers
        The message.
    use
        Is given the file's name and bytes, and returns what to tell the user. What it raises is
        told as the reason why the file is refused.
    """
    told: dict[str, Any] = {"kind": "result", "id": content.get("id")}
    try:
        whole = pieces.take(content, buffers)
        if whole is None:
            told |= {"kind": "received", "start": pieces.received(content)}
        else:
            told |= {"ok": True, "text": use(str(content["name"]), whole)}
    except Exception as error:  # noqa: BLE001 - told beside the file that it is about
        told |= {"ok": False, "text": in_words(error)}
    widget.send(told)


class Uploader(anywidget.AnyWidget):
    """A place to drop files on, and a button to choose them.

    Parameters
    ----------
    use
        Is given the name and the bytes of each file; see :func:`answer_piece`.
    largest
        Bytes of the largest file that is taken; a larger one is refused in the browser, in words.

    Examples
    --------
    >>> uploader = Uploader(lambda name, content: f"{name}: {len(content)} bytes")
    >>> uploader.largest
    268435456
    """

    _esm = javascript("shared/elements.js", "shared/pieces.js", "shared/uploads.js")
    _css = styles("shared/theme.css", "shared/uploads.css")

    largest = traitlets.Int(LARGEST_UPLOAD).tag(sync=True)
    suffixes = traitlets.List(traitlets.Unicode(), sorted(AUDIO_SUFFIXES)).tag(sync=True)

    def __init__(self, use: Use, *, largest: int = LARGEST_UPLOAD) -> None:
        if isinstance(largest, bool) or not isinstance(largest, int) or largest < 1:
            raise RecordingError(
                f"largest_upload={largest!r} must be a number of bytes, such as {LARGEST_UPLOAD}"
            )
        super().__init__(largest=largest)
        self._use = use
        self._pieces = Pieces(largest)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, buffers: Any) -> None:
        answer_piece(self, self._pieces, content, buffers, self._use)
