"""The Explorer's controls: what to ask, how far it is, and which answer to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from sottovoce.widgets.shared.assets import styles
from sottovoce.widgets.shared.sections import Sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.widgets.explorer.job import Job

LONGEST_TITLE = 60


class Choices(Sections):
    """Recordings, questions and words, folded; each title says what is chosen.

    Parameters
    ----------
    recordings, questions, words
        The widgets to choose with.
    """

    def __init__(
        self,
        recordings: ipywidgets.DOMWidget,
        questions: ipywidgets.DOMWidget,
        words: ipywidgets.DOMWidget,
    ) -> None:
        words.add_class("sottovoce-scrolls")
        super().__init__([recordings, questions, words], selected=0)

    def tell(self, recordings: Sequence[str], questions: Sequence[str], words: str) -> None:
        """Say in the titles what is chosen."""
        for place, (kind, chosen) in enumerate(
            (("Recordings", listed(recordings)), ("Questions", listed(questions)), ("Words", words))
        ):
            self.set_title(place, f"{place + 1}  {kind}:  {chosen}")


class Runner(ipywidgets.HBox):
    """Run, Cancel, and how far it is."""

    def __init__(self) -> None:
        self.run = ipywidgets.Button(
            description="Run", icon="play", button_style="primary", tooltip="Ask the model"
        )
        self.cancel = ipywidgets.Button(
            description="Cancel", icon="stop", tooltip="Stop; what is answered already stays"
        )
        self.bar = ipywidgets.IntProgress(layout=ipywidgets.Layout(width="180px"))
        self.told = ipywidgets.Label()
        super().__init__([self.run, self.cancel, self.bar, self.told])
        self.add_class("sottovoce-runner")
        self.rest()

    def follow(self, job: Job) -> None:
        """Show how far a job is."""
        if job.state != "running":
            self.rest()
            return
        self.run.disabled = True
        self.bar.layout.display = ""
        self.cancel.layout.display = ""
        self.cancel.disabled = job.cancelling
        self.bar.max = max(1, job.total)
        self.bar.value = job.done
        asked = f"{job.done} of {job.total} answers" if job.total else ""
        told = "stopping" if job.cancelling else job.stage
        self.told.value = ", ".join(part for part in (told, asked) if part) + " …"

    def tell(self, text: str) -> None:
        """Say something beside the button, as long as nothing is being done."""
        if not self.run.disabled:
            self.told.value = text

    def rest(self) -> None:
        """Show that nothing is being done."""
        self.run.disabled = False
        self.bar.layout.display = "none"
        self.cancel.layout.display = "none"
        self.told.value = ""


class Which(ipywidgets.HBox):
    """Which of the answers is looked at; hidden where there is only one."""

    def __init__(self) -> None:
        self.recordings, self.prompts = (
            ipywidgets.Dropdown(
                description=description,
                layout=ipywidgets.Layout(width="auto", flex="1 1 300px", max_width="480px"),
            )
            for description in ("Recording", "Question")
        )
        super().__init__([self.recordings, self.prompts])
        self.layout.flex_flow = "row wrap"
        self.offer([], [])

    @property
    def chosen(self) -> tuple[str, str] | None:
        """The utterance and the prompt; None if there are none."""
        if self.recordings.value is None or self.prompts.value is None:
            return None
        return self.recordings.value, self.prompts.value

    def offer(self, utterances: Sequence[str], prompts: Sequence[str]) -> None:
        """Offer answers; what was chosen stays if it is among them."""
        for dropdown, names in ((self.recordings, utterances), (self.prompts, prompts)):
            kept = dropdown.value
            if list(dropdown.options) != list(names):
                dropdown.options = list(names)
                if names:
                    dropdown.value = kept if kept in names else names[0]
            dropdown.layout.display = "" if len(names) > 1 else "none"
        self.layout.display = "" if max(len(utterances), len(prompts)) > 1 else "none"


def listed(names: Sequence[str]) -> str:
    """Write names into a title, as many as fit.

    Examples
    --------
    >>> listed(["anna_sad"]), listed([]), listed(["recording"] * 9)
    ('anna_sad', 'none', 'recording, recording, recording and 6 more')
    """
    if not names:
        return "none"
    shown = [str(names[0])[:LONGEST_TITLE]]
    for name in names[1:]:
        if len(", ".join([*shown, str(name)])) > LONGEST_TITLE - 20:
            break
        shown.append(str(name))
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def stylesheet() -> ipywidgets.HTML:
    """Return the styles of the Explorer as a widget without size."""
    sheet = ipywidgets.HTML(f"<style>{styles('explorer/explorer.css')}</style>")
    sheet.layout.display = "none"
    return sheet
