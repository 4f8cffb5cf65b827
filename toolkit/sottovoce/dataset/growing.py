"""A run that grows on disk: written a block of utterances at a time, so that no crash costs more.

The layout is that of any saved run, with three differences. The steps are laid out for the longest
answer that there can be, in chunks of which none exists beyond what was written; `open_run` cuts
them off after the longest answer. The chunks along utterances are the blocks, so that writing one
never touches another. And the status of a block is written last: where it is empty, the block is
missing, whatever else of it lies there already.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np
import xarray as xr

from sottovoce.dataset.build import as_field, described
from sottovoce.dataset.schema import COORDINATES, VARIABLES
from sottovoce.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike

STEPS_IN_CHUNK = 16
UNASKED = "not asked yet: the capture was interrupted; run the same command again to go on"

# What a store says of itself, as attributes of its status.
BLOCK = "utterances_per_block"
ASKED = "asked"

_FILLS: dict[str, Any] = {"float32": np.nan, "int64": 0, "str": ""}
_LAST = "status"
_HOW = {
    "model_id": "the model",
    "model_revision": "the model's weights",
    "dtype": "the number format",
    "tokenizer_hash": "the tokenizer",
    "token_set_hash": "the token set",
    "sottovoce_version": "the version of sottovoce",
}


@contextmanager
def hold_run(path: str | os.PathLike[str]) -> Iterator[GrowingRun]:
    """Hold a run on disk, so that no other process writes it meanwhile.

    Parameters
    ----------
    path
        ``name.zarr``; it need not be there yet. Folders above it are made.

    Raises
    ------
    RunError
        If the suffix is another, another process holds it, what is there was not written by a
        capture, or the disk refuses.
    """
    target = Path(path).expanduser()
    if target.suffix != ".zarr":
        raise RunError(f"{target}: the name of a run that grows on disk must end in .zarr")
    lock = filelock.FileLock(target.with_name(f".{target.name}.lock"), timeout=0)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        raise RunError(
            f"{target}: another process is writing this run. Wait until it is done, or give "
            "another name."
        ) from None
    except OSError as error:
        raise RunError(f"{target}: the run cannot be written there ({error})") from error
    try:
        yield GrowingRun(target)
    finally:
        # Whoever waits for a lock file that is gone notices, and makes a new one. Windows does not
        # let go of a file that is open, so there it stays.
        with suppress(OSError):
            Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


class GrowingRun:
    """A run on disk that takes blocks; :func:`hold_run` makes one.

    Parameters
    ----------
    path
        Where it lies, or will lie.

    Raises
    ------
    RunError
        If something else lies there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stored = self._open() if os.path.lexists(path) else None

    @property
    def block(self) -> int | None:
        """The number of utterances in a block; None if nothing is there yet."""
        return None if self._stored is None else int(self._stored[_LAST].attrs[BLOCK])

    @property
    def batch_size(self) -> int | None:
        """The batch size of the capture that began it; None if nothing is there yet."""
        if self._stored is None:
            return None
        found = json.loads(self._stored.attrs["decoding"]).get("batch_size")
        return None if found is None else int(found)

    def begin(
        self,
        coordinates: Mapping[str, ArrayLike],
        attrs: Mapping[str, Any],
        *,
        n_steps: int,
        block: int,
        asked: str,
    ) -> None:
        """Lay the run out, or go on with what is there, if it is the same.

        Parameters
        ----------
        coordinates, attrs
            As for :func:`build_run`.
        n_steps
            The number of steps that no answer exceeds.
        block
            Utterances in a block.
        asked
            A hash of what else decides over the answers, if something does.

        Raises
        ------
        RunError
            If what is there was made of other recordings, prompts or tokens, or in another way; the
            message says in what it differs. Or if the disk refuses.
        """
        wanted = xr.Dataset(
            coords={
                name: described(name, field, coordinates[name])
                for name, field in COORDINATES.items()
                if name in coordinates
            },
            attrs=dict(attrs),
        )
        if self._stored is None:
            self._create(wanted, n_steps, block, asked)
            self._stored = self._open()
            return
        differing = list(_differences(self._stored, wanted, n_steps, asked))
        if differing:
            raise RunError(
                f"{self.path}: a run is there already, and it was made otherwise, so it is left "
                "alone. Give another name, or repeat the call as it was. It differs in:"
                + "".join(f"\n  - {told}" for told in differing)
            )
        for left in self.path.rglob("*.partial"):
            left.unlink()

    def missing(self, blocks: Sequence[range]) -> list[range]:
        """Return the blocks of utterances that are not there."""
        status = self._zarr("r")[_LAST][...]
        return [block for block in blocks if (status[block.start : block.stop] == "").any()]

    def write(self, start: int, arrays: Mapping[str, ArrayLike]) -> None:
        """Write a block.

        Parameters
        ----------
        start
            The position of its first utterance.
        arrays
            The variables of a run, for the utterances of the block and as many steps as its answers
            have.

        Raises
        ------
        RunError
            If the disk refuses.
        """
        try:
            group = self._zarr("r+")
            for name in sorted(arrays, key=lambda name: name == _LAST):
                _write(group[name], start, as_field(name, VARIABLES[name], arrays[name]))
        except OSError as error:
            raise RunError(
                f"{self.path}: the run could not be written ({error}). What was written before is "
                "there; run the same command again to go on."
            ) from error

    def discard(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._stored = None

    def _zarr(self, mode: Any) -> Any:
        import zarr

        return zarr.open_group(self.path, mode=mode)

    def _open(self) -> xr.Dataset:
        try:
            stored = xr.open_dataset(self.path, engine="zarr", consolidated=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self.path}: something is there that is no run, so it is left alone. Give "
                f"another name. ({error})"
            ) from error
        if _LAST not in stored or BLOCK not in stored[_LAST].attrs:
            raise RunError(
                f"{self.path}: a run is there that was saved whole, and to which nothing can be "
                "added. Give another name."
            )
        return stored

    def _create(self, wanted: xr.Dataset, n_steps: int, block: int, asked: str) -> None:
        """Lay out a run beside its place and move it there, so that it is there whole or not."""
        new = self.path.with_name(f".{self.path.name}.new")
        sizes = {"step": n_steps, **wanted.sizes}
        chunks = {"utterance": block, "step": STEPS_IN_CHUNK}
        try:
            if new.exists():
                shutil.rmtree(new)
            wanted.to_zarr(new, mode="w-", zarr_format=3, consolidated=False)
            import zarr

            group = zarr.open_group(new, mode="r+")
            for name, field in VARIABLES.items():
                if field.optional:
                    continue
                shape = tuple(sizes[dim] for dim in field.dims)
                attributes: dict[str, Any] = {"long_name": field.meaning}
                attributes |= {"units": field.units} if field.units else {}
                attributes |= {BLOCK: block, ASKED: asked} if name == _LAST else {}
                group.create_array(
                    name,
                    shape=shape,
                    chunks=tuple(
                        max(1, min(chunks.get(dim, size), size))
                        for dim, size in zip(field.dims, shape, strict=True)
                    ),
                    dtype=str if field.kind == "str" else field.kind,
                    fill_value=-1 if name == "chosen_token" else _FILLS[field.kind],
                    dimension_names=field.dims,
                    attributes=attributes,
                )
            new.rename(self.path)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            raise RunError(f"{self.path}: the run cannot be written there ({error})") from error


