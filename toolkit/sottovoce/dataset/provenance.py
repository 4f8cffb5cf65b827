"""How a run was made, written into its attributes."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from sottovoce._version import __version__
from sottovoce.dataset.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

# The packages whose version can change a number in a run.
PACKAGES = (
    "librosa",
    "numpy",
    "safetensors",
    "soundfile",
    "soxr",
    "tokenizers",
    "torch",
    "transformers",
    "xarray",
)


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that can change a number in a run.

    Nothing is imported for it, so that it is quick and works where some are not installed.

    Examples
    --------
    >>> sorted(package_versions())[:3]
    ['librosa', 'numpy', 'python']
    """
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def make_attrs(
    *,
    model_id: str,
    model_revision: str,
    dtype: str,
    tokenizer_hash: str,
    token_set: Mapping[str, Any],
    token_set_hash: str,
    decoding: Mapping[str, Any],
    created: datetime | None = None,
) -> dict[str, Any]:
    """Return the attributes by which a run says how it was made.

    Parameters
    ----------
    model_id, model_revision, dtype, tokenizer_hash
        Which model ran, in which number format.
    token_set, token_set_hash
        The concepts and spellings asked for, as ``TokenSet.to_dict`` gives them.
    decoding
        How the answers were generated.
    created
        The time; by default now. It is all that differs between two equal runs.

    Returns
    -------
    dict
        Strings, and the schema's version as an integer. What is nested is written as JSON, which
        both Zarr and netCDF can hold.

    Examples
    --------
    >>> attrs = make_attrs(
    ...     model_id="bundled", model_revision="1f", dtype="float32", tokenizer_hash="2e",
    ...     token_set={"angry": ["angry"]}, token_set_hash="3d", decoding={"mode": "greedy"},
    ... )
    >>> attrs["token_set"]
    '{"angry": ["angry"]}'
    """
    now = datetime.now(UTC) if created is None else created.astimezone(UTC)
    return {
        "schema_version": SCHEMA_VERSION,
        "model_id": model_id,
        "model_revision": model_revision,
        "dtype": dtype,
        "tokenizer_hash": tokenizer_hash,
        "token_set": _to_json(token_set),
        "token_set_hash": token_set_hash,
        "decoding": _to_json(decoding),
        "versions": _to_json(package_versions()),
        "created": now.isoformat(timespec="seconds"),
        "sottovoce_version": __version__,
    }


def _to_json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
