"""Compare: two recordings, prompts, models or read-outs side by side, with the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets
import traitlets

from sottovoce.errors import RunError, SottovoceError, require_one_of
from sottovoce.evaluation import js_divergence
from sottovoce.widgets.compare.comparison import PARTS, SIDES, Comparison
from sottovoce.widgets.compare.still import (
    compare_code,
    compare_figure,
    compare_html,
    compare_table,
)
from sottovoce.widgets.shared.assets import javascript, styles
from sottovoce.widgets.shared.guard import guarded
from sottovoce.widgets.shared.messages import Messages
from sottovoce.widgets.shared.still import ShowCode, StillOutput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import xarray as xr
    from matplotlib.figure import Figure

    from sottovoce.corpora import Corpus
    from sottovoce.markup import Markup


class CompareView(anywidget.AnyWidget):
    """The dropdowns of both sides and the drawing; what is chosen comes as a message."""

    _esm = javascript("shared/elements.js", "shared/colors.js", "compare/compare.js")
    _css = styles("shared/theme.css", "compare/compare.css")
    choices = traitlets.Dict().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)


class Compare(StillOutput, ipywidgets.VBox):
    """Two distributions over the emotions side by side, and where they differ.

    Parameters
    ----------
    run
        A run, or a mapping from labels to runs, for example of two models.
    corpus
        Its votes are drawn beside the shares, where it has the recording.
    left, right
        What each side shows: a mapping with any of "run" (the label), "utterance", "prompt",
        "readout" and "steps" (a name, or positions from 0). What is left out is that of the first
        answer; the right side then differs in its run, else its prompt, else its read-out.
    same
        Parts that are kept the same on both sides; by default the recording, if it is.

    Attributes
    ----------
    left, right : dict
        What each side shows, always with all parts. When it is assigned, what is left out stays.
    same : list of str
        Parts in which the sides follow each other.

    Raises
    ------
    RunError
        If a run, recording or prompt is not there.
    ReadoutError
        If there is no such read-out, or a run does not allow it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, ["one_word", "percentages"], progress=False)
    >>> compare = Compare(run, left={"readout": "answer_step"}, right={"readout": "text"})
    >>> compare.shares.dims, compare.difference.dims
    (('side', 'emotion'), ('emotion',))
    >>> compare.right = {"prompt": "percentages"}
    >>> compare.right["readout"], compare.right["prompt"]
    ('text', 'percentages')
    """

    left = traitlets.Dict()
    right = traitlets.Dict()
    same = traitlets.List(traitlets.Unicode())

    def __init__(
        self,
        run: xr.Dataset | Mapping[str, xr.Dataset],
        corpus: Corpus | None = None,
        *,
        left: Mapping[str, Any] | None = None,
        right: Mapping[str, Any] | None = None,
        same: Iterable[str] | None = None,
    ) -> None:
        self.comparison = Comparison(run, corpus)
        first = self.comparison.changed(self.comparison.first(), left or {})
        differing = self.comparison.other(first) if not right else {}
        second = self.comparison.changed(first, {**differing, **(right or {})})
        self.view = CompareView(choices=self.comparison.choices)
        self.messages = Messages()
        self._show_code = ShowCode(self)
        self._turn = 0
        super().__init__([self.view, self.messages, self._show_code])
        self.set_trait("left", first)
        self.set_trait("right", second)
        agreeing = ["utterance"] if first["utterance"] == second["utterance"] else []
        self.same = agreeing if same is None else list(same)
        self.observe(self._follow, [*SIDES, "same"])
        self.view.on_msg(self._heard)
        self._follow({"name": "left"})

    @property
    def runs(self) -> Mapping[str, xr.Dataset]:
        """The runs by their labels."""
        return self.comparison.runs

    @property
    def run(self) -> xr.Dataset | None:
        """The run, if there is only one."""
        return next(iter(self.runs.values())) if len(self.runs) == 1 else None

    @property
    def shares(self) -> xr.DataArray:
        """The shares of both sides, dims (side, emotion), with what they show along side.

        NaN where a side has no shares, or does not know an emotion that the other one knows.
        """
        return self.comparison.shares(self.left, self.right)

    @property
    def difference(self) -> xr.DataArray:
        """The right side's shares less the left side's, dims (emotion).

        In shares, so that -1 to 1 is possible; what is drawn are points, a hundred times that.
        """
        shares = self.shares
        difference = shares.sel(side="right", drop=True) - shares.sel(side="left", drop=True)
        kept = difference.reset_coords(drop=True).rename("difference")
        return kept.assign_attrs(long_name="share right less share left", units="1")

    @property
    def js(self) -> float:
        """The Jensen-Shannon divergence of the two sides, in bits; NaN where there is none."""
        left, right = self.shares.values
        return float(js_divergence(left, right))

    @property
    def reference(self) -> xr.DataArray | None:
        """The listeners' distribution, dims (side, emotion); None without a corpus."""
        return self.comparison.reference(self.shares)

    def code(self) -> str:
        """Return the Python that makes the shares, the difference and the divergence."""
        return compare_code(self.comparison, self.left, self.right)

    def to_figure(self) -> Figure:
        """Return both sides and the difference as a matplotlib figure."""
        return compare_figure(self.state())

    def to_html(self) -> str:
        """Return both sides and the difference as one page that needs no kernel."""
        return compare_html(self.state())

    def still(self) -> Markup:
        """Return the numbers as a table."""
        return compare_table(self.state())

    def state(self) -> dict[str, Any]:
        """Return what is drawn as plain numbers and texts, None for what is missing."""
        return self.comparison.state(self.left, self.right)

    @traitlets.validate("left", "right")  # type: ignore[untyped-decorator]
    def _valid_side(self, proposal: Any) -> dict[str, Any]:
        known = getattr(self, proposal["trait"].name) or proposal["value"]
        return self.comparison.changed(known, proposal["value"])

    @traitlets.validate("same")  # type: ignore[untyped-decorator]
    def _valid_same(self, proposal: Any) -> list[str]:
        for part in proposal["value"]:
            require_one_of("same", part, PARTS, RunError)
        return [part for part in PARTS if part in proposal["value"]]

    def _follow(self, change: Any) -> None:
        """Let the other side follow in what is the same, and draw."""
        leader, other = ("right", "left") if change["name"] == "right" else SIDES
        lead, follow = getattr(self, leader), getattr(self, other)
        together = {part: lead[part] for part in self.same if follow[part] != lead[part]}
        if not together:
            self.messages.clear()
            self._draw()
            return
        try:
            setattr(self, other, together)  # which comes here again, and draws
        except SottovoceError as error:
            self.same = [part for part in self.same if part not in together]
            self.messages.warning(f"The {other} side does not follow any more: {error}")

    @guarded
    def _heard(self, _view: Any, content: Any, _buffers: Any) -> None:
        """Take what was chosen in the browser; what cannot be is told, and taken back there."""
        try:
            part, value = content["part"], content["value"]
            if content["kind"] == "same":
                others = [name for name in self.same if name != part]
                self.same = [*others, part] if value else others
            else:
                require_one_of("side", content["side"], SIDES, RunError)
                setattr(self, content["side"], {part: value})
        except SottovoceError:
            self._draw()
            raise

    def _draw(self) -> None:
        # A turn of its own for each, so that a choice that was refused goes back in the browser.
        self._turn += 1
        self.view.shown = {**self.state(), "same": list(self.same), "turn": self._turn}
        self._show_code.refresh()
