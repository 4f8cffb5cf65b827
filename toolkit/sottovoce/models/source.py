"""Where a model lies, and whether a folder holds one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.errors import ModelError
from sottovoce.paths import data_folder

if TYPE_CHECKING:
    import os

BUNDLED = "bundled"

# Formats whose reading can run code that the file brings along.
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A model's name, and the folder or hub id that it is loaded from.

    Parameters
    ----------
    id
        The name under which it appears in a run. Of a folder only the last part, so that a run
        does not tell where on a disk it was made.
    location
        The folder's path, or the hub id.
    folder
        The folder, if it is one.
    """

    id: str
    location: str
    folder: Path | None = None


def find_source(name: str | os.PathLike[str]) -> Source:
    """Return where the model of that name lies.

    Parameters
    ----------
    name
        "bundled", a folder, or a hub id such as "Qwen/Qwen2-Audio-7B-Instruct". What exists as a
        folder is taken as one.

    Raises
    ------
    ModelError
        If it is none of them, or a folder that holds no model which may be loaded.

    Examples
    --------
    >>> find_source("Qwen/Qwen2-Audio-7B-Instruct").folder is None
    True
    >>> find_source("./nowhere")
    Traceback (most recent call last):
    sottovoce.errors.ModelError: ./nowhere: there is no such folder...
    """
    if name == BUNDLED:
        folder = data_folder() / "model"
        if not folder.is_dir():
            raise ModelError(
                f"The bundled model is not in {folder}. Reinstall the package: "
                "pip install --force-reinstall sottovoce"
            )
        return Source(BUNDLED, str(folder), _checked(folder))
    path = Path(name).expanduser()
    if path.is_dir():
        return Source(path.resolve().name, str(path), _checked(path))
    if path.exists():
        raise ModelError(
            f"{name}: this is a file. Give the folder that holds config.json and the weights."
        )
    if isinstance(name, str) and _HUB_ID.fullmatch(name) and not name.startswith("."):
        return Source(name, name)
    raise ModelError(
        f"{name}: there is no such folder. A model is {BUNDLED!r}, a folder, or a hub id of the "
        "form owner/name."
    )


def _checked(folder: Path) -> Path:
    """Return the folder if it holds a configuration and weights that are safe to read."""
    config = folder / "config.json"
    if not config.is_file():
        found = sorted(entry.name for entry in folder.iterdir())[:8]
        raise ModelError(
            f"{folder}: no config.json in this folder, so it is no model; it holds "
            f"{', '.join(found) or 'nothing'}."
        )
    try:
        json.loads(config.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{config}: this is not valid JSON ({error}).") from error
    if not any(folder.glob("*.safetensors")):
        raise ModelError(f"{folder}: {_why_no_weights(folder)}")
    return folder


def _why_no_weights(folder: Path) -> str:
    pickles = sorted(file.name for pattern in _PICKLES for file in folder.glob(pattern))
    if pickles:
        return (
            f"the weights ({', '.join(pickles[:3])}) are pickles, and reading a pickle can run "
            "code that somebody hid in it. Only safetensors are read: load the model where you "
            "trust it and save it anew with model.save_pretrained(folder)."
        )
    return "no weights in this folder; a file ending in .safetensors is needed."
