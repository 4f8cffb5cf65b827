"""Which read-out, over which steps: what may be changed without asking the model again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from sottovoce.readout import READOUTS
from sottovoce.widgets.shared.readings import ALL_STEPS, NAMED_STEPS, STEPPED, check_readout

if TYPE_CHECKING:
    from collections.abc import Mapping

RANGE = "range"
DRAGGED = "the steps between the two handles"

#: What a read-out reads, in a few words.
READOUT_LABELS: Mapping[str, str] = {
    "answer_step": "where the answer names an emotion",
    "mean_logprob": "mean of log-probabilities",
    "mean_prob": "mean of probabilities",
    "mean_logit": "mean of raw logits, softmax",
    "ratio": "mean logits over their sum",
    "expected_percentage": "the percentage it would state",
    "expected_share": "all named emotions, by their number",
    "text": "only the words of the answer",
}
#: The same in a sentence.
READOUT_TEXTS: Mapping[str, str] = {
    "answer_step": "The model's distribution over the emotions, at the one step where its answer "
    "names one.",
    "mean_logprob": "Log-probabilities averaged over the chosen steps, then normalised. Steps at "
    "which no emotion is likely count as much as the others.",
    "mean_prob": "Probabilities added up over the chosen steps: a step counts by how likely an "
    "emotion's word is there.",
    "mean_logit": "Raw logits averaged over each emotion's tokens and the chosen steps, then "
    "softmax.",
    "ratio": "Mean raw logits divided by their sum. No true distribution, since it depends on a "
    "constant that means nothing; only to compare.",
    "expected_percentage": "The mean of the percentages that were weighed after each emotion. For "
    "questions that ask for percentages.",
    "expected_share": "The distributions at all steps that name an emotion, each weighted by the "
    "number stated for it. For questions that ask for percentages.",
    "text": "What the written answer states, and nothing of what was weighed under it.",
}
STEP_TEXTS: Mapping[str, str] = {
    "all": "all steps",
    "emotion": "those that name an emotion",
    "percentage": "those that write a percentage",
    "emotion+percentage": "emotions and percentages",
    "answer": "the one that names the first emotion",
    RANGE: DRAGGED,
}


class ReadoutControls(ipywidgets.VBox):
    """Two dropdowns and a sentence about the read-out.

    Attributes
    ----------
    readout : str
        One of :data:`sottovoce.readout.READOUTS`.
    steps : str or tuple of int
        A name, or the first and the last step of a range, both within it.

    Examples
    --------
    >>> controls = ReadoutControls()
    >>> controls.options
    {}
    >>> controls.set(readout="mean_prob", steps=(1, 3))
    >>> controls.options
    {'steps': slice(1, 4, None)}
    """

    readout = traitlets.Enum(READOUTS, default_value=READOUTS[0])
    steps = traitlets.Union(
        [traitlets.Enum(NAMED_STEPS), traitlets.Tuple(traitlets.Int(), traitlets.Int())],
        default_value=ALL_STEPS,
    )

    def __init__(self) -> None:
        self._range = (0, 0)
        self._setting = False

        def wide() -> ipywidgets.Layout:
            return ipywidgets.Layout(width="auto", flex="1 1 300px", max_width="480px")

        self.readouts = ipywidgets.Dropdown(
            options=[(f"{name}: {READOUT_LABELS[name]}", name) for name in READOUTS],
            description="Read-out",
            layout=wide(),
        )
        self.step_choice = ipywidgets.Dropdown(
            options=[(text, name) for name, text in STEP_TEXTS.items()],
            description="Steps",
            layout=wide(),
        )
        self.told = ipywidgets.HTML().add_class("sottovoce-told")
        self.row = ipywidgets.HBox([self.readouts, self.step_choice])
        self.row.layout.flex_flow = "row wrap"
        super().__init__([self.row, self.told])
        self.add_class("sottovoce-readout")
        self.readouts.observe(self._chosen, "value")
        self.step_choice.observe(self._chosen, "value")
        self._tell()

    @property
    def takes_steps(self) -> bool:
        """Whether the read-out may be told which steps to take."""
        return self.readout in STEPPED

    @property
    def options(self) -> dict[str, Any]:
        """The options for :func:`sottovoce.read_out`."""
        if not self.takes_steps:
            return {}
        if isinstance(self.steps, str):
            return {"steps": self.steps}
        return {"steps": slice(self.steps[0], self.steps[1] + 1)}

    def set(self, readout: str | None = None, steps: Any = None) -> None:
        """Choose; what is None stays.

        Parameters
        ----------
        readout
            One of :data:`sottovoce.readout.READOUTS`.
        steps
            A name, or the first and the last step of a range.

        Raises
        ------
        ReadoutError
            If there is no such read-out, or the steps are neither a name nor positions.
        """
        steps = self.steps if steps is None else steps
        name, checked = check_readout(self.readout if readout is None else readout, steps)
        if not isinstance(checked, str):
            checked = (checked[0], checked[-1])  # type: ignore[assignment]
            self._range = checked  # type: ignore[assignment]
        with self.hold_trait_notifications():
            self.readout, self.steps = name, checked
        self._tell()

    def drag(self, first: int, last: int) -> None:
        """Take a range that was dragged in the view, if the read-out takes steps."""
        self._range = (first, last)
        if self.takes_steps:
            self.set(steps=(first, last))

    def _chosen(self, _change: Any) -> None:
        if not self._setting:
            steps = self.step_choice.value
            self.set(self.readouts.value, self._range if steps == RANGE else steps)

    def _tell(self) -> None:
        """Show in the dropdowns what is chosen."""
        self._setting = True
        self.readouts.value = self.readout
        self.step_choice.value = self.steps if isinstance(self.steps, str) else RANGE
        self.step_choice.layout.display = "" if self.takes_steps else "none"
        self._setting = False
        self.told.value = READOUT_TEXTS[self.readout]
