"""Where a lesson stands, so that it goes on after an interruption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np


class Checkpoint:
    """One file that holds everything a lesson needs to go on.

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
        state = {
            "done": done,
            "torch": torch.get_rng_state(),
            "stateful": {name: part.state_dict() for name, part in self.stateful.items()},
            "generators": {
                name: generator.bit_generator.state for name, generator in self.generators.items()
            },
        }
        unfinished = self.path.with_suffix(".tmp")
        torch.save(state, unfinished)
        unfinished.replace(self.path)

    def restore(self) -> int:
        """Load the state if there is one; return how many steps or epochs are done."""
        if self.path is None or not self.path.exists():
            return 0
        state = torch.load(self.path, weights_only=True)
        for name, part in self.stateful.items():
            part.load_state_dict(state["stateful"][name])
        for name, generator in self.generators.items():
            generator.bit_generator.state = state["generators"][name]
        torch.set_rng_state(state["torch"])
        return int(state["done"])
