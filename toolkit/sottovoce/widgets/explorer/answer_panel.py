"""The answers of an Explorer: which one, how it is read, and the linked view of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from sottovoce.dataset import select_spellings
from sottovoce.errors import RunError, SottovoceError
from sottovoce.markup import escape
from sottovoce.readout import read_out
from sottovoce.widgets.explorer.beside import in_notes
from sottovoce.widgets.explorer.panels import Which
from sottovoce.widgets.explorer.readout_controls import ReadoutControls
from sottovoce.widgets.linked_view.linked_view import LinkedView
from sottovoce.widgets.shared.guard import guarded, in_words
from sottovoce.widgets.shared.sections import Sections
from sottovoce.widgets.spelling_filter.spelling_filter import SpellingFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from sottovoce.widgets.explorer.beside import Column, Reading
    from sottovoce.widgets.explorer.exploration import Exploration
    from sottovoce.widgets.shared.messages import Messages

DEFAULT_TOKENS = "emotions+percentages"


class AnswerPanel(ipywidgets.VBox):
    """Look at the answers of an exploration, one at a time.

    Another read-out or other steps are read from what is there; nothing here asks the model.

    Parameters
    ----------
    exploration
        Where the answers are.
    messages
        Where errors are told.
    changed
        Called after something else is seen.
    """

    def __init__(
        self, exploration: Exploration, messages: Messages, changed: Callable[[], Any]
    ) -> None:
        self.exploration = exploration
        self.messages = messages
        self.which = Which()
        self.readout = ReadoutControls()
        self.spellings = SpellingFilter(DEFAULT_TOKENS, show_code=False)
        self._spellings = Sections([self.spellings])
        self.view = LinkedView(show_code=False)
        self.columns: dict[str, Column] = {}
        self._changed = changed
        self._reading: Reading | None = None
        self._busy = False
        self._unread = ""
        self._followed = ""  # the hash of the token set whose spellings are offered
        self.notes = ipywidgets.HTML().add_class("sottovoce-notes")
        super().__init__([self.which, self.readout, self._spellings, self.view, self.notes])
        self.add_class("sottovoce-answers")
        for dropdown in (self.which.recordings, self.which.prompts):
            dropdown.observe(self._other_answer, "value")
        self.readout.observe(self._other_readout, ["readout", "steps"])
        self.spellings.observe(self._other_spellings, "chosen")
        self.view.observe(self._dragged, "step_range")
        self._other_spellings(None)
        self.offer()

    @property
    def shares(self) -> xr.DataArray | None:
        """The read-out's shares of the run, dimensions (utterance, prompt, emotion)."""
        run = self.exploration.run
        if run is None:
            return None
        return read_out(self._selected(run), self.readout.readout, **self.readout.options)

    def offer(self, first: str = "") -> None:
        """Offer the answers that are there, and show the one that is chosen.

        Parameters
        ----------
        first
            The recording to look at, if it is among them; otherwise the choice stays.
        """
        run = self.exploration.run
        self.layout.display = "none" if run is None else ""
        self._busy = True
        try:
            if run is None:
                self.which.offer([], [])
                self._reading = None
                return
            if self._followed != run.attrs["token_set_hash"]:
                self._followed = str(run.attrs["token_set_hash"])
                self.spellings.run = run
            utterances = [str(name) for name in run["utterance"].values]
            self.which.offer(utterances, [str(name) for name in run["prompt"].values])
            of_first = run["utterance"].values[run["recording"].values == first]
            if of_first.size:
                self.which.recordings.value = str(of_first[0])
        finally:
            self._busy = False
        self._show()

    def show(self, utterance: str | None = None, prompt: str | None = None) -> None:
        """Look at an answer; what is None stays.

        Raises
        ------
        RunError
            If it was not asked.
        """
        now = self.which.chosen or ("", "")
        utterance, prompt = utterance or now[0], prompt or now[1]
        self.exploration.answer(utterance, prompt)
        self._busy = True
        try:
            self.which.recordings.value, self.which.prompts.value = utterance, prompt
        finally:
            self._busy = False
        self._show()

    def code(self) -> str:
        """Return the Python that makes the same shares.

        Raises
        ------
        RunError
            If nothing was asked yet.
        """
        chosen = self.which.chosen
        if chosen is None:
            raise RunError("Nothing was asked yet: press Run, or call run_now()")
        selecting = "" if self.spellings.everything else self.spellings.code()
        return self.exploration.code(self.columns, *chosen, selecting)

    @guarded
    def _other_answer(self, _change: Any) -> None:
        if not self._busy:
            self._show()

    @guarded
    def _other_spellings(self, _change: Any) -> None:
        counted = sum(map(len, self.spellings.chosen.values()))
        there = sum(map(len, self.spellings.spellings.values()))
        told = "all count" if self.spellings.everything else f"{counted} of {there} count"
        self._spellings.set_title(0, f"Spellings: {told}")
        if self._reading is None or self._busy:
            return
        if (self.view.utterance, self.view.prompt) != self.which.chosen:
            self._show()
            return
        answer = self._selected_answer()
        if answer is None:
            return
        shares, used = self._read(self._reading)
        self.view.show_shares(shares, used_steps=used)  # first, since it is what was asked for
        self.view.show_run(answer)
        self._changed()

    @guarded
    def _other_readout(self, _change: Any) -> None:
        if self._reading is not None:
            shares, used = self._read(self._reading)
            self.view.show_shares(shares, used_steps=used)
            self._changed()

    @guarded
    def _dragged(self, change: Any) -> None:
        if not self._busy:
            self.readout.drag(*change["new"])

    def _selected(self, run: xr.Dataset) -> xr.Dataset:
        """Return a run with the spellings that count."""
        return run if self.spellings.everything else select_spellings(run, self.spellings.chosen)

    def _selected_answer(self) -> xr.Dataset | None:
        """Return the chosen answer with the spellings that count, and begin to read it."""
        if self.which.chosen is None:
            return None
        try:
            answer = self._selected(self.exploration.answer(*self.which.chosen))
        except SottovoceError as error:  # no spelling is left; the last picture stays
            self._cannot(error)
            return None
        self._reading = self.exploration.reading(answer)
        return answer

    def _show(self) -> None:
        """Show the chosen answer."""
        chosen, answer = self.which.chosen, self._selected_answer()
        if chosen is None or answer is None or self._reading is None:
            return
        recording = self.exploration.recording(answer)
        shares, used = self._read(self._reading)
        self._busy = True  # a new answer comes with all its steps, and that is no dragging
        try:
            self.view.show(answer, *chosen, shares=shares, recording=recording, used_steps=used)
            if not isinstance(self.readout.steps, str):
                self.view.step_range = self.readout.steps
        finally:
            self._busy = False
        self._changed()

    def _read(self, reading: Reading) -> tuple[dict[str, xr.DataArray], xr.DataArray | None]:
        """Return the shares to show and the steps they use, or tell why there are none."""
        readout, options = self.readout.readout, self.readout.options
        try:
            self.columns = reading.columns(readout, options)
            used = reading.used_steps(readout, options)
        except SottovoceError as error:
            self.columns, used = {}, None
            self._cannot(error)
        else:
            if self._unread and self.messages.text == self._unread:
                self.messages.clear()
            self._unread = ""
        self.notes.value = str(escape(in_notes(self.columns)))
        return {label: column.shares for label, column in self.columns.items()}, used

    def _cannot(self, error: SottovoceError) -> None:
        """Tell why there is nothing to see, until there is."""
        self._unread = in_words(error)
        self.messages.error(self._unread)
