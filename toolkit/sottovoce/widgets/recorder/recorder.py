"""Recorder: the microphone to a recording."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from sottovoce.audio import Recording, load_recording
from sottovoce.errors import RecordingError, SottovoceError
from sottovoce.markup import Markup, data_uri, tag
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.recording_figure import PAGE_STYLE, draw_recordings
from sottovoce.widgets.shared.sound import wav_bytes
from sottovoce.widgets.shared.still import StillOutput, page
from sottovoce.widgets.shared.uploads import LARGEST_UPLOAD, Pieces, answer_piece

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Recorder(StillOutput, anywidget.AnyWidget):
    """Record a voice with the browser's microphone.

    The sound is kept as it comes: mono, 16 bits, at the browser's own rate, without its echo
    cancellation, noise suppression and gain control, which are made for calls and change a voice.
    The microphone is open from "Record" to "Stop" only. Nothing of it is stored in the notebook.

    Parameters
    ----------
    max_seconds
        Where a recording stops by itself.
    show_code
        Whether there is a "Show code" below; not needed within a widget that has its own.

    Attributes
    ----------
    wav : bytes
        The WAV file as it was recorded; empty without one. Whatever is assigned is taken as if it
        were recorded.
    recording : Recording or None
        What is in it, at its own rate, named by the time ("recorded_2026-11-24_10-31-05"); None
        also where it says nothing, with the reason in ``error``.
    state : str
        "idle", "asking" (for permission), "recording", "sending", "done" or "error".
    error : str
        Why there is no recording.
    notes : list of str
        What to know about the recording, such as clipping.

    Raises
    ------
    RecordingError
        If the limit makes no sense.

    Examples
    --------
    >>> from sottovoce.paths import data_folder
    >>> from sottovoce.widgets.shared.sound import wav_bytes
    >>> recorder = Recorder(max_seconds=10)
    >>> recorder.recording is None
    True
    >>> sample = load_recording(data_folder() / "samples" / "tom_sad.flac")
    >>> recorder.wav = wav_bytes(sample)  # as the browser does after "Stop"
    >>> recorder.recording
    Recording('recorded_...', ... s at 16000 Hz)
    """

    _esm = javascript(
        "shared/elements.js", "shared/pieces.js", "recorder/microphone.js", "recorder/recorder.js"
    )
    _css = styles("shared/theme.css", "recorder/recorder.css")

    max_seconds = traitlets.Float().tag(sync=True)
    state = traitlets.Unicode("idle").tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    notes = traitlets.List(traitlets.Unicode()).tag(sync=True)
    python = traitlets.Unicode().tag(sync=True)
    # Not synchronised: in pieces it has no limit, and no notebook stores a voice by the way.
    wav = traitlets.CBytes()
    recording = traitlets.Instance(Recording, allow_none=True, default_value=None)

    run = None
    shares = None

    def __init__(self, *, max_seconds: float = 30, show_code: bool = True) -> None:
        if not (math.isfinite(max_seconds) and 1 <= max_seconds <= 600):
            raise RecordingError(f"max_seconds={max_seconds!r} must be from 1 to 600")
        super().__init__(max_seconds=max_seconds)
        self._show_code = show_code
        self._pieces = Pieces(LARGEST_UPLOAD)
        self._write_code()
        self.on_msg(self._heard)

    def discard(self) -> None:
        """Forget the recording, here and in the browser."""
        self.wav = b""
        self.send({"kind": "discarded"})

    def code(self) -> str:
        """Return the Python that loads the recording, once it is saved."""
        if self.recording is None:
            return (
                "from sottovoce.widgets import Recorder\n\n"
                f"recorder = Recorder(max_seconds={self.max_seconds:g})\nrecorder\n"
            )
        name = f"{self.recording.id}.wav"
        return (
            "import sottovoce\n\n"
            "# The recording is only in the kernel's memory. To keep it, run once:\n"
            f"#     from pathlib import Path; Path({name!r}).write_bytes(recorder.wav)\n"
            f"recording = sottovoce.load_recording({name!r}, rate=None)\n"
        )

    def to_figure(self) -> Figure:
        """Return the recording's waveform as a matplotlib figure."""
        recordings = [] if self.recording is None else [self.recording]
        return draw_recordings(recordings, empty="Nothing is recorded.")

    def to_html(self) -> str:
        """Return the recording with a player, as one page that needs no kernel."""
        body = [tag("h1", "Recording"), self.still()]
        if self.recording is not None:
            source = data_uri(wav_bytes(self.recording), "audio/wav")
            label = f"Recording {self.recording.id}"
            body.append(tag("p", tag("audio", controls=True, src=source, aria_label=label)))
        return page("Recording", tag("main", *body), style=PAGE_STYLE)

    def still(self) -> Markup:
        """Return name, length and notes; never the voice itself."""
        if self.recording is None:
            return tag("p", self.error or "Nothing is recorded.")
        recording = self.recording
        told = f"{recording.duration:.1f} s at {recording.rate} Hz"
        return tag("p", tag("b", recording.id), " · ", "; ".join([told, *recording.notes]))

    @traitlets.observe("wav")  # type: ignore[untyped-decorator]
    def _take(self, change: Any) -> None:
        # Those who observe the recording find the notes and the error of the same recording.
        recording, error = None, ""
        if change["new"]:
            name = datetime.now().strftime("recorded_%Y-%m-%d_%H-%M-%S")
            try:
                recording = load_recording(change["new"], rate=None, id=name)
            except SottovoceError as reason:
                error = str(reason)
        with self.hold_sync():
            self.error = error
            self.notes = [] if recording is None else list(recording.notes)
            self.state = "error" if error else ("idle" if recording is None else "done")
            self.recording = recording
            self._write_code()

    def _write_code(self) -> None:
        self.python = self.code() if self._show_code else ""

    def _heard(self, _widget: Any, content: Any, buffers: Any) -> None:
        kind = content.get("kind")
        if kind == "piece":
            answer_piece(self, self._pieces, content, buffers, self._use)
        elif kind == "discard":
            self.discard()
        elif kind == "play" and self.wav:
            self.send({"kind": "sound"}, [self.wav])

    def _use(self, _name: str, content: bytes) -> str:
        if content == self.wav:
            self._take({"new": content})  # the same sound twice is recorded twice
        else:
            self.wav = content
        return str(self.error)
