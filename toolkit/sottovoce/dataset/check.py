"""check_run: says whether a dataset is a run, and if not, all that is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.dataset.schema import (
    ATTRIBUTES,
    COORDINATES,
    DIMENSIONS,
    JSON_ATTRIBUTES,
    SCHEMA_VERSION,
    STATUSES,
    VARIABLES,
    Field,
)
from sottovoce.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_run(run: xr.Dataset) -> None:
    """Raise unless a dataset is a run.

    Parameters
    ----------
    run
        The dataset. The large variables are not read for it, so it is quick on a run that lies on
        disk.

    Raises
    ------
    RunError
        If a dimension, variable, coordinate or attribute is missing or has the wrong dimensions or
        type, if names along a dimension repeat, or if a newer version of sottovoce wrote it. The
        message lists everything that is wrong.

    Examples
    --------
    >>> import xarray as xr
    >>> check_run(xr.Dataset({"logit": ("token", [0.0])}))
    Traceback (most recent call last):
    sottovoce.errors.RunError: This dataset is not a run:
      - it has no dimension utterance; to select one and keep it, use a list: ...
    """
    if not isinstance(run, xr.Dataset):
        raise RunError(f"A run must be an xarray.Dataset, not {type(run).__name__}.")
    _refuse_newer(run)
    problems = list(_problems(run))
    if problems:
        raise RunError("This dataset is not a run:" + "".join(f"\n  - {told}" for told in problems))


def _refuse_newer(run: xr.Dataset) -> None:
    found = run.attrs.get("schema_version")
    if isinstance(found, int | np.integer) and found > SCHEMA_VERSION:
        raise RunError(
            f"This run has schema version {found}, and this sottovoce reads up to "
            f"{SCHEMA_VERSION}. Install a newer one: pip install --upgrade sottovoce"
        )


def _problems(run: xr.Dataset) -> Iterator[str]:
    for dim in DIMENSIONS:
        if dim not in run.dims:
            yield (
                f"it has no dimension {dim}; to select one and keep it, use a list: "
                f"run.isel({dim}=[0])"
            )
    for name, field in VARIABLES.items():
        if name not in run.data_vars:
            yield f"the variable {name} is missing: {field.meaning}"
        else:
            yield from _misshapen(run[name], field)
    for name, field in COORDINATES.items():
        if name not in run.coords:
            if field.optional:
                continue
            yield f"the coordinate {name} is missing: {field.meaning}"
        else:
            yield from _misshapen(run[name], field)
    for dim in ("utterance", "prompt", "token"):
        if dim in run.indexes and not run.indexes[dim].is_unique:
            repeated = run.indexes[dim][run.indexes[dim].duplicated()].unique()[:5].tolist()
            yield f"names along {dim} repeat: {repeated}"
    yield from _attribute_problems(run.attrs)
    yield from _value_problems(run)


def _misshapen(array: xr.DataArray, field: Field) -> Iterator[str]:
    if set(array.dims) != set(field.dims):
        found = ", ".join(map(str, array.dims))
        yield f"{array.name} has the dimensions ({found}), not ({', '.join(field.dims)})"
    if not _is_kind(array.dtype, field):
        yield f"{array.name} has the type {array.dtype}, not {field.kind}"


def _is_kind(dtype: np.dtype[Any], field: Field) -> bool:
    # "T" is numpy's variable-width string, which some versions of zarr and xarray hand back.
    kinds = {"float32": "f", "float64": "f", "int64": "iu", "str": "OUT"}
    return dtype.kind in kinds[field.kind]


def _attribute_problems(attrs: dict[Any, Any]) -> Iterator[str]:
    for name, meaning in ATTRIBUTES.items():
        if name not in attrs:
            yield f"the attribute {name} is missing: {meaning}"
        elif name == "schema_version":
            if not isinstance(attrs[name], int | np.integer):
                yield f"the attribute {name} is {attrs[name]!r}, not an integer"
        elif not isinstance(attrs[name], str):
            yield f"the attribute {name} is {attrs[name]!r}, not text"
        elif name in JSON_ATTRIBUTES:
            try:
                json.loads(attrs[name])
            except ValueError as error:
                yield f"the attribute {name} is not JSON: {error}"


def _value_problems(run: xr.Dataset) -> Iterator[str]:
    if "status" in run.data_vars and run["status"].dtype.kind in "OUT":
        strange = sorted({str(value) for value in run["status"].values.flat} - set(STATUSES))
        if strange:
            yield f"status must be one of {', '.join(STATUSES)}, and holds {strange[:5]}"
    if "n_steps" in run.data_vars and "step" in run.dims:
        counts = run["n_steps"].values
        if counts.dtype.kind in "iu" and counts.size and not _within(counts, run.sizes["step"]):
            yield f"n_steps must lie between 0 and the {run.sizes['step']} steps there are"


def _within(counts: np.ndarray[Any, Any], most: int) -> bool:
    return bool(counts.min() >= 0 and counts.max() <= most)
