"""The epochs of a few-label training, judged on who is held out, with all that a pause needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import xarray as xr
from tqdm.auto import tqdm

from sottovoce.errors import ModelError
from sottovoce.evaluation import js_divergence
from sottovoce.tuning.checkpoint import Checkpoint
from sottovoce.tuning.lora.step import next_logits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sottovoce.models import SpeechModel
    from sottovoce.tuning.lora.examples import Examples
    from sottovoce.tuning.lora.soft_labels import SoftLabels

CHECKPOINT = "checkpoint.safetensors"


class Training:
    """Epochs over the examples, judged on those held out, with everything that a pause needs."""

    def __init__(
        self,
        model: SpeechModel,
        adapted: Any,
        labels: SoftLabels,
        learned: Examples,
        held: Examples,
        batch_size: int,
        learning_rate: float,
        seed: int,
        folder: Path,
        about: Mapping[str, Any],
    ) -> None:
        self._model, self._adapted, self._labels = model, adapted, labels
        self._learned, self._held, self._batch_size = learned, held, batch_size
        self._parameters = [value for value in adapted.parameters() if value.requires_grad]
        self._optimiser = torch.optim.AdamW(self._parameters, lr=learning_rate, weight_decay=0.01)
        self._rng = np.random.default_rng(seed)
        self._weights = Weights(adapted)
        self._kept = Kept(json.dumps(about, sort_keys=True))
        self._checkpoint = Checkpoint(
            folder / CHECKPOINT,
            # What was kept comes first: it refuses the checkpoint of another training.
            {"kept": self._kept, "weights": self._weights, "optimiser": self._optimiser},
            {"order": self._rng},
        )

    def run(self, epochs: int, patience: int, progress: bool) -> None:
        """Train, and leave the best weights in place."""
        done = self._checkpoint.restore()
        with tqdm(total=epochs, initial=done, desc="tune", disable=not progress) as bar:
            if not self._kept.epochs:
                self._judge(float("nan"))
            for epoch in range(done, epochs):
                if len(self._kept.epochs) - 1 - self._kept.best > patience:
                    break
                self._judge(self._learn())
                self._checkpoint.save(epoch + 1)
                bar.update()
                bar.set_postfix(js=f"{self._kept.epochs[-1]['js']:.3f}", refresh=False)
        self._weights.load_state_dict(self._kept.weights)

    def history(self) -> xr.Dataset:
        """Return the measures of every epoch."""
        epochs = self._kept.epochs
        variables = {name: ("epoch", [epoch[name] for epoch in epochs]) for name in epochs[0]}
        return xr.Dataset(
            variables,
            coords={"epoch": np.arange(len(epochs))},
            attrs={"best_epoch": self._kept.best},
        )

    def _learn(self) -> float:
        total = 0.0
        for batch in self._learned.batches(self._model, self._batch_size, self._rng):
            logits = next_logits(self._model, [self._learned.rows[n] for n in batch])
            loss = self._labels.loss(logits, self._votes(self._learned, batch, logits))
            self._optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
            self._optimiser.step()
            total += loss.item() * len(batch)
        return total / len(self._learned)

    @torch.inference_mode()
    def _judge(self, training_loss: float) -> None:
        loss, js = 0.0, 0.0
        for batch in self._held.batches(self._model, self._batch_size):
            logits = next_logits(self._model, [self._held.rows[n] for n in batch])
            votes = self._votes(self._held, batch, logits)
            loss += self._labels.loss(logits, votes).item() * len(batch)
            shares = self._labels.shares(logits).cpu().numpy()
            js += float(js_divergence(shares, self._held.votes[batch]).sum())
        number = len(self._held)
        measures = {"loss": loss / number, "js": js / number, "training_loss": training_loss}
        self._kept.add(measures, self._weights)

    @staticmethod
    def _votes(examples: Examples, batch: Any, like: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(examples.votes[batch]).to(like.device)


class Weights:
    """The adapter's tensors alone, as something with a state."""

    def __init__(self, adapted: Any) -> None:
        self._adapted = adapted

    def state_dict(self) -> dict[str, torch.Tensor]:
        """Return the tensors by their names."""
        from peft import get_peft_model_state_dict

        # Else peft looks on the hub whether the vocabulary was changed.
        state: dict[str, torch.Tensor] = get_peft_model_state_dict(
            self._adapted, save_embedding_layers=False
        )
        return state

    def load_state_dict(self, state: Mapping[str, torch.Tensor]) -> None:
        """Put the tensors in their places."""
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(self._adapted, dict(state))


class Kept:
    """The measures of every epoch, and the weights of the best."""

    def __init__(self, about: str) -> None:
        self._about = about
        self.epochs: list[dict[str, float]] = []
        self.best = 0
        self.weights: dict[str, torch.Tensor] = {}

    def add(self, measures: dict[str, float], weights: Weights) -> None:
        """Keep an epoch's measures, and its weights if none was better."""
        self.epochs.append(measures)
        if not self.weights or measures["js"] < self.epochs[self.best]["js"]:
            self.best = len(self.epochs) - 1
            self.weights = {name: value.clone() for name, value in weights.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """Return everything, and whose training it is."""
        return {
            "about": self._about,
            "epochs": self.epochs,
            "best": self.best,
            "weights": self.weights,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take everything back.

        Raises
        ------
        ModelError
            If it is another training's.
        """
        if state["about"] != self._about:
            before, now = json.loads(state["about"]), json.loads(self._about)
            changed = [name for name in now if now[name] != before.get(name)]
            raise ModelError(
                f"the folder holds the checkpoint of another training: {', '.join(changed)} "
                "differ. Choose another folder, or remove it."
            )
        self.epochs, self.best = list(state["epochs"]), int(state["best"])
        self.weights = dict(state["weights"])
