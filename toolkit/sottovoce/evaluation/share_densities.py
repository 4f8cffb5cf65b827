"""How the shares of an emotion are spread over a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.integrate import trapezoid

from sottovoce.errors import ReadoutError

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

GRID = 401
FEWEST = 5  # values, for a density to mean anything
NARROWEST = 0.01
EVERYTHING = ""
DECIMALS = 4  # shares that are nearer are one to a density


def share_densities(shares: xr.DataArray, *, by: Any = None) -> xr.Dataset:
    """Return the density of each emotion's share over the utterances, whole or by group.

    Parameters
    ----------
    shares
        dims (utterance, emotion), rows that sum to 1 or hold NaN, which are left out.
    by
        Which group an utterance is of: the name of a coordinate along utterance, such as "speaker",
        or a mapping, a Series or a DataArray from utterance to group, such as
        ``corpus.utterances["speaker"]``. Utterances without a group are left out. None for one
        group, called "".

    Returns
    -------
    Dataset
        `density` (group, emotion, share), from 0 to 1 and with an integral of 1, NaN for fewer than
        five utterances; `mean`, `quartile_1`, `median`, `quartile_3` (group, emotion); `n`
        (group), the utterances; `group_of` (utterance), the group of each that is in one. Groups
        are sorted. The attribute `n_left_out` counts those with shares and without a group.

    Raises
    ------
    ReadoutError
        If the dims are others, there is no such coordinate, or no utterance has shares and a group.

    Notes
    -----
    Gaussian kernels with Silverman's bandwidth, 0.01 at least. What a kernel would put below 0 or
    above 1 is reflected back, since no share lies there; a density cut off at 0 and 1 instead would
    lose mass exactly where most shares are.

    References
    ----------
    B. W. Silverman, "Density estimation for statistics and data analysis", 1986, sections 2.10 and
    3.4.2.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.7, 0.3], [0.5, 0.5]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcde"), "emotion": ["angry", "sad"]},
    ... )
    >>> result = share_densities(shares)
    >>> result["mean"].values.round(2)
    array([[0.7, 0.3]])
    >>> result["density"].integrate("share").values.round(3)
    array([[1., 1.]])
    """
    if not isinstance(shares, xr.DataArray) or set(shares.dims) != {"utterance", "emotion"}:
        raise ReadoutError("shares must be a DataArray with the dimensions (utterance, emotion)")
    shares = shares.transpose("utterance", "emotion")
    known = np.asarray(~np.isnan(shares.values.astype(np.float64)).any(axis=1))
    groups = _groups(shares, by)
    chosen = known & groups.notna().to_numpy()
    if not chosen.any():
        raise ReadoutError(
            f"no utterance has both shares and a group: {int(known.sum())} of {len(known)} have "
            f"shares, {int(groups.notna().sum())} have a group"
        )
    values = shares.values[chosen].astype(np.float64)
    names, member = np.unique(groups[chosen].to_numpy(dtype=str), return_inverse=True)
    parts = [values[member == i] for i in range(len(names))]
    grid = np.linspace(0.0, 1.0, GRID)
    density = [[_density(column, grid) for column in part.T] for part in parts]
    quartiles = np.stack([np.quantile(part, [0.25, 0.5, 0.75], axis=0) for part in parts], axis=1)
    over = ("group", "emotion")
    return xr.Dataset(
        {
            "density": ((*over, "share"), np.array(density)),
            "mean": (over, np.array([part.mean(axis=0) for part in parts])),
            "quartile_1": (over, quartiles[0]),
            "median": (over, quartiles[1]),
            "quartile_3": (over, quartiles[2]),
            "n": ("group", [len(part) for part in parts]),
            "group_of": ("utterance", names[member]),
        },
        coords={
            "utterance": groups.index[chosen].to_numpy(dtype=str),
            "group": names,
            "emotion": shares["emotion"].values.astype(str),
            "share": grid,
        },
        attrs={"n_left_out": int(known.sum() - chosen.sum())},
    )


def _groups(shares: xr.DataArray, by: Any) -> pd.Series[Any]:
    """Return each utterance's group as text, None where it has none."""
    utterances = [str(name) for name in shares["utterance"].values.tolist()]
    if by is None:
        return pd.Series(EVERYTHING, index=utterances, dtype=object)
    if isinstance(by, str):
        along = [str(n) for n, c in shares.coords.items() if c.dims == ("utterance",)]
        if by not in along or by == "utterance":
            options = ", ".join(repr(name) for name in along if name != "utterance") or "none"
            raise ReadoutError(
                f"by={by!r} is no coordinate along utterance of these shares; there are: "
                f"{options}. A mapping from utterance to group does as well."
            )
        by = shares[by]
    if isinstance(by, xr.DataArray) and by.dims == ("utterance",):
        by = dict(zip(by["utterance"].values.tolist(), by.values.tolist(), strict=True))
    if not hasattr(by, "items"):
        raise ReadoutError(
            f"by is a {type(by).__name__}, but must be the name of a coordinate, or a mapping or "
            "Series from utterance to group"
        )
    told = {str(name): group for name, group in by.items()}
    found = [told.get(name) for name in utterances]
    return pd.Series(
        [None if pd.isna(group) or not str(group) else str(group) for group in found],
        index=utterances,
        dtype=object,
    )


def _density(values: FloatArray, grid: FloatArray) -> FloatArray:
    """Return the density at the grid's points, with the mass outside 0 to 1 reflected into it."""
    if len(values) < FEWEST:
        return np.full(len(grid), np.nan)
    quartile_1, quartile_3 = np.quantile(values, [0.25, 0.75])
    spreads = (values.std(ddof=1), (quartile_3 - quartile_1) / 1.34)
    spread = min((spread for spread in spreads if spread > 0), default=0.0)
    width = max(0.9 * spread * len(values) ** -0.2, NARROWEST)
    centres, counts = np.unique(values.round(DECIMALS), return_counts=True)
    density = np.zeros(len(grid))
    for reflected in (centres, -centres, 2.0 - centres):
        density += np.exp(-0.5 * ((grid[:, None] - reflected) / width) ** 2) @ counts
    # What the second reflections would hold, next to nothing, the division gives back.
    return np.asarray(density / trapezoid(density, grid))
