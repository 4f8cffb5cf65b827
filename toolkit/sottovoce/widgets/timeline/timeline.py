"""Timeline: a long recording by windows, shares over time, and the sound of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

import sottovoce
from sottovoce.audio import Recording, load_recording
from sottovoce.audio import windows as cut
from sottovoce.errors import RecordingError, RunError, SottovoceError, require_one_of
from sottovoce.evaluation.measures import entropy
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.readings import (
    ALL_STEPS,
    NAMED_STEPS,
    check_label,
    check_readout,
    readout_choices,
)
from sottovoce.widgets.shared.sound import envelope, wav_bytes
from sottovoce.widgets.shared.still import ShowCode, StillOutput
from sottovoce.widgets.timeline.still import (
    capture_code,
    timeline_code,
    timeline_figure,
    timeline_html,
    timeline_table,
)
from sottovoce.widgets.timeline.windowed import WindowedRun, find_sound

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from matplotlib.figure import Figure

    from sottovoce.audio.load import Source
    from sottovoce.markup import Markup

#: What is played: what the models hear, in Hz.
RATE = 16000
#: Seconds of a window where it was not said: about a sentence.
SECONDS = 3.0
CHOICES = ("recording", "prompt", "readout", "steps")


class TimelineView(anywidget.AnyWidget):
    """The drawing, the player and the dropdowns; what is chosen or to be heard is a message."""

    _esm = javascript(
        "shared/elements.js", "shared/colors.js", "timeline/drawing.js", "timeline/timeline.js"
    )
    _css = styles("shared/theme.css", "timeline/timeline.css")
    choices = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)
    outline = traitlets.Dict().tag(sync=True)
    window = traitlets.Int().tag(sync=True)
    sound = traitlets.Dict().tag(sync=True)


class Timeline(StillOutput, ipywidgets.VBox):
    """What a model weighed along a long recording, window by window.

    Each window is a step of the ribbon, as wide as it is long; nothing is smoothed. Where windows
    overlap, a moment is drawn in the one whose middle is nearer, and what a window really heard is
    marked on the sound. A window that failed is a gap, with the reason.

    Parameters
    ----------
    run
        Its utterances are windows, as :func:`sottovoce.capture` makes them of a long recording.
    recording
        The sound: a path, a Recording and so on; or, where the run has several recordings, the
        name of the one to show first. By default the file that the run names, if it is there.
    prompt, readout, steps
        What is shown first; by default the first prompt and the step of the answer.

    Attributes
    ----------
    recording, prompt, readout : str
        What is shown.
    steps : str or list of int
        Which steps the read-out takes, where it takes some.
    window : int
        The chosen window, from 0.

    Raises
    ------
    RunError
        If the run does not say where its windows begin, or lacks what was asked for.
    ReadoutError
        If there is no such read-out, or the run does not allow it.

    See Also
    --------
    Timeline.of : From a recording.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> timeline = Timeline.of(sottovoce.load_model(), clip, seconds=1, progress=False)
    >>> timeline.shares.dims, timeline.shares.start.values[:2].tolist()
    (('utterance', 'emotion'), [0.0, 1.0])
    """

    recording = traitlets.Unicode()
    prompt = traitlets.Unicode()
    readout = traitlets.Unicode()
    steps = traitlets.Any()
    window = traitlets.Int()

    def __init__(
        self,
        run: xr.Dataset,
        recording: Source | None = None,
        prompt: str | None = None,
        readout: str = "answer_step",
        *,
        steps: str | list[int] | None = None,
    ) -> None:
        self._windowed = WindowedRun(run)
        named = isinstance(recording, str) and recording in self._windowed.recordings
        self._given = None if named else recording
        self._sounds: dict[str, Recording | None] = {}
        self._made = ""
        self._turn = 0
        first = str(recording) if named else self._first(recording)
        self.windows = self._windowed.of(first)
        names = {"recording": first, "prompt": prompt or self._windowed.prompts[0]}
        chosen = self._checked({**names, "readout": readout, "steps": steps})
        self.view = TimelineView(
            choices={
                "recordings": self._windowed.recordings,
                "prompts": self._windowed.prompts,
                "readouts": readout_choices(),
                "steps": list(NAMED_STEPS),
            }
        )
        self.messages = Messages()
        self._show_code = ShowCode(self)
        super().__init__([self.view, self.messages, self._show_code])
        for name, value in chosen.items():
            self.set_trait(name, value)
        self.observe(self._changed, CHOICES)
        self.view.on_msg(self._heard)
        traitlets.link((self, "window"), (self.view, "window"))
        self._draw_sound()
        self._draw()

    @classmethod
    def of(
        cls,
        model: Any,
        source: Source,
        prompt: Any = "one_word",
        *,
        seconds: float = SECONDS,
        hop: float | None = None,
        tokens: Any = None,
        readout: str = "answer_step",
        progress: bool = True,
        name: str | None = None,
    ) -> Timeline:
        """Capture a recording by windows, and show it.

        Parameters
        ----------
        model
            From :func:`sottovoce.load_model`, or a name for it.
        source
            A path, bytes, ``(samples, rate)`` or a Recording.
        prompt
            One prompt or several.
        seconds, hop
            The length of a window, and from one start to the next; by default 3 s and the length.
        tokens, progress
            As for :func:`sottovoce.capture`.
        readout
            What is shown first.
        name
            Of the recording; by default the file's.

        Raises
        ------
        RecordingError
            If the recording cannot be read, or the windows make no sense.
        ModelError
            If the model fails on every window.
        """
        loaded = sottovoce.load_model(model) if isinstance(model, str) else model
        sound = load_recording(source, rate=loaded.rate, id=name)
        parts = cut(sound, seconds, hop)
        run = sottovoce.capture(loaded, parts, prompt, tokens, progress=progress)
        timeline = cls(run, sound, readout=readout)
        timeline._made = capture_code(loaded.id, source, name, seconds, hop, prompt, tokens)
        return timeline

    @property
    def run(self) -> xr.Dataset:
        """The windows of the recording that is shown, as a run."""
        return self.windows.run

    @property
    def shares(self) -> xr.DataArray:
        """The shares of each window, dims (utterance, emotion); NaN where it has none.

        The coordinates ``start`` and ``duration``, in seconds, say what each one heard.
        """
        return self.windows.shares(self.prompt, self.readout, self.steps)

    @property
    def entropy(self) -> xr.DataArray:
        """The entropy of each window's shares, dims (utterance), in bits."""
        shares = self.shares
        uncertain = shares.isel(emotion=0, drop=True).copy(data=entropy(shares.values))
        uncertain.attrs = {"long_name": "entropy of the shares", "units": "bit"}
        return uncertain.rename("entropy")

    @property
    def sound(self) -> Recording | None:
        """The recording that is shown, if it is at hand, at 16 kHz."""
        if self.recording not in self._sounds:
            given = self._given if self._first(self._given) == self.recording else None
            found = find_sound(self.windows, self.recording, given, RATE)
            self._sounds[self.recording], told = found
            if told:
                self.messages.warning(told)
        return self._sounds[self.recording]

    def code(self) -> str:
        """Return the Python that makes the shares and their entropy."""
        return timeline_code(
            self._windowed.run, self._made, self.recording, self.prompt, self.readout, self.steps
        )

    def to_figure(self) -> Figure:
        """Return the ribbon, the uncertainty and the sound as a matplotlib figure."""
        return timeline_figure(self.state(), self.sound)

    def to_html(self) -> str:
        """Return one page with the picture, the sound if it is below 10 MB, and all answers."""
        return timeline_html(self.state(), self.sound)

    def still(self) -> Markup:
        """Return the windows as a table."""
        return timeline_table(self.state())

    def state(self) -> dict[str, Any]:
        """Return what is drawn as plain numbers and texts, None for what is missing."""
        sound = self.sound
        state = self.windows.state(self.prompt, self.readout, self.steps)
        end = float(self.windows.ends[-1])
        chosen = {name: getattr(self, name) for name in CHOICES}
        lasts = max(end, sound.duration) if sound else end
        return {**state, **chosen, "duration": lasts, "audible": sound is not None}

    @traitlets.validate(*CHOICES)  # type: ignore[untyped-decorator]
    def _valid_choice(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        known = {choice: getattr(self, choice) for choice in CHOICES}
        if not all(known.values()):
            return proposal["value"]  # at the start, where all of them were checked together
        return self._checked({**known, name: proposal["value"]})[name]

    @traitlets.validate("window")  # type: ignore[untyped-decorator]
    def _valid_window(self, proposal: Any) -> int:
        if not 0 <= proposal["value"] < len(self.windows):
            raise RunError(f"window={proposal['value']} must be from 0 to {len(self.windows) - 1}")
        return int(proposal["value"])

    def _checked(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        part = self._windowed.of(chosen["recording"])
        prompt = check_label(part.run, "prompt", chosen["prompt"])
        readout, steps = check_readout(chosen["readout"], chosen["steps"] or ALL_STEPS)
        part.shares(prompt, readout, steps)
        return {**chosen, "prompt": prompt, "readout": readout, "steps": steps}

    def _first(self, source: Any) -> str:
        named = source.id if isinstance(source, Recording) else ""
        if isinstance(source, str | Path):
            named = Path(source).stem
        names = self._windowed.recordings
        return named if named in names else names[0]

    def _changed(self, change: Any) -> None:
        self.messages.clear()
        if change["name"] == "recording":
            self.windows = self._windowed.of(self.recording)
            self.window = 0
            self._draw_sound()
        self._draw()

    @guarded
    def _heard(self, _view: Any, content: Any, _buffers: Any) -> None:
        """Send the sound of a window, or take what was chosen in the browser."""
        if content["kind"] == "hear":
            self._send_sound(int(content["window"]))
            return
        try:
            require_one_of("choice", content["part"], CHOICES, RunError)
            setattr(self, content["part"], content["value"])
        except SottovoceError:
            self._draw()
            raise

    def _send_sound(self, place: int) -> None:
        sound = self.sound
        if sound is None or not 0 <= place < len(self.windows):
            raise RecordingError(
                "There is no sound to hear: give Timeline(run, recording=...) the recording."
            )
        self._turn += 1
        self.view.sound = {
            "recording": self.recording,
            "window": place,
            "wav": wav_bytes(self.windows.heard(place, sound)),
            "turn": self._turn,
        }

    def _draw_sound(self) -> None:
        sound = self.sound
        self.view.outline = {} if sound is None else {**envelope(sound), "duration": sound.duration}

    def _draw(self) -> None:
        # A turn of its own for each, so that a choice that was refused goes back in the browser.
        self._turn += 1
        self.view.shown = {**self.state(), "turn": self._turn}
        self._show_code.refresh()
