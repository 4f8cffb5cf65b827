"""Shares of many utterances: what plots of a corpus are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.plots.text import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

MOST_NAMED = 6


def check_shares(shares: xr.DataArray) -> xr.DataArray:
    """Return shares with the dimensions (utterance, prompt, emotion), made if there is one.

    Raises
    ------
    ReadoutError
        If it is no such array, has other dimensions, no labels, or nothing in it.
    """
    allowed = ("utterance", "prompt", "emotion")
    dims = getattr(shares, "dims", None)
    if dims is None or not {"emotion"} <= set(dims) <= set(allowed):
        found = f"dimensions {tuple(dims)}" if dims is not None else f"a {type(shares).__name__}"
        raise ReadoutError(
            f"shares must be a DataArray with the dimensions {allowed}, as read_out returns it, of "
            f"which utterance and prompt may be absent; this is {found}"
        )
    for dim in dims:
        if dim not in shares.coords:
            raise ReadoutError(
                f"shares have no labels along {dim}: add them with assign_coords({dim}=[...])"
            )
        if not shares.sizes[dim]:
            raise ReadoutError(f"there is nothing to draw: shares have nothing along {dim}")
    absent = {dim: [""] for dim in allowed if dim not in dims}
    return shares.expand_dims(absent).transpose(*allowed)


def select_prompt(shares: xr.DataArray, prompt: str | None) -> tuple[xr.DataArray, str]:
    """Return the shares to one prompt, dims (utterance, emotion), and the name of the prompt.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several.
    prompt
        May be None where there is only one.

    Raises
    ------
    ReadoutError
        If there is no such prompt, or it was not said which.
    """
    checked = check_shares(shares)
    name = choose(checked, "prompt", prompt)
    at = names(checked, "prompt").index(name)
    return checked.isel(prompt=at, drop=True), name


def choose(array: xr.DataArray, dim: str, given: str | None) -> str:
    """Return the label that was given, or the only one.

    Raises
    ------
    ReadoutError
        If there is no such label, or several and none was given.
    """
    known = names(array, dim)
    if given is None and len(known) == 1:
        return known[0]
    if given is None:
        raise ReadoutError(f"shares have {len(known)} {dim}s: say {dim}= one of {_listed(known)}")
    if given not in known:
        raise ReadoutError(f"{dim}={given!r} is not in the shares; they have {_listed(known)}")
    return given


def choose_emotions(array: xr.DataArray, given: Sequence[str] | None) -> list[str]:
    """Return the emotions that were given, or all.

    Raises
    ------
    ReadoutError
        If one of them is not in the shares.
    """
    chosen = (
        names(array, "emotion") if given is None else [given] if isinstance(given, str) else given
    )
    return [choose(array, "emotion", str(name)) for name in chosen]


def names(array: xr.DataArray, dim: str) -> list[str]:
    """Return the labels along a dimension, as text."""
    return [str(label) for label in array[dim].values.tolist()]


def title_of(shares: xr.DataArray, prompt: str, *more: str) -> str:
    """Return what a plot is about: prompt, the read-out that made the shares, and more."""
    parts = (shortened(prompt, 30), str(shares.attrs.get("readout", "")), *more)
    return "  ·  ".join(filter(None, parts))


def amount(value: float, digits: int = 2) -> str:
    """Return a number with a true minus sign, a dash where there is none.

    Examples
    --------
    >>> amount(-0.081), amount(float("nan"))
    ('−0.08', '–')
    """
    return "–" if np.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def count_of(n: int, out_of: int | None = None) -> str:
    """Return how many utterances there are.

    Examples
    --------
    >>> count_of(1), count_of(5000), count_of(28, out_of=30)
    ('1 utterance', '5,000 utterances', '28 of 30 utterances')
    """
    whole = n if out_of is None else out_of
    of = "" if n == whole else f"{n:,} of "
    return f"{of}{whole:,} utterance{'' if whole == 1 else 's'}"


def _listed(known: list[str]) -> str:
    more = " ..." if len(known) > MOST_NAMED else ""
    return ", ".join(map(repr, known[:MOST_NAMED])) + more
