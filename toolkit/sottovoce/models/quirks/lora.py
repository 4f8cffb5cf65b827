"""Checkpoints whose weights for speech lie in a LoRA beside them, which peft must add."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from transformers.utils import cached_file

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping


def require_peft(why: str) -> None:
    """Raise a ModelError unless peft is installed.

    Parameters
    ----------
    why
        What of the model needs it, the beginning of a sentence.
    """
    if find_spec("peft") is None:
        raise ModelError(
            f"{why} lies in a LoRA adapter, which needs peft, and without it the answers would be "
            "worse in silence. Install it with: pip install peft"
        )


def add_lora(model: Any, location: str, options: Mapping[str, Any], subfolder: str) -> None:
    """Add the LoRA in a folder of a checkpoint to a model, if there is one.

    Parameters
    ----------
    model
        Of transformers.
    location
        A folder or a hub id.
    options
        What ``from_pretrained`` was given.
    subfolder
        Where in the checkpoint the LoRA lies.

    Raises
    ------
    ModelError
        If there is one and peft is not installed.
    """
    revision = options.get("revision")
    found = cached_file(
        location,
        "adapter_config.json",
        subfolder=subfolder,
        revision=revision,
        _raise_exceptions_for_missing_entries=False,
    )
    if found is None:
        return
    require_peft("What this model knows of speech")
    where = {"subfolder": subfolder} | ({"revision": revision} if revision else {})
    model.load_adapter(location, adapter_name=subfolder, adapter_kwargs=where)
    model.set_adapter(subfolder)
