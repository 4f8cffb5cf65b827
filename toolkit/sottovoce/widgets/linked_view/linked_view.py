"""One answer, seen whole: the sound, the words, the emotions under them, the shares read out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
import xarray as xr

from sottovoce.errors import RunError
from sottovoce.widgets.linked_view.code import code_of
from sottovoce.widgets.linked_view.still import draw, html_page, html_table
from sottovoce.widgets.linked_view.view_state import (
    answer_position,
    answer_state,
    shares_state,
    voted_or_not,
)
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.sound import envelope, wav_bytes
from sottovoce.widgets.shared.still import StillOutput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from sottovoce.audio import Recording
    from sottovoce.markup import Markup

SCRIPTS = (
    "shared/elements.js",
    "shared/colors.js",
    "linked_view/player.js",
    "linked_view/chips.js",
    "linked_view/alternatives.js",
    "linked_view/curves.js",
    "linked_view/step_range.js",
    "linked_view/bars.js",
    "linked_view/linked_view.js",
)
STYLES = ("shared/theme.css", "linked_view/linked_view.css")
SENT = ("answer", "sound", "bars", "python")  # what a page holds beside the audio and the choices


class LinkedView(StillOutput, anywidget.AnyWidget):
    """Player, answer, trajectories and distribution of one answer, moving together.

    Choose a step with a click or the arrow keys, and everything else tells of that step; space
    plays the recording; the two handles under the curves choose a range of steps.

    Parameters
    ----------
    show_code
        Whether there is a "Show code" below; not needed within a widget that has its own.

    Attributes
    ----------
    step : int
        The chosen step, from 0.
    step_range : tuple of int
        The first and the last step of the range, both within it.
    time : float
        Where the player is, in seconds.
    used_steps : list of bool
        Which steps the present read-out uses; these are shaded. Empty where it was not said.
    run : xarray.Dataset or None
        What was shown last.
    utterance, prompt : str
        Which answer of it.
    shares : xarray.DataArray or None
        The distributions that are seen, dimensions (source, emotion); each row sums to 1, or is NaN
        where nothing could be read.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> from sottovoce.widgets import LinkedView
    >>> model = sottovoce.load_model()
    >>> clip = sottovoce.load_recording(data_folder() / "samples" / "tom_sad.flac")
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> view = LinkedView()
    >>> shares = {"token level": sottovoce.read_out(run)}
    >>> view.show(run, "tom_sad", "one_word", shares=shares, recording=clip)
    >>> view.step, view.step_range
    (0, (0, 1))
    >>> dict(view.shares.sizes)
    {'source': 1, 'emotion': 6}
    """

    _esm = javascript(*SCRIPTS)
    _css = styles(*STYLES)

    answer = traitlets.Dict().tag(sync=True)
    sound = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    audio = traitlets.CBytes().tag(sync=True)
    bars = traitlets.Dict().tag(sync=True)
    python = traitlets.Unicode().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    step_range = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(0, 0)).tag(
        sync=True
    )
    time = traitlets.Float(0.0).tag(sync=True)
    used_steps = traitlets.List(traitlets.Bool()).tag(sync=True)

    def __init__(self, *, show_code: bool = True) -> None:
        super().__init__()
        self._show_code = show_code
        self._sources: dict[str, xr.DataArray] = {}
        self.run: xr.Dataset | None = None
        self.utterance = ""
        self.prompt = ""

    @property
    def shares(self) -> xr.DataArray | None:
        """The distributions that are seen, dimensions (source, emotion)."""
        sources, emotions = (self.bars.get(key, []) for key in ("sources", "emotions"))
        if not sources:
            return None
        nothing = [np.nan] * len(emotions)
        return xr.DataArray(
            [source["shares"] or nothing for source in sources],
            {
                "source": [source["label"] for source in sources],
                "emotion": [emotion["name"] for emotion in emotions],
            },
            ("source", "emotion"),
            name="shares",
        )

    def show(
        self,
        run: xr.Dataset,
        utterance: str,
        prompt: str,
        *,
        shares: Mapping[str, xr.DataArray],
        recording: Recording | None = None,
        used_steps: xr.DataArray | Sequence[bool] | None = None,
    ) -> None:
        """Show an answer, all in one message.

        The chosen step becomes the one that stands for the answer, the range all steps.

        Parameters
        ----------
        run
            From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
        utterance, prompt
            Which answer; one that failed is shown as its message.
        shares
            Label ("token level", "text level", "listeners", "constant") to shares with the
            dimension emotion, and at most utterance and prompt beside it. Listeners who did not
            hear this recording are told to be missing.
        recording
            To be heard; without it there is no player.
        used_steps
            Which steps the read-out uses, as :func:`sottovoce.readout.choose_steps` tells or as
            a list of bool.

        Raises
        ------
        RunError
            If the run has no such answer.
        ReadoutError
            If the shares have none.
        """
        answer = answer_state(run, utterance, prompt)
        n_steps = len(answer["steps"])
        sources = voted_or_not(shares, utterance)
        bars = shares_state(sources, utterance, prompt)
        used = _chosen(used_steps, run, {"utterance": utterance, "prompt": prompt})
        sound = None
        audio = b""
        if recording is not None:
            sound = {**envelope(recording), "duration": recording.duration}
            audio = wav_bytes(recording)
        self.run, self.utterance, self.prompt = run, utterance, prompt
        self._sources = sources
        with self.hold_sync():
            self.answer, self.bars, self.used_steps = answer, bars, used
            self.sound, self.audio, self.time = sound, audio, 0.0
            self.step = answer_position(answer)
            self.step_range = (0, max(0, n_steps - 1))
            self.python = self.code() if self._show_code else ""

    def show_shares(
        self,
        shares: Mapping[str, xr.DataArray],
        *,
        used_steps: xr.DataArray | Sequence[bool] | None = None,
    ) -> None:
        """Show other shares of the same answer: only bars, table and used steps are drawn anew.

        Parameters
        ----------
        shares, used_steps
            As for :meth:`show`.

        Raises
        ------
        RunError
            If no answer is shown yet.
        ReadoutError
            If the shares have no such answer.
        """
        if self.run is None:
            raise RunError("There is no answer yet whose shares could be shown; call show() first")
        sources = voted_or_not(shares, self.utterance)
        bars = shares_state(sources, self.utterance, self.prompt)
        cell = {"utterance": self.utterance, "prompt": self.prompt}
        used = _chosen(used_steps, self.run, cell)
        self._sources = sources
        with self.hold_sync():
            self.bars, self.used_steps = bars, used
            self.python = self.code() if self._show_code else ""

    def show_run(self, run: xr.Dataset) -> None:
        """Show the same answer with other tokens followed: curves and tokens are drawn anew.

        What is chosen and what is heard stay.

        Parameters
        ----------
        run
            Such as :func:`sottovoce.dataset.select_spellings` makes of the one that is shown.

        Raises
        ------
        RunError
            If nothing is shown yet, or the run has no such answer.
        """
        self._shown()
        answer = answer_state(run, self.utterance, self.prompt)
        self.run = run
        with self.hold_sync():
            self.answer = answer
            self.python = self.code() if self._show_code else ""

    @traitlets.validate("step")  # type: ignore[untyped-decorator]
    def _step_within(self, proposal: Any) -> int:
        return int(np.clip(proposal["value"], 0, self._last_step))

    @traitlets.validate("step_range")  # type: ignore[untyped-decorator]
    def _range_within(self, proposal: Any) -> tuple[int, int]:
        first, last = sorted(int(np.clip(end, 0, self._last_step)) for end in proposal["value"])
        return first, last

    @property
    def _last_step(self) -> int:
        return max(0, len(self.answer.get("steps", ())) - 1)

    def to_figure(self) -> Figure:
        """Return the trajectories and the distribution as a matplotlib figure.

        Raises
        ------
        RunError
            If nothing is shown yet, or the recording failed.
        """
        return draw(self._shown(), self.utterance, self.prompt, self._sources)

    def to_html(self, *, code: str | None = None) -> str:
        """Return the view as one page that works without a kernel and fetches nothing.

        The recording is within it, and a table for readers without JavaScript.

        Parameters
        ----------
        code
            The Python to show in it; by default the view's own, if it shows that.

        Raises
        ------
        RunError
            If nothing is shown yet.
        """
        self._shown()
        state = {name: getattr(self, name) for name in (*SENT, "step", "step_range", "used_steps")}
        if code is not None:
            state["python"] = code
        return html_page(
            state, self.audio, javascript(*SCRIPTS, "linked_view/page.js"), styles(*STYLES)
        )

    def still(self) -> Markup:
        """Return the answer and its shares as a table."""
        return html_table(self.answer, self.bars)

    def code(self) -> str:
        """Return the Python that makes the same numbers without the widget."""
        return code_of(self.run, self.utterance, self.prompt, self._sources)

    def _shown(self) -> xr.Dataset:
        if self.run is None:
            raise RunError("Nothing is shown yet; call show(run, utterance, prompt, shares=...)")
        return self.run


def _chosen(
    used: xr.DataArray | Sequence[bool] | None, run: xr.Dataset, cell: Mapping[str, str]
) -> list[bool]:
    """Return which steps of an answer are used, one entry a step; empty if nobody said."""
    if used is None:
        return []
    if isinstance(used, xr.DataArray):
        at = {dim: run.indexes[dim].get_loc(name) for dim, name in cell.items()}
        one = used.isel({dim: place for dim, place in at.items() if dim in used.dims})
        used = one.values.ravel().tolist()
    n_steps = int(run["n_steps"].sel(cell).item())
    return [bool(step) for step in used[:n_steps]]
