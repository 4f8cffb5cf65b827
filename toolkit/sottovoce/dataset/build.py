"""build_run: arrays to a labelled, checked run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.dataset.check import check_run
from sottovoce.dataset.schema import COORDINATES, VARIABLES, Field
from sottovoce.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


def build_run(
    variables: Mapping[str, ArrayLike],
    coordinates: Mapping[str, ArrayLike],
    attrs: Mapping[str, Any],
) -> xr.Dataset:
    """Return a run made of arrays.

    Parameters
    ----------
    variables
        One array for each name in :data:`sottovoce.dataset.schema.VARIABLES`, with the dimensions
        that stand there: for example ``logit`` of shape (utterance, prompt, step, token).
    coordinates
        One sequence for each name in :data:`sottovoce.dataset.schema.COORDINATES`, where those that
        are optional may be absent.
    attrs
        How it was made; see :func:`make_attrs`.

    Returns
    -------
    xarray.Dataset
        Checked by :func:`check_run`. Every variable says what it means and in which unit.

    Raises
    ------
    RunError
        If something is missing, unknown or of the wrong shape. The message lists all of it.

    Examples
    --------
    A run of one recording and one prompt with two steps and one token; the real ones come from
    :func:`sottovoce.capture`:

    >>> from sottovoce.dataset.provenance import make_attrs
    >>> run = build_run(
    ...     {
    ...         "logit": [[[[2.0], [1.0]]]], "log_normalizer": [[[3.0, 2.5]]],
    ...         "entropy": [[[1.1, 0.2]]], "chosen_token": [[[7, 1]]],
    ...         "chosen_logit": [[[2.0, 2.4]]], "chosen_text": [[["sad", ""]]],
    ...         "answer": [["sad"]], "n_steps": [[2]], "status": [["ok"]], "message": [[""]],
    ...     },
    ...     {
    ...         "utterance": ["a"], "path": ["a.wav"], "duration": [1.5], "speaker": [""],
    ...         "content_hash": ["0f"], "notes": [""],
    ...         "prompt": ["one_word"], "prompt_text": ["Which emotion?"],
    ...         "prompt_format": ["word"], "prompt_language": ["en"],
    ...         "token": [7], "token_text": ["sad"], "concept": ["sad"], "kind": ["emotion"],
    ...         "spelling": ["sad"], "n_pieces": [1],
    ...     },
    ...     make_attrs(
    ...         model_id="toy", model_revision="", dtype="float32", tokenizer_hash="",
    ...         token_set={"sad": ["sad"]}, token_set_hash="", decoding={},
    ...     ),
    ... )
    >>> dict(run.sizes)
    {'utterance': 1, 'prompt': 1, 'step': 2, 'token': 1}
    """
    _require_names("variables", variables, VARIABLES)
    _require_names("coordinates", coordinates, COORDINATES)
    try:
        run = xr.Dataset(
            {name: described(name, field, variables[name]) for name, field in VARIABLES.items()},
            coords={
                name: described(name, field, coordinates[name])
                for name, field in COORDINATES.items()
                if name in coordinates
            },
            attrs=dict(attrs),
        )
    except ValueError as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"These arrays do not make a run: {error}") from error
    check_run(run)
    return run


def _require_names(what: str, given: Mapping[str, Any], wanted: Mapping[str, Field]) -> None:
    missing = [name for name, field in wanted.items() if name not in given and not field.optional]
    unknown = [name for name in given if name not in wanted]
    if missing or unknown:
        raise RunError(
            f"{what} must be exactly {', '.join(wanted)}; "
            f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
        )


def described(name: str, field: Field, values: ArrayLike) -> xr.Variable:
    """Return an array as a variable of a run, which says what it means.

    Raises
    ------
    RunError
        If its shape or its values do not fit.
    """
    array = as_field(name, field, values)
    if array.ndim != len(field.dims):
        raise RunError(
            f"{name} has shape {array.shape}, and needs one axis for each of "
            f"{', '.join(field.dims)}"
        )
    attrs = {"long_name": field.meaning}
    if field.units:
        attrs["units"] = field.units
    return xr.Variable(field.dims, array, attrs=attrs)


def as_field(name: str, field: Field, values: ArrayLike) -> NDArray[Any]:
    """Return an array in the type that the schema wants.

    Raises
    ------
    RunError
        If its values are of another kind.
    """
    if field.kind != "str":
        try:
            return np.asarray(values, dtype=field.kind)
        except (TypeError, ValueError) as error:
            raise RunError(f"{name} must hold {field.kind}: {error}") from error
    array = np.asarray(values, dtype=object)
    strange = next((entry for entry in array.flat if not isinstance(entry, str)), None)
    if strange is not None:
        raise RunError(f"{name} must hold text, and holds {strange!r}")
    return _encodable(array)


def _encodable(texts: NDArray[Any]) -> NDArray[Any]:
    """Escape the bytes of a file name that are no UTF-8, since no file could hold them as text."""
    escape = np.vectorize(
        lambda text: text.encode("utf-8", "backslashreplace").decode(), otypes=[object]
    )
    return np.asarray(escape(texts), dtype=object)
