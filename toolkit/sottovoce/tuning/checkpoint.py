"""Where a training stands, so that it goes on after an interruption."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


class Checkpoint:
    """One file that holds everything a training needs to go on.

    It is a safetensors file, whose reading runs no code; what is no tensor stands in it as JSON.

    Parameters
    ----------
    path
        The file; None keeps nothing.
    stateful
        Objects with ``state_dict`` and ``load_state_dict``, by name.
    generators
        NumPy generators, by name.
    """

    def __init__(
        self,
        path: Path | None,
        stateful: dict[str, Any],
        generators: dict[str, np.random.Generator],
    ) -> None:
        self.path = path
        self.stateful = stateful
        self.generators = generators

    def save(self, done: int) -> None:
        """Write the state after so many steps or epochs; the old file stays until it is whole."""
        if self.path is None:
            return
        tensors: dict[str, torch.Tensor] = {}
        state = {
            "done": done,
            "torch": torch.get_rng_state(),
            "stateful": {name: part.state_dict() for name, part in self.stateful.items()},
            "generators": {
                name: generator.bit_generator.state for name, generator in self.generators.items()
            },
        }
        outline = json.dumps(_outlined(state, tensors))
        unfinished = self.path.with_suffix(".tmp")
        save_file(tensors, unfinished, metadata={"outline": outline})
        unfinished.replace(self.path)

    def restore(self) -> int:
        """Load the state if there is one; return how many steps or epochs are done."""
        if self.path is None or not self.path.exists():
            return 0
        with safe_open(self.path, framework="pt") as file:
            state = _filled(json.loads(file.metadata()["outline"]), file)
        for name, part in self.stateful.items():
            part.load_state_dict(state["stateful"][name])
        for name, generator in self.generators.items():
            generator.bit_generator.state = state["generators"][name]
        torch.set_rng_state(state["torch"])
        return int(state["done"])


def _outlined(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    """Return what JSON can hold of a state; its tensors are numbered and put aside.

    JSON has no keys but texts and no tuples, which the state of an optimiser does.
    """
    if isinstance(value, torch.Tensor):
        name = str(len(tensors))
        # Weights may be shared within a state, which safetensors refuses.
        tensors[name] = value.detach().cpu().clone().contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": [[key, _outlined(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_outlined(item, tensors) for item in value]}
    return value


def _filled(outline: Any, file: Any) -> Any:
    """Return the state of an outline, with its tensors in their places."""
    if not isinstance(outline, dict):
        return outline
    ((kind, content),) = outline.items()
    if kind == "tensor":
        return file.get_tensor(content)
    if kind == "dict":
        return {key: _filled(item, file) for key, item in content}
    items = [_filled(item, file) for item in content]
    return tuple(items) if kind == "tuple" else items
