"""The list of recordings: searched and chosen from in the browser."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from sottovoce.plots.style import concept_colors
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import in_words
from sottovoce.widgets.shared.sendable import clean
from sottovoce.widgets.shared.sound import wav_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sottovoce.widgets.shared.shelf import Shelf

HEARD_SECONDS = 60
_MOST_MEASURED = 500


class RecordingList(anywidget.AnyWidget):
    """Names, durations and votes of a shelf, with a search field and a player.

    Everything is known to the browser by a recording's number on the shelf. The corpus's part is
    sent once; durations follow for what is seen, and the sound of the one that is played.

    Parameters
    ----------
    shelf
        What there is.
    multiple
        Whether several can be chosen.
    note
        What a reader must know of the corpus.
    remove
        Is given the key of an added recording that shall go.
    """

    _esm = javascript(
        "shared/elements.js",
        "shared/colors.js",
        "recording_picker/recording_row.js",
        "recording_picker/recording_list.js",
    )
    _css = styles("shared/theme.css", "recording_picker/recording_list.css")

    listed = traitlets.Dict().tag(sync=True)
    added = traitlets.Dict().tag(sync=True)
    emotions = traitlets.List().tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    multiple = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(
        self, shelf: Shelf, *, multiple: bool, note: str, remove: Callable[[int], None]
    ) -> None:
        colors = concept_colors(shelf.emotions)
        super().__init__(
            multiple=multiple,
            note=clean(note),
            emotions=[{"name": clean(name), "color": colors[name]} for name in shelf.emotions],
        )
        self._shelf = shelf
        self._remove = remove
        self.listed = self._columns(shelf.listed())
        self.refresh()
        self.on_msg(self._heard)

    def refresh(self) -> None:
        """Tell the browser what was added or taken away."""
        self.added = self._columns(self._shelf.own())

    def _columns(self, keys: Sequence[int]) -> dict[str, Any]:
        entries = [self._shelf.entries[key] for key in keys]
        return {
            "keys": list(keys),
            "names": [clean(entry.name) for entry in entries],
            "details": [clean(entry.detail) for entry in entries],
            "durations": [_rounded(entry.duration) for entry in entries],
            "votes": [
                None if entry.votes is None else [int(n) if n == int(n) else n for n in entry.votes]
                for entry in entries
            ],
        }

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        kind = content.get("kind")
        if kind == "measure":
            self._measure(content["keys"])
        elif kind == "play":
            self._play(int(content["key"]))
        elif kind == "remove":
            self._remove(int(content["key"]))

    def _measure(self, keys: Sequence[int]) -> None:
        """Tell the durations of what is seen, and why some of it cannot be read."""
        known = [int(key) for key in keys[:_MOST_MEASURED] if int(key) in self._shelf.entries]
        entries = {key: self._shelf.entries[key] for key in known}
        for entry in entries.values():
            entry.measure()
        self.send(
            {
                "kind": "measured",
                "durations": {str(k): _rounded(e.duration) for k, e in entries.items()},
                "problems": {str(k): clean(e.problem) for k, e in entries.items() if e.problem},
            }
        )

    def _play(self, key: int) -> None:
        try:
            recording = self._shelf.entries[key].load()
            kept = recording.samples[: HEARD_SECONDS * recording.rate]
            cut = HEARD_SECONDS if len(kept) < len(recording.samples) else None
            wav = wav_bytes(replace(recording, samples=kept))
        except Exception as error:  # noqa: BLE001 - told beside the player
            self.send({"kind": "silent", "key": key, "text": clean(in_words(error))})
            return
        self.send({"kind": "sound", "key": key, "cut": cut}, [wav])


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
