"""VoiceLab: change a voice by sliders, hear it, and see what the model makes of it."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import ipywidgets
import xarray as xr

import sottovoce
from sottovoce.audio.changes import OF_THE_VOICE, UNITS, Change, change_voice
from sottovoce.markup import ON_THE_LEFT, Markup, data_uri, image, tag
from sottovoce.plots import describe_distribution_bars, distribution_bars
from sottovoce.widgets.shared.code import prompt_code
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.sound import wav_bytes
from sottovoce.widgets.shared.still import ShowCode, StillOutput, page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sottovoce.audio import Recording

# What a slider offers: the ends of its scale and its step. Beyond them a voice is none any more.
SCALES: dict[str, tuple[float, float, float]] = {
    "pitch": (-12, 12, 0.5),
    "pitch_range": (0, 3, 0.05),
    "tempo": (0.6, 1.8, 0.05),
    "loudness": (-30, 20, 1),
    "breathiness": (0, 1, 0.05),
    "tilt": (-6, 6, 0.5),
    "noise": (-60, 10, 1),
    "telephone": (0, 1, 0.05),
}
ORIGINAL, CHANGED = "as it is", "changed"


class VoiceLab(StillOutput, ipywidgets.VBox):
    """One recording with a slider for each property of its voice.

    Whenever a slider is let go, the changed voice can be played, and its shares stand beside those
    of the recording as it is. Where a slider needs the voice taken apart, the shares of the
    recording taken apart and put together unchanged are shown too, since that alone moves them.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    recording
        A path, bytes, ``(samples, rate)`` or a Recording; one voice, no longer than the model hears
        at once.
    prompt
        A question that asks for an emotion's name at once.
    tokens
        As for :func:`sottovoce.capture`; by default the six emotions.
    seed
        Of added noise.

    Raises
    ------
    RecordingError
        If the recording cannot be read, or is too long.
    ModelError
        If the model fails on it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_neutral.flac"
    >>> lab = VoiceLab(sottovoce.load_model(), clip)
    >>> lab.set(loudness=12)
    >>> lab.change.loudness, sorted(lab.shares)
    (12.0, ['as it is', 'changed'])
    """

    def __init__(
        self,
        model: Any,
        recording: Any,
        prompt: Any = "one_word",
        tokens: Any = None,
        *,
        seed: int = 0,
    ) -> None:
        self._probe = sottovoce.explain.Probe(model, prompt, tokens)
        self.recording: Recording = self._probe.load(recording)
        self.changed = self.recording
        self._seed = seed
        self._apart: xr.DataArray | None = None
        self.shares = {ORIGINAL: self._ask(self.recording)}
        self.messages = Messages()
        self.sliders = {
            name: ipywidgets.FloatSlider(
                value=getattr(Change(), name),
                min=low,
                max=high,
                step=step,
                description=name.replace("_", " "),
                tooltip=f"{name.replace('_', ' ')}, {UNITS[name]}",
                continuous_update=False,
                readout_format=".2f" if step < 0.1 else ".1f",
                style={"description_width": "6.5rem"},
                layout=ipywidgets.Layout(width="24rem"),
            )
            for name, (low, high, step) in SCALES.items()
        }
        self.reset_button = ipywidgets.Button(
            description="Reset", icon="undo", tooltip="The recording as it is"
        )
        self.player = ipywidgets.Audio(autoplay=False, loop=False, format="wav")
        self.picture = ipywidgets.HTML()
        self._quiet = False
        for slider in self.sliders.values():
            slider.observe(self._on_slider, "value")
        self.reset_button.on_click(self._on_reset)
        self.show_code = ShowCode(self)
        units = [
            ipywidgets.HBox([slider, ipywidgets.Label(UNITS[name])])
            for name, slider in self.sliders.items()
        ]
        controls = ipywidgets.VBox([*units, self.reset_button])
        heard = ipywidgets.VBox([self.player, self.picture])
        beside = ipywidgets.HBox([controls, heard], layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([beside, self.messages, self.show_code])
        self.add_class("sottovoce-voice-lab")
        self._refresh()

    @property
    def change(self) -> Change:
        """What the sliders say."""
        return Change(**{name: float(slider.value) for name, slider in self.sliders.items()})

    def set(self, **values: float) -> None:
        """Set several sliders, and ask once.

        Raises
        ------
        RecordingError
            If a value is out of the range of :class:`~sottovoce.audio.changes.Change`.
        """
        Change(**values)
        self._quiet = True
        try:
            for name, value in values.items():
                self.sliders[name].value = value
        finally:
            self._quiet = False
        self._apply()

    def to_figure(self) -> Figure:
        """Return the shares side by side as a matplotlib figure."""
        from matplotlib.figure import Figure as NewFigure

        figure = NewFigure(figsize=(6.2, 3.6), layout="constrained", facecolor="white")
        distribution_bars(self.shares, ax=figure.subplots())
        return figure

    def to_html(self) -> str:
        """Return the changed voice and its shares as one HTML document that fetches nothing."""
        sound = tag(
            "audio",
            controls=True,
            src=data_uri(wav_bytes(self.changed), "audio/wav"),
            aria_label=f"{self.recording.id}, changed",
        )
        title = f"{self.recording.id}: {self._told() or 'as it is'}"
        return page(title, tag("h1", title), sound, self._drawn(), self.still())

    def still(self) -> Markup:
        """Return the shares as a table."""
        emotions = [str(name) for name in self.shares[ORIGINAL]["emotion"].values]
        head = tag("tr", tag("th", ""), *(tag("th", name) for name in emotions))
        rows = [
            tag(
                "tr",
                tag(
                    "th",
                    f"{source} ({self._told()})" if source == CHANGED else source,
                    style=ON_THE_LEFT,
                ),
                *(tag("td", f"{share:.0%}") for share in shares.values.ravel()),
            )
            for source, shares in self.shares.items()
        ]
        return tag("table", head, *rows)

    def code(self) -> str:
        """Return the Python that changes the voice and asks the model about it."""
        changes = ", ".join(f"{name}={value:g}" for name, value in self._changes().items())
        path = self.recording.path
        loaded = (
            f"recording = sottovoce.load_recording({path!r}, rate=model.rate)"
            if path
            else "# recording: the sound that VoiceLab was given, at the model's rate"
        )
        return "\n".join(
            [
                "import sottovoce",
                "from sottovoce.audio.changes import Change, change_voice",
                "",
                f"model = sottovoce.load_model({self._probe.model.id!r})",
                loaded,
                f"changed = change_voice(recording, Change({changes}), seed={self._seed})",
                f"probe = sottovoce.explain.Probe(model, {prompt_code(self._probe.prompt)})",
                "shares = probe.shares([recording.samples, changed.samples])",
            ]
        )

    def _ask(self, recording: Recording) -> xr.DataArray:
        """Return the shares of a recording, labelled as a read-out's."""
        probe = self._probe
        return xr.DataArray(
            probe.shares([recording.samples])[None],
            {
                "utterance": [self.recording.id],
                "prompt": [probe.prompt.name],
                "emotion": probe.emotions,
            },
            ("utterance", "prompt", "emotion"),
        )

    @guarded
    def _on_slider(self, _change: Any) -> None:
        if not self._quiet:
            self._apply()

    @guarded
    def _on_reset(self, _button: Any) -> None:
        self.set(**{name: getattr(Change(), name) for name in self.sliders})

    def _apply(self) -> None:
        change = self.change
        changed = change_voice(self.recording, change, seed=self._seed)
        longest = self._probe.model.max_seconds
        if longest is not None and changed.duration > longest:
            self.messages.warning(
                f"At this tempo it lasts {changed.duration:.1f} s, and the model hears {longest:g} "
                "s: what is shown is still the last one that it heard in full."
            )
            return
        self.messages.clear()
        self.changed = changed
        self.shares = {ORIGINAL: self.shares[ORIGINAL]}
        if any(name in OF_THE_VOICE for name in self._changes()):
            if self._apart is None:
                unchanged = change_voice(self.recording, Change(), through_world=True)
                self._apart = self._ask(unchanged)
            self.shares["taken apart"] = self._apart
        if self._changes():
            self.shares[CHANGED] = self._ask(changed)
        self._refresh()

    def _refresh(self) -> None:
        self.player.value = wav_bytes(self.changed)
        self.picture.value = str(self._drawn())
        self.show_code.refresh()

    def _drawn(self) -> Markup:
        """Return the picture with its words, as an element."""
        buffer = io.BytesIO()
        self.to_figure().savefig(buffer, format="png", dpi=110)
        return image(buffer.getvalue(), describe_distribution_bars(self.shares))

    def _changes(self) -> dict[str, float]:
        change, neutral = self.change, Change()
        values = {field.name: getattr(change, field.name) for field in fields(Change)}
        return {name: one for name, one in values.items() if one != getattr(neutral, name)}

    def _told(self) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {value:g} {UNITS[name]}"
            for name, value in self._changes().items()
        )
