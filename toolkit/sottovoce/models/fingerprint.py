"""Hashes by which a run says which weights and which tokenizer made it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_DIGITS = 16


def hash_weights(folder: Path) -> str:
    """Return a hash of a model's weights and configuration.

    Parameters
    ----------
    folder
        A folder with config.json and safetensors.

    Returns
    -------
    str
        "sha256:" and 16 hexadecimal digits; equal for equal files, wherever they lie.
    """
    digest = hashlib.sha256()
    for file in [folder / "config.json", *sorted(folder.glob("*.safetensors"))]:
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return f"sha256:{digest.hexdigest()[:_DIGITS]}"


def hash_tokenizer(tokenizer: Any, chat_template: Any) -> str:
    """Return a hash of a vocabulary and the chat template around it.

    Parameters
    ----------
    tokenizer
        A tokenizer of transformers.
    chat_template
        The template by which a question is put into words.

    Returns
    -------
    str
        "sha256:" and 16 hexadecimal digits.
    """
    content = [sorted(tokenizer.get_vocab().items()), chat_template]
    text = json.dumps(content, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
