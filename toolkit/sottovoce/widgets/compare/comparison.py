"""What Compare shows: two sides chosen from runs, their shares, and what is drawn of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.dataset import check_run
from sottovoce.errors import RunError, require_one_of
from sottovoce.evaluation import js_divergence, reference_distribution
from sottovoce.plots.style import concept_colors
from sottovoce.widgets.shared.readings import (
    ALL_STEPS,
    NAMED_STEPS,
    STEPPED,
    Readings,
    check_label,
    check_readout,
    readout_choices,
)
from sottovoce.widgets.shared.sendable import number

if TYPE_CHECKING:
    from sottovoce.corpora import Corpus

Side = dict[str, Any]

SIDES = ("left", "right")
#: What a side is: which run, recording, prompt and read-out, and the steps that it takes.
PARTS = ("run", "utterance", "prompt", "readout", "steps")
ONE_RUN = "run"


class Comparison:
    """Runs of which any two answers can be compared, and the listeners' votes.

    Parameters
    ----------
    run
        A run, or a mapping from labels to runs.
    corpus
        With votes on the recordings, or None.

    Raises
    ------
    RunError
        If there is no run, or one that is none or empty.
    """

    def __init__(self, run: xr.Dataset | Mapping[str, xr.Dataset], corpus: Corpus | None) -> None:
        self.runs = _as_runs(run)
        self.corpus = corpus
        self._readings = {label: Readings(each) for label, each in self.runs.items()}
        self._reference = None if corpus is None else reference_distribution(corpus)

    @property
    def choices(self) -> dict[str, Any]:
        """What there is to choose from, for dropdowns."""
        return {
            "runs": [
                {"name": label, **{d: run[d].values.tolist() for d in ("utterance", "prompt")}}
                for label, run in self.runs.items()
            ],
            "readouts": readout_choices(),
            "steps": list(NAMED_STEPS),
        }

    def first(self) -> Side:
        """Return the side that is shown where nothing was said: the first that has an answer."""
        label, run = next(iter(self.runs.items()))
        heard = np.flatnonzero((run["status"] == "ok").all("prompt").values)
        return {
            "run": label,
            "utterance": str(run["utterance"].values[heard[0] if heard.size else 0]),
            "prompt": str(run["prompt"].values[0]),
            "readout": "answer_step",
            "steps": ALL_STEPS,
        }

    def other(self, side: Side) -> Side:
        """Return what is worth comparing with a side: another run, else prompt, else read-out."""
        labels = [label for label in self.runs if label != side["run"]]
        prompts = self.runs[side["run"]]["prompt"].values
        others = [str(name) for name in prompts if name != side["prompt"]]
        if labels:
            return {"run": labels[0]}
        if others:
            return {"prompt": others[0]}
        return {"readout": "text" if side["readout"] != "text" else "answer_step"}

    def changed(self, side: Mapping[str, Any], change: Mapping[str, Any]) -> Side:
        """Return a side with a change made.

        Parameters
        ----------
        side
            With all parts.
        change
            With those that are to be others. In another run, a recording or prompt that it lacks
            becomes its first one, unless it was asked for.

        Raises
        ------
        RunError, ReadoutError
            If there is no such thing, or the run does not allow the read-out.
        """
        for part in change:
            require_one_of("part of a side", part, PARTS, RunError)
        new = {**side, **change}
        require_one_of("run", new["run"], self.runs, RunError)
        run = self.runs[new["run"]]
        for dim in ("utterance", "prompt"):
            if dim not in change and new[dim] not in run.indexes[dim]:
                new[dim] = run[dim].values[0]
            new[dim] = check_label(run, dim, new[dim])
        new["readout"], new["steps"] = check_readout(new["readout"], new["steps"])
        self._readings[new["run"]].shares(new["readout"], new["steps"])
        return {part: new[part] for part in PARTS}

    def shares(self, left: Side, right: Side) -> xr.DataArray:
        """Return the shares of both sides, dims (side, emotion)."""
        rows = [self._row(side) for side in (left, right)]
        emotions = list(dict.fromkeys(name for row in rows for name in row))
        return xr.DataArray(
            [[row.get(name, np.nan) for name in emotions] for row in rows],
            dims=("side", "emotion"),
            coords={
                "side": list(SIDES),
                "emotion": emotions,
                **{part: ("side", [in_words(left[part]), in_words(right[part])]) for part in PARTS},
            },
            name="shares",
            attrs={"long_name": "share of the emotion", "units": "1"},
        )

    def reference(self, shares: xr.DataArray) -> xr.DataArray | None:
        """Return the listeners' distribution for each side; None without a corpus."""
        if self._reference is None:
            return None
        placed = self._reference.reindex(
            utterance=shares["utterance"].values, emotion=shares["emotion"].values
        )
        return shares.copy(data=placed.values).rename("reference").assign_attrs(self._about())

    def state(self, left: Side, right: Side) -> dict[str, Any]:
        """Return what is drawn as plain numbers and texts, None for what is missing."""
        shares = self.shares(left, right)
        reference = self.reference(shares)
        names = [str(name) for name in shares["emotion"].values]
        colors = concept_colors(names)
        rows = dict(zip(SIDES, shares.values, strict=True))
        difference = rows["right"] - rows["left"]
        emotions = [
            {
                "name": name,
                "color": colors[name],
                "left": number(rows["left"][i]),
                "right": number(rows["right"][i]),
                "difference": number(difference[i]),
            }
            for i, name in enumerate(names)
        ]
        state: dict[str, Any] = {
            "emotions": emotions,
            "js": number(js_divergence(rows["left"], rows["right"])),
            "note": self._note(left, right),
            "reference": reference is not None,
        }
        for place, (side, parts, other) in enumerate(
            zip(SIDES, (left, right), (right, left), strict=True)
        ):
            heard = None if reference is None else reference.values[place]
            state[side] = {
                "parts": parts,
                "title": _title(parts, other) or side,
                "listeners": None if heard is None else [number(share) for share in heard],
                "js_listeners": None if heard is None else number(js_divergence(rows[side], heard)),
                **self._answer(parts, rows[side]),
            }
        return state

    def _row(self, side: Side) -> dict[str, float]:
        shares = self._readings[side["run"]].shares(side["readout"], side["steps"])
        at = {dim: shares.indexes[dim].get_loc(side[dim]) for dim in ("utterance", "prompt")}
        names = map(str, shares["emotion"].values)
        return dict(zip(names, shares.isel(at).values.astype(float).tolist(), strict=True))

    def _answer(self, side: Side, shares: np.ndarray) -> dict[str, str]:
        run = self.runs[side["run"]]
        at = {dim: run.indexes[dim].get_loc(side[dim]) for dim in ("utterance", "prompt")}
        status, told, answer = (
            str(run[name].isel(at).item()) for name in ("status", "message", "answer")
        )
        if status != "ok":
            return {"answer": "", "message": told or "This recording has no answer."}
        unread = f"The read-out {side['readout']} finds nothing to read in this answer."
        return {"answer": answer, "message": unread if np.isnan(shares).all() else ""}

    def _note(self, left: Side, right: Side) -> str:
        alone = sorted(set(self._row(left)) ^ set(self._row(right)))
        if not alone:
            return ""
        return f"Only one side knows {', '.join(alone)}: the two have no divergence."

    def _about(self) -> dict[str, str]:
        return {"long_name": "share of the listeners' votes", "units": "1"}


def in_words(value: str | list[int]) -> str:
    """Return a part of a side as text.

    Examples
    --------
    >>> in_words("answer"), in_words([0, 2])
    ('answer', '0, 2')
    """
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _title(side: Side, other: Side) -> str:
    """Return what tells a side from the other; steps do where a read-out takes them."""
    parts = [part for part in PARTS if part != "steps" or side["readout"] in STEPPED]
    return " · ".join(in_words(side[part]) for part in parts if side[part] != other[part])


def _as_runs(run: Any) -> dict[str, xr.Dataset]:
    runs = {ONE_RUN: run} if isinstance(run, xr.Dataset) else run
    if not isinstance(runs, Mapping) or not runs:
        raise RunError(
            f"run is a {type(run).__name__}, but must be a run, or a mapping from labels to runs "
            "with at least one in it"
        )
    for label, each in runs.items():
        check_run(each)
        if not each.sizes["utterance"] or not each.sizes["prompt"]:
            raise RunError(f"the run {str(label)!r} is empty: it has no recording or no prompt")
    return {str(label): each for label, each in runs.items()}
