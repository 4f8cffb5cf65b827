"""What every read-out hands back: labelled shares that say how they were made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from sottovoce.errors import ReadoutError, require_one_of
from sottovoce.readout.located import cut_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

Policy = Literal["missing", "neutral", "uniform"]

_PROVENANCE = (
    "model_id",
    "model_revision",
    "tokenizer_hash",
    "token_set_hash",
    "sottovoce_version",
    "created",
)


def as_shares(
    shares: xr.DataArray,
    run: xr.Dataset,
    name: str,
    *,
    options: Mapping[str, Any],
    counts: Mapping[str, int],
) -> xr.DataArray:
    """Return shares with the run's labels, and with attributes that tell how they were made.

    Parameters
    ----------
    shares
        Dimensions (utterance, prompt, emotion).
    run
        What they were read from.
    name
        The read-out.
    options
        Those it was called with; None means the default.
    counts
        What was counted on the way. Added to them are ``n_failed``, the rows whose recording
        failed, ``n_missing``, the rows that are NaN although it did not, and ``n_cut``, the
        answers that were cut off after the most tokens that were allowed.
    """
    ok = run["status"] == "ok"
    kept = {
        label: coordinate
        for label, coordinate in run.coords.items()
        if set(coordinate.dims) <= {"utterance", "prompt"}
    }
    labelled = (
        shares.transpose("utterance", "prompt", "emotion")
        .where(ok)
        .assign_coords(kept)
        .rename(name)
    )
    missing = labelled.isnull().any("emotion") & ok
    return labelled.assign_attrs(
        long_name="share of the emotion",
        units="1",
        readout=name,
        options=json.dumps(_plain(options), ensure_ascii=False),
        **counts,
        n_failed=int((~ok).sum()),
        n_missing=int(missing.sum()),
        n_cut=int(cut_answers(run).sum()),
        **{key: run.attrs[key] for key in _PROVENANCE if key in run.attrs},
    )


def fill_unread(shares: xr.DataArray, policy: Policy) -> xr.DataArray:
    """Return shares in which the NaN rows are left ("missing"), one-hot neutral, or uniform.

    Raises
    ------
    ReadoutError
        If the policy is another, or is "neutral" where no emotion has that name.

    Examples
    --------
    >>> import xarray as xr
    >>> shares = xr.DataArray([np.nan, np.nan], {"emotion": ["neutral", "sad"]})
    >>> fill_unread(shares, "uniform").values
    array([0.5, 0.5])
    """
    require_one_of("policy", policy, get_args(Policy), ReadoutError)
    emotions = shares["emotion"]
    if policy == "missing":
        return shares
    if policy == "uniform":
        return shares.fillna(1 / emotions.size)
    if "neutral" not in emotions.values:
        raise ReadoutError(
            "policy='neutral' needs an emotion of that name, and the shares are of "
            f"{', '.join(map(str, emotions.values))}; use 'uniform' or 'missing'"
        )
    return shares.fillna((emotions == "neutral").astype(np.float64))


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, slice):
            plain[name] = [value.start, value.stop, value.step]
        elif value is None or isinstance(value, str):
            plain[name] = value
        else:
            plain[name] = np.asarray(value).tolist()
    return plain