def can_grow(path: str | os.PathLike[str]) -> bool:
    """Return whether a run lies there to which a capture can add what is missing.

    Examples
    --------
    >>> can_grow("nowhere.zarr")
    False
    """
    try:
        return GrowingRun(Path(path).expanduser()).block is not None
    except RunError:
        return False


def as_far_as_written(stored: xr.Dataset) -> xr.Dataset:
    """Return a grown run like any other: without steps that no answer has, the rest told.

    Parameters
    ----------
    stored
        As it lies on disk; a run that was saved whole is returned as it is.
    """
    if _LAST not in stored or BLOCK not in stored[_LAST].attrs:
        return stored
    missing = stored[_LAST].values == ""
    mended: dict[str, Any] = {_LAST: "error", "message": UNASKED, "n_steps": 0}
    known = {}
    for name, instead in mended.items():
        # Of a block whose writing was cut short, something may be there.
        values = stored[name].values
        values = np.where(missing, instead, values if name == "n_steps" else values.astype(object))
        told = {k: v for k, v in stored[name].attrs.items() if k not in (BLOCK, ASKED)}
        known[name] = xr.Variable(stored[name].dims, values, told)
    stored = stored.assign(known)
    return stored.isel(step=slice(max(1, int(stored["n_steps"].max()))))


def _write(array: Any, start: int, values: np.ndarray[Any, Any]) -> None:
    """Write the values of a block in whole chunks."""
    if values.ndim > 2:
        reach = min(array.shape[2], -(-values.shape[2] // STEPS_IN_CHUNK) * STEPS_IN_CHUNK)
        beyond = [(0, 0)] * values.ndim
        beyond[2] = (0, reach - values.shape[2])
        values = np.pad(values, beyond, constant_values=array.fill_value)
        array[start : start + len(values), :, :reach] = values
    else:
        array[start : start + len(values)] = values


def _differences(stored: xr.Dataset, wanted: xr.Dataset, n_steps: int, asked: str) -> Iterator[str]:
    """Yield in what a run on disk and a capture differ that would write it."""
    for name, told in _HOW.items():
        if stored.attrs.get(name) != wanted.attrs[name]:
            yield f"{told}: {stored.attrs.get(name)!r} there, {wanted.attrs[name]!r} asked for"
    for name in ("decoding", "versions"):
        there, here = (json.loads(one.attrs[name]) for one in (stored, wanted))
        for key in sorted({*there, *here} - {"batch_size"}):
            if there.get(key) != here.get(key):
                yield f"{name}, {key}: {there.get(key)!r} there, {here.get(key)!r} asked for"
    if stored[_LAST].attrs[ASKED] != asked or stored.sizes["step"] != n_steps:
        yield "the answers that are followed"
    for name in ("prompt", "prompt_text", "token", "spelling", "concept"):
        there, here = (one[name].values.tolist() for one in (stored, wanted))
        if there != here:
            yield f"{name}: {_few(there, here)} there, {_few(here, there)} asked for"
    there, here = (one["utterance"].values.tolist() for one in (stored, wanted))
    if there != here:
        gone, new = ([name for name in a if name not in set(b)] for a, b in _both(there, here))
        yield (
            f"the recordings: {len(there)} there and {len(here)} asked for; only there: "
            f"{_few(gone) or 'none'}; only here: {_few(new) or 'none'}"
            if gone or new
            else "the order of the recordings"
        )
        return
    hashes = (one["content_hash"].values.tolist() for one in (stored, wanted))
    if changed := [name for name, a, b in zip(here, *hashes, strict=True) if a != b]:
        yield f"what was recorded: {_few(changed)} held something else"


def _both(one: list[str], other: list[str]) -> list[tuple[list[str], list[str]]]:
    return [(one, other), (other, one)]


def _few(values: list[Any], others: Sequence[Any] = ()) -> str:
    shown = [value for value in values if value not in others] or values
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(map(repr, shown[:3])) + more
