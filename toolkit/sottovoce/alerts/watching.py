"""When a rule raises its alert: over windows that are all there, and over windows as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.alerts.rule import as_rule
from sottovoce.errors import AlertError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from sottovoce.alerts.rule import BoolArray, Rule


class Watch:
    """A rule that is held against one window after another.

    Parameters
    ----------
    rule
        The rule, or its text.
    emotions
        What the shares are of.

    Raises
    ------
    AlertError
        If the rule is about an emotion that is not among them.

    Examples
    --------
    >>> watch = Watch("angry above .6 for two windows running", ["angry", "sad"])
    >>> [watch.see([angry, 1 - angry]) for angry in (0.7, 0.8, 0.9, 0.1, 0.7, 0.7)]
    [False, True, False, False, False, True]
    """

    def __init__(self, rule: Rule | str, emotions: Sequence[str]) -> None:
        self.rule = as_rule(rule)
        self.emotions = [str(name) for name in emotions]
        self.running = 0
        self.rule.holds(np.full(len(self.emotions), np.nan), self.emotions)  # refuses what is not

    def see(self, shares: npt.ArrayLike | None) -> bool:
        """Return whether this window raises the alert.

        Parameters
        ----------
        shares
            Shape (emotion,); None, or NaN, where the window has none.
        """
        held = shares is not None and bool(self.rule.holds(shares, self.emotions))
        self.running = self.running + 1 if held else 0
        return self.running == self.rule.windows

    def measured(self, shares: npt.ArrayLike) -> dict[str, float]:
        """Return what each condition is about -> its value."""
        return {
            " + ".join(one.signal): float(one.measure(shares, self.emotions))
            for one in self.rule.conditions
        }


def running_length(held: BoolArray, first: BoolArray) -> npt.NDArray[np.int64]:
    """Return for how many windows running something has held.

    Parameters
    ----------
    held
        Shape (..., window), in the order of time.
    first
        Shape (window,): where a recording begins, and so no row goes on.

    Returns
    -------
    ndarray
        Shape (..., window); 0 where it does not hold.

    Examples
    --------
    >>> held = np.array([True, True, False, True, True])
    >>> running_length(held, np.array([True, False, False, False, True]))
    array([1, 2, 0, 1, 1])
    """
    place = np.arange(held.shape[-1])
    broken = np.where(held, np.where(first, place - 1, -1), place)
    return np.asarray(place - np.maximum.accumulate(broken, axis=-1))


def apply_rule(rule: Rule | str, shares: xr.DataArray) -> xr.Dataset:
    """Hold a rule against shares.

    Parameters
    ----------
    rule
        The rule, or its text.
    shares
        From :func:`sottovoce.read_out`: dims (utterance, emotion), and prompt if there are several.
        With the coordinates `recording` and `start` the windows of a recording are a row; without
        them every utterance stands alone.

    Returns
    -------
    Dataset
        Along utterance, and prompt: `holds`, where the conditions do; `on`, where they have done so
        in enough windows running; `raised`, where the alert is raised, at the beginning of `on`.
        In the order of the shares. The attribute `rule` is its text.

    Raises
    ------
    AlertError
        If the rule is about an emotion that the shares lack, or asks for more windows running than
        any recording has.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[0.7, 0.3], [0.8, 0.2], [0.9, 0.1], [0.7, 0.3]],
    ...     dims=("utterance", "emotion"),
    ...     coords={
    ...         "utterance": ["a@0.0s", "a@2.0s", "a@4.0s", "b@0.0s"],
    ...         "emotion": ["angry", "sad"],
    ...         "recording": ("utterance", ["a", "a", "a", "b"]),
    ...         "start": ("utterance", [0.0, 2.0, 4.0, 0.0]),
    ...     },
    ... )
    >>> apply_rule("angry above .6 for 2 windows running", shares)["raised"].values
    array([False,  True, False, False])
    """
    rule = as_rule(rule)
    order, first = sequence(shares)
    require_enough_windows(rule, first)
    placed = shares.transpose(..., "utterance", "emotion")
    emotions = [str(name) for name in shares["emotion"].values]
    holds = rule.holds(placed.values, emotions)
    running = np.empty(holds.shape, dtype=np.int64)
    running[..., order] = running_length(holds[..., order], first)
    rows = placed.isel(emotion=0, drop=True).drop_attrs()
    whole = xr.Dataset(
        {
            "holds": rows.copy(data=holds),
            "on": rows.copy(data=running >= rule.windows),
            "raised": rows.copy(data=running == rule.windows),
        },
        attrs={"rule": str(rule)},
    )
    return whole.transpose(*(dim for dim in shares.dims if dim != "emotion"))


def sequence(shares: xr.DataArray) -> tuple[npt.NDArray[np.intp], BoolArray]:
    """Return the order of the windows in time, recording by recording, and where one begins."""
    n = shares.sizes["utterance"]
    if not {"recording", "start"} <= set(shares.coords):
        return np.arange(n), np.ones(n, dtype=bool)
    recording = shares["recording"].values.astype(str)
    _, of = np.unique(recording, return_inverse=True)
    order = np.lexsort((shares["start"].values.astype(float), of))
    of = of[order]
    return order, np.append([True], of[1:] != of[:-1])[:n]


def require_enough_windows(rule: Rule, first: Any) -> None:
    """Refuse a rule that asks for more windows running than there are in any recording."""
    starts = np.flatnonzero(first)
    longest = int(np.diff(np.append(starts, len(first))).max(initial=0))
    if rule.windows > longest:
        raise AlertError(
            f"rule {str(rule)!r} needs {rule.windows} windows of a recording, and none here has "
            f"more than {longest}. Capture windows of longer recordings (sottovoce.audio.windows), "
            "or ask for fewer windows running."
        )
