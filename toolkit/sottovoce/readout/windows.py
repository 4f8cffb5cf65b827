"""pool_windows: from the windows of a long recording to the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.errors import ReadoutError

if TYPE_CHECKING:
    from collections.abc import Collection

# What is the same for every window of a recording.
_OF_THE_RECORDING = ("recording", "speaker", "path")


def pool_windows(shares: xr.DataArray, recordings: Collection[str] | None = None) -> xr.DataArray:
    """Return one row for each recording: the mean of the shares of its windows.

    Votes belong to whole recordings, and a recording longer than the model hears was captured in
    windows of equal length. The mean is the linear opinion pool over them; windows without shares
    do not count.

    Parameters
    ----------
    shares
        From :func:`read_out`, dims (utterance, prompt, emotion), with the coordinate recording.
    recordings
        Pool only these; by default all that have several windows.

    Returns
    -------
    DataArray
        The same dims. A pooled recording stands in the place of its first window, under its own
        name; utterances that were not pooled are as they were. The attribute ``n_windows_pooled``
        counts the windows.

    Raises
    ------
    ReadoutError
        If the shares do not tell which recording an utterance is a window of.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[[1.0, 0.0]], [[0.5, 0.5]], [[0.2, 0.8]]],
    ...     dims=("utterance", "prompt", "emotion"),
    ...     coords={
    ...         "utterance": ["talk@0.0s", "talk@6.0s", "cry"],
    ...         "prompt": ["one_word"],
    ...         "emotion": ["happy", "sad"],
    ...         "recording": ("utterance", ["talk", "talk", "cry"]),
    ...     },
    ... )
    >>> pool_windows(shares).sel(prompt="one_word").to_pandas()
    emotion    happy   sad
    utterance
    talk        0.75  0.25
    cry         0.20  0.80
    """
    if "recording" not in shares.coords or shares["recording"].dims != ("utterance",):
        raise ReadoutError(
            "these shares do not tell which recording each utterance is a window of. Give shares "
            "from read_out, which carry the coordinate recording."
        )
    wholes = np.array([str(name) for name in shares["recording"].values])
    names = np.array([str(name) for name in shares["utterance"].values])
    pooled = set(wholes if recordings is None else recordings) & set(wholes[names != wholes])
    groups = np.where(np.isin(wholes, sorted(pooled)), wholes, names)
    if not pooled:
        return shares
    ordered, first, place = np.unique(groups, return_index=True, return_inverse=True)
    order = np.argsort(first)
    values = shares.transpose("utterance", "prompt", "emotion").values
    known = ~np.isnan(values).any(axis=-1, keepdims=True)
    total = np.zeros((len(ordered), *values.shape[1:]))
    n_known = np.zeros((len(ordered), values.shape[1], 1))
    np.add.at(total, place, np.where(known, values, 0.0))
    np.add.at(n_known, place, known)
    means = np.full_like(total, np.nan)
    np.divide(total, n_known, out=means, where=n_known > 0)
    coords = {
        name: coordinate
        for name, coordinate in shares.coords.items()
        if "utterance" not in coordinate.dims
    }
    of_recordings = {
        name: ("utterance", shares[name].values[first[order]])
        for name in _OF_THE_RECORDING
        if name in shares.coords
    }
    return xr.DataArray(
        means[order],
        dims=("utterance", "prompt", "emotion"),
        coords={**coords, **of_recordings, "utterance": ordered[order]},
        name=shares.name,
        attrs=shares.attrs | {"n_windows_pooled": int(np.isin(groups, sorted(pooled)).sum())},
    )
