"""save_run and open_run: a run on disk, as Zarr or netCDF."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.dataset.check import check_run
from sottovoce.dataset.growing import as_far_as_written
from sottovoce.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

SUFFIXES = (".zarr", ".nc")
_CHUNK_BYTES = 4 * 2**20


def save_run(run: xr.Dataset, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
    """Save a run, in full or not at all.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture`.
    path
        Where to: ``name.zarr`` (a folder in Zarr 3, read lazily) or ``name.nc`` (one file in
        netCDF 4, which cannot hold the character NUL and gets its symbol instead). Folders above it
        are made.
    overwrite
        Replace what is there, if it is a Zarr store or a netCDF file.

    Returns
    -------
    pathlib.Path
        Where it was saved.

    Raises
    ------
    RunError
        If the dataset is not a run, the suffix is another, something is there already, or the disk
        refuses. What was there before is then still there.

    Examples
    --------
    >>> import xarray as xr
    >>> save_run(xr.Dataset({"pressure": ("hour", [1013.0])}), "weather.zarr")
    Traceback (most recent call last):
    sottovoce.errors.RunError: This dataset is not a run:
      - it has no dimension utterance; ...
    """
    check_run(run)
    target = Path(path).expanduser()
    if target.suffix not in SUFFIXES:
        raise RunError(f"{target}: the name of a saved run must end in .zarr or .nc")
    if os.path.lexists(target):
        _require_replaceable(target, overwrite)
    write = _write_zarr if target.suffix == ".zarr" else _write_netcdf
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_then_move(target, lambda part: write(_plain(run), part))
    except OSError as error:
        raise RunError(f"{target}: the run could not be saved ({error})") from error
    return target


def open_run(path: str | os.PathLike[str]) -> xr.Dataset:
    """Open a saved run.

    Neither torch nor the model is needed for it.

    Parameters
    ----------
    path
        What :func:`save_run` wrote, or a capture with ``out``; if that one was interrupted, what it
        did not come to has the status "error" and says so.

    Returns
    -------
    xarray.Dataset
        From Zarr, the large variables are read when they are used; ``run.load()`` reads all.

    Raises
    ------
    RunError
        If there is nothing, or nothing that is a run. The message says what is missing.

    Examples
    --------
    >>> open_run("nowhere.zarr")
    Traceback (most recent call last):
    sottovoce.errors.RunError: nowhere.zarr: there is no such run...
    """
    source = Path(path).expanduser()
    if not source.exists():
        raise RunError(f"{source}: there is no such run. A saved run ends in .zarr or .nc.")
    try:
        if source.is_dir():
            run = xr.open_dataset(source, engine="zarr", consolidated=False)
        else:
            run = xr.load_dataset(source, engine="h5netcdf")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{source}: this is neither a Zarr store nor a netCDF file ({error})"
        ) from error
    run = as_far_as_written(run)
    try:
        check_run(run)
    except RunError as error:
        raise RunError(f"{source}: {error}") from error
    # What has a step may be too much to read before it is used.
    return _with_plain_strings(run, [v for v in run.variables if "step" not in run[v].dims])


def remove_run(path: str | os.PathLike[str]) -> None:
    """Remove a saved run, if there is one.

    Parameters
    ----------
    path
        What :func:`save_run` or a capture wrote.

    Raises
    ------
    RunError
        If what is there is no saved run, or the disk refuses.
    """
    target = Path(path).expanduser()
    if not os.path.lexists(target):
        return
    _require_replaceable(target, overwrite=True)
    try:
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink()
    except OSError as error:
        raise RunError(f"{target}: the run could not be removed ({error})") from error


def _require_replaceable(target: Path, overwrite: bool) -> None:
    if not overwrite:
        raise RunError(
            f"{target}: something is there already. Choose another name, or overwrite=True."
        )
    # Never delete a folder or file of the user's that merely has this name.
    is_store = (target / "zarr.json").is_file() if target.is_dir() else _is_hdf5(target)
    if target.is_symlink() or not (is_store if target.suffix == ".zarr" else _is_hdf5(target)):
        raise RunError(f"{target}: this is not a saved run, so it is left alone. Remove it first.")


def _is_hdf5(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"


def _write_then_move(target: Path, write: Callable[[Path], None]) -> None:
    """Write beside the target and move into place, so that no half-written run is ever seen."""
    part = target.with_name(f".{target.stem}-{uuid.uuid4().hex[:8]}{target.suffix}")
    old = target.with_name(f".{target.stem}-{uuid.uuid4().hex[:8]}-old{target.suffix}")
    try:
        write(part)
        if target.is_dir():
            target.rename(old)
        part.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        for left in (part, old):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)


def _write_zarr(run: xr.Dataset, path: Path) -> None:
    row = run["logit"].nbytes // max(1, run.sizes["utterance"])
    utterances = max(1, min(run.sizes["utterance"], _CHUNK_BYTES // max(1, row)))
    encoding = {
        name: {
            "chunks": tuple(
                utterances if dim == "utterance" else size
                for dim, size in zip(variable.dims, variable.shape, strict=True)
            )
        }
        for name, variable in run.data_vars.items()
    }
    # Consolidated metadata is no part of the Zarr 3 specification.
    run.to_zarr(path, mode="w-", zarr_format=3, consolidated=False, encoding=encoding)


def _write_netcdf(run: xr.Dataset, path: Path) -> None:
    encoding: dict[Any, dict[str, Any]] = {
        name: {"zlib": True, "complevel": 4, "shuffle": True}
        for name, variable in run.data_vars.items()
        if variable.dtype.kind in "fi"
    }
    # HDF5 ends a text at the first NUL.
    texts = [run[name] for name, variable in run.variables.items() if variable.dtype.kind == "O"]
    run = _with_texts(run, texts, lambda text: text.replace("\0", "\N{SYMBOL FOR NULL}"))
    run.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _plain(run: xr.Dataset) -> xr.Dataset:
    """Return the run in memory, without the encoding of the file that it may come from."""
    run = run.compute().drop_encoding()
    return _with_plain_strings(run, list(run.variables))


def _with_plain_strings(run: xr.Dataset, names: list[Hashable]) -> xr.Dataset:
    """Turn numpy's and zarr's kinds of string into Python's, which every operation accepts."""
    strings = [run[name] for name in names if run[name].dtype.kind in "UT"]
    return _with_texts(run, strings, str)


def _with_texts(
    run: xr.Dataset, texts: list[xr.DataArray], change: Callable[[str], str]
) -> xr.Dataset:
    replace = np.vectorize(change, otypes=[object])
    return run.assign({text.name: (text.dims, replace(text.values), text.attrs) for text in texts})
