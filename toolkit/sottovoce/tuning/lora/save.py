"""Writing an adapter, with a card and what it was taught from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.models.lora import ABOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xarray as xr


def save_adapter(adapted: Any, folder: Path, about: Mapping[str, Any], history: xr.Dataset) -> None:
    """Write an adapter as peft does, and beside it where it comes from.

    Parameters
    ----------
    adapted
        The model with its LoRA, of peft.
    folder
        Where to write.
    about
        The base model, the recordings and the settings.
    history
        The measures of every epoch.
    """
    # A folder's path would tell where on a disk the model lay.
    adapted.peft_config["default"].base_model_name_or_path = about["base"]
    # Else peft asks the hub whether the vocabulary was changed.
    adapted.save_pretrained(folder, save_embedding_layers=False)
    epochs = {
        name: [None if np.isnan(value) else float(value) for value in measured.values]
        for name, measured in history.data_vars.items()
    }
    best = int(history.attrs["best_epoch"])
    content = json.dumps(
        {**about, "history": epochs, "best_epoch": best}, ensure_ascii=False, indent=1
    )
    (folder / ABOUT).write_text(content + "\n", encoding="utf-8")
    js = history["js"].values
    (folder / "README.md").write_text(_card(about, js[0], js[best]), encoding="utf-8")


def _card(about: Mapping[str, Any], before: float, after: float) -> str:
    return (
        f"---\nlibrary_name: peft\nbase_model: {about['base']}\n---\n\n"
        f"# An adapter for {about['base']}\n\n"
        f"Taught by sottovoce {about['sottovoce_version']} from {len(about['learned_from'])} "
        f"recordings of {about['corpus']} with the votes of their listeners. On "
        f"{len(about['held_out_utterances'])} recordings that were held out, and chose the epoch, "
        f"the Jensen-Shannon divergence (base 2) went from {before:.3f} to {after:.3f}. "
        f"`{ABOUT}` holds the settings, the recordings and every epoch.\n\n"
        f"    sottovoce.load_model({about['base']!r}, adapter=FOLDER)\n"
    )
