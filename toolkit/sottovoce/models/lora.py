"""A LoRA of the user's own on top of a model: read, held against its base, and merged."""

from __future__ import annotations

import contextlib
import hashlib
import json
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sottovoce.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
# What sottovoce says about an adapter that it taught; one made elsewhere has none.
ABOUT = "sottovoce.json"


def find_lora(path: str | os.PathLike[str]) -> Path:
    """Return the folder of an adapter, if it holds one that may be read.

    Raises
    ------
    ModelError
        If it does not.
    MissingExtraError
        If peft is not installed.
    """
    folder = Path(path).expanduser()
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise ModelError(
            f"{path}: this is no folder with an adapter; it needs {CONFIG} and {WEIGHTS}, as "
            "tune_model and peft's save_pretrained write them."
        )
    if find_spec("peft") is None:
        raise MissingExtraError(package="peft", extra="tune")
    return folder


def require_same_base(folder: Path, revision: str, name: str) -> None:
    """Raise a ModelError if an adapter says that it was taught on other weights than these.

    Parameters
    ----------
    folder
        From :func:`find_lora`.
    revision, name
        Of the model that is loaded.
    """
    about = folder / ABOUT
    if not about.is_file():
        return
    told = json.loads(about.read_text(encoding="utf-8"))
    if told["base_revision"] != revision:
        raise ModelError(
            f"{folder}: this adapter was taught on {told['base']} ({told['base_revision']}), and "
            f"{name} is {revision}. Load that model, or teach the adapter anew."
        )


def merge_lora(model: Any, folder: Path) -> Any:
    """Return a model of transformers with an adapter's weights added to its own.

    Raises
    ------
    ModelError
        If they do not fit.
    """
    from peft import PeftModel

    try:
        with quiet_peft():
            adapted = PeftModel.from_pretrained(model, str(folder))
        return adapted.merge_and_unload(safe_merge=True)
    except Exception as error:  # peft and safetensors raise kinds of their own
        told = " ".join(str(error).split())[:300]
        raise ModelError(f"{folder}: this adapter does not fit the model ({told})") from error


@contextlib.contextmanager
def quiet_peft() -> Iterator[None]:
    """Hide that peft asks a model for what newer versions of transformers call otherwise."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message=".*is_gradient_checkpointing", category=FutureWarning
        )
        yield


def hash_lora(folder: Path) -> str:
    """Return 16 hexadecimal digits by which a run tells which adapter was used."""
    digest = hashlib.sha256((folder / CONFIG).read_bytes())
    digest.update((folder / WEIGHTS).read_bytes())
    return digest.hexdigest()[:16]
