"""Layers by positions: the columns that the map of layers draws, of a lens or of patching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ExplanationError
from sottovoce.plots.shares import choose

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Columns:
    """What is drawn.

    Parameters
    ----------
    values
        Shape (layer, column).
    labels
        Of the columns.
    breaks
        Columns before which a gap is drawn.
    emotion
        Whose share it is.
    signed
        Whether the values may be negative, as what is carried over may.
    meaning
        What the values are.
    """

    values: np.ndarray
    labels: list[str]
    breaks: list[int]
    emotion: str
    signed: bool
    meaning: str


def select_columns(found: xr.Dataset, emotion: str | None) -> Columns:
    """Return the columns of a lens or of patching.

    Raises
    ------
    ExplanationError
        If it is neither, or an emotion is asked for that was not carried over.
    ReadoutError
        If there is no such emotion.
    """
    if "share" not in getattr(found, "data_vars", ()) or "layer" not in found["share"].dims:
        raise ExplanationError("found must come from sottovoce.explain.layer_lens or patch_layers")
    target = str(found.attrs["target"])
    name = choose(found["share"], "emotion", emotion or target)
    part = found["part"].values.astype(str)
    if "recovered" in found:
        if name != target:
            raise ExplanationError(
                f"emotion={name!r}: what was carried over is {target!r}; draw that, or patch again"
            )
        middle = (found["start"].values + found["end"].values) / 2
        labels = [
            f"{at:.1f}" if kind == "sound" else kind for kind, at in zip(part, middle, strict=True)
        ]
        meaning = f"part of {name} that is carried over"
        values = found["recovered"].transpose("layer", "position").values
        return Columns(values, labels, [int((part == "sound").sum())], name, True, meaning)
    share = found["share"].sel(emotion=name).transpose("layer", "position").values
    sound = np.flatnonzero(part == "sound")
    rest = [share[:, part == kind].mean(axis=1) for kind in ("question", "answer")]
    values = np.column_stack([share[:, sound], *rest])
    second = found["second"].values[sound]
    every = max(1, round(len(sound) / 8))
    labels = [f"{at:.1f}" if place % every == 0 else "" for place, at in enumerate(second)]
    return Columns(
        values,
        [*labels, "question", "answer"],
        [len(sound), len(sound) + 1],
        name,
        False,
        f"share of {name}",
    )
