"""Ensembles: the shares of several prompts or read-outs put into one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import xarray as xr
from scipy.optimize import minimize
from scipy.special import softmax

from sottovoce.errors import ReadoutError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

Pool = Literal["mean", "log_mean"]
# What a member gives to an emotion is at least this, or a single zero would rule it out for all.
FLOOR = 1e-3


def combine(
    shares: xr.DataArray | Mapping[str, xr.DataArray],
    how: Pool = "mean",
    *,
    weights: Sequence[float] | Mapping[str, float] | None = None,
) -> xr.DataArray:
    """Pool the shares of several prompts, or of several read-outs.

    Parameters
    ----------
    shares
        With the dim prompt, over which is pooled; or a mapping from a name to shares of the same
        dims, whose members are pooled.
    how
        "mean": the linear pool, which keeps what any member holds possible. "log_mean": the
        geometric pool, which holds to what all agree on; each member is mixed with 0.1 % of equal
        shares first.
    weights
        One for each prompt or member, not negative; equal ones by default.

    Returns
    -------
    DataArray
        Dims (utterance, emotion) if prompts are pooled, else those of the members. Where a member
        is NaN the others share its weight; NaN where all are. The attribute `members` says what
        was pooled, with the weights, as JSON.

    Raises
    ------
    ReadoutError
        If there is nothing to pool, or weights do not fit.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[[0.9, 0.1], [0.5, 0.5]]],
    ...     dims=("utterance", "prompt", "emotion"),
    ...     coords={"prompt": ["one_word", "json"], "emotion": ["angry", "sad"]},
    ... )
    >>> combine(shares).values, combine(shares, "log_mean").values.round(2)
    (array([[0.7, 0.3]]), array([[0.75, 0.25]]))
    """
    require_one_of("how", how, get_args(Pool), ReadoutError)
    if isinstance(shares, Mapping):
        if not shares:
            raise ReadoutError("there are no shares to pool: give at least one member")
        names = [str(name) for name in shares]
        member = xr.Variable("member", names)
        plain = [array.reset_coords(drop=True) for array in shares.values()]
        stacked = xr.concat(
            plain, member, coords="minimal", compat="override", join="exact", combine_attrs="drop"
        )
        first = next(iter(shares.values()))
    elif isinstance(shares, xr.DataArray) and "prompt" in shares.dims:
        names = [str(name) for name in shares["prompt"].values]
        stacked, first = shares.rename(prompt="member"), shares.isel(prompt=0, drop=True)
    else:
        raise ReadoutError(
            "these shares have no dimension prompt to pool over; a mapping from names to shares "
            "pools read-outs"
        )
    parts = _weights(weights, names)
    dims = [dim for dim in first.dims if dim != "emotion"]
    values = stacked.transpose("member", *dims, "emotion").values
    pooled = first.transpose(*dims, "emotion").copy(data=pool(values, parts, how))
    told = dict(zip(names, parts.round(6).tolist(), strict=True))
    kept = [
        name for name, c in pooled.coords.items() if set(c.dims) <= {*dims, "emotion"} and c.dims
    ]
    plain_coords = pooled.drop_vars([str(n) for n in pooled.coords if n not in kept])
    return plain_coords.rename(how).assign_attrs(
        first.attrs | {"pool": how, "members": json.dumps(told, ensure_ascii=False)}
    )


def pool(members: npt.ArrayLike, weights: npt.ArrayLike, how: Pool) -> FloatArray:
    """Pool on arrays, shape (member, ..., emotion), to shape (..., emotion).

    Examples
    --------
    >>> pool([[1.0, 0.0], [np.nan, np.nan]], [0.5, 0.5], "mean")
    array([1., 0.])
    """
    values = np.asarray(members, dtype=np.float64)
    known = ~np.isnan(values).any(axis=-1, keepdims=True)
    own = np.asarray(weights, dtype=np.float64).reshape(-1, *[1] * (values.ndim - 1)) * known
    total = own.sum(axis=0)
    filled = np.where(known, values, 1.0)
    if how == "log_mean":
        filled = np.log((1 - FLOOR) * filled + FLOOR / values.shape[-1])
    mean = np.divide(
        (own * filled).sum(axis=0),
        total,
        out=np.full(values.shape[1:], np.nan),
        where=np.broadcast_to(total > 0, values.shape[1:]),
    )
    return np.asarray(softmax(mean, axis=-1) if how == "log_mean" else mean)


def fit_pool_weights(
    members: npt.ArrayLike, reference: npt.ArrayLike, how: Pool = "mean", *, penalty: float = 1.0
) -> FloatArray:
    """Learn how much each member counts, from distributions of votes.

    Parameters
    ----------
    members
        Shape (member, utterance, emotion).
    reference
        Shape (utterance, emotion).
    how
        The pool.
    penalty
        Pulls towards equal weights, as a standard normal prior on their logarithms times this.

    Returns
    -------
    ndarray
        Shape (member,), not negative, summing to 1; those with the least cross-entropy.

    Examples
    --------
    >>> good, bad = [[0.9, 0.1]] * 90, [[0.2, 0.8]] * 90
    >>> fit_pool_weights([good, bad], [[0.9, 0.1]] * 90)[0] > 0.9
    np.True_
    """
    values, target = np.asarray(members, dtype=np.float64), np.asarray(reference, np.float64)

    def loss(logarithms: FloatArray) -> float:
        shares = pool(values, softmax(logarithms), how)
        surprise = -(target * np.log(np.maximum(shares, 1e-6))).sum(axis=-1)
        return float(np.nansum(surprise) + penalty / 2 * (logarithms**2).sum())

    found = minimize(loss, np.zeros(len(values)), method="L-BFGS-B")
    return np.asarray(softmax(found.x))


def _weights(weights: Sequence[float] | Mapping[str, float] | None, names: list[str]) -> FloatArray:
    """Return a weight for each member, summing to 1."""
    if isinstance(weights, Mapping):
        if set(weights) != set(names):
            raise ReadoutError(f"weights are for {sorted(weights)}, but pooled are {sorted(names)}")
        weights = [weights[name] for name in names]
    given = np.ones(len(names)) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (len(names),) or np.any(given < 0) or not 0 < given.sum() < np.inf:
        raise ReadoutError(
            f"weights={weights} must be {len(names)} numbers of 0 or more, one for each of "
            f"{', '.join(names)}, and not all 0"
        )
    return np.asarray(given / given.sum())
