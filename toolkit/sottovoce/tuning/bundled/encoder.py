"""The second lesson: the audio encoder learns the listeners' votes, with a plain linear head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm.auto import tqdm

from sottovoce.tuning.bundled.architecture import audio_token_lengths
from sottovoce.tuning.bundled.spectra import batches, stacked
from sottovoce.tuning.checkpoint import Checkpoint
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from sottovoce.tuning.bundled.spectra import Clips

_POOLED_DROPOUT = 0.3
# Weights of the hints beside the votes: what was acted, and which sentence it is.
_ACTED_WEIGHT, _SENTENCE_WEIGHT = 0.3, 0.1


def encode(tower: Any, features: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
    """Run Qwen2-Audio's encoder on a window cut to the batch's longest clip.

    The same computation as the encoder's own forward, which insists on the whole window: what is
    cut off would be masked there.

    Parameters
    ----------
    tower
        ``model.model.audio_tower``.
    features : FloatTensor of shape (batch, bands, frames)
        Spectrograms.
    frames : LongTensor of shape (batch,)
        Length of every clip.

    Returns
    -------
    FloatTensor of shape (batch, frames / 4, width)
    """
    hidden = F.gelu(tower.conv1(features))
    hidden = F.gelu(tower.conv2(hidden)).transpose(1, 2)
    length = hidden.shape[1]
    hidden = hidden + tower.embed_positions.weight[:length]
    present = torch.arange(length) < ((frames - 1) // 2 + 1)[:, None]
    mask = torch.zeros(len(frames), 1, 1, length).masked_fill(~present[:, None, None], -1e4)
    hidden = F.dropout(hidden, tower.dropout, tower.training)
    for layer in tower.layers:
        output = layer(hidden, mask.to(hidden.dtype))
        hidden = output[0] if isinstance(output, tuple) else output
    hidden = tower.avg_pooler(hidden.transpose(1, 2)).transpose(1, 2)
    encoded: torch.Tensor = tower.layer_norm(hidden)
    return encoded


class Listener(nn.Module):
    """The encoder with heads on the mean of its audio tokens.

    Parameters
    ----------
    tower
        The encoder to train.
    sentences
        How many different sentences the clips hold.
    """

    def __init__(self, tower: Any, sentences: int) -> None:
        super().__init__()
        width = tower.config.d_model
        self.tower = tower
        self.votes = nn.Linear(width, len(EMOTIONS))
        self.acted = nn.Linear(width, len(EMOTIONS))
        self.sentence = nn.Linear(width, max(1, sentences))

    def forward(self, features: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
        """Return the pooled encoding, shape (batch, width)."""
        hidden = encode(self.tower, features, frames).float()
        present = torch.arange(hidden.shape[1]) < audio_token_lengths(frames)[:, None]
        weight = present[..., None].float()
        pooled = (hidden * weight).sum(1) / weight.sum(1)
        return F.dropout(pooled, _POOLED_DROPOUT, self.training)


def soft_cross_entropy(logits: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Return the mean cross-entropy of logits (n, k) against shares (n, k); all-zero rows are 0."""
    return -(shares * F.log_softmax(logits.float(), dim=1)).sum(1).mean()


def one_hot(labels: NDArray[np.int64], classes: int) -> torch.Tensor:
    """Return one-hot rows; a label of -1 gives zeros, which weigh nothing."""
    table = torch.zeros(len(labels), classes)
    known = labels >= 0
    table[np.flatnonzero(known), labels[known]] = 1.0
    return table


@torch.no_grad()
def listen(listener: Listener, clips: Clips, batch_size: int = 64) -> NDArray[np.float32]:
    """Return the predicted shares of every clip, shape (clips, 6)."""
    listener.eval()
    order = np.argsort(clips.frames, kind="stable")
    shares = np.zeros((len(clips), len(EMOTIONS)), np.float32)
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        shares[index] = listener.votes(listener(*stacked(clips, index))).softmax(1).numpy()
    return shares


def teach_encoder(
    tower: Any,
    clips: Clips,
    *,
    epochs: int = 28,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    mixup: float = 0.2,
    seed: int = 0,
    checkpoint: Path | None = None,
    after_epoch: Callable[[int, Any], None] | None = None,
) -> Listener:
    """Train the encoder on soft labels; return it with its heads, weights averaged.

    Parameters
    ----------
    tower
        The encoder; the averaged weights are written into it at the end.
    clips
        Training clips.
    epochs, batch_size, learning_rate, seed
        Of AdamW with a cosine schedule and an exponential moving average of the weights.
    mixup
        Parameter of the Beta distribution (arXiv:1710.09412); used in half of the batches of
        the first three quarters, since it leaves predictions too flat when used to the end.
    checkpoint
        A file to go on from, written after every epoch.
    after_epoch
        Called with the epoch's number and the averaged model, to measure it.

    Returns
    -------
    Listener
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    sentences = int(clips.sentence.max()) + 1
    listener = Listener(tower, sentences)
    average = AveragedModel(listener, multi_avg_fn=get_ema_multi_avg_fn(0.995))
    parameters = [p for p in listener.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        parameters, lr=learning_rate, weight_decay=0.05, betas=(0.9, 0.98)
    )
    steps = epochs * math.ceil(len(clips) / batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (
            min(1.0, (step + 1) / 300)
            * (0.01 + math.cos(0.5 * math.pi * min(1.0, step / steps)) ** 2)
        ),
    )
    shares = clips.votes / clips.votes.sum(1, keepdims=True)
    kept = Checkpoint(
        checkpoint,
        {"model": listener, "average": average, "optimiser": optimiser, "schedule": schedule},
        {"rng": rng},
    )
    done = kept.restore()
    bar = tqdm(total=steps, initial=done * steps // epochs, desc="encoder", mininterval=10)
    for epoch in range(done, epochs):
        listener.train()
        for index in batches(clips.frames, batch_size, rng):
            features, frames = stacked(clips, index, rng)
            targets = [
                torch.tensor(shares[index], dtype=torch.float32),
                one_hot(clips.acted[index], len(EMOTIONS)),
                one_hot(clips.sentence[index], max(1, sentences)),
            ]
            if mixup and epoch < 0.75 * epochs and rng.random() < 0.5:
                drawn = rng.beta(mixup, mixup, len(index))
                mine = torch.tensor(np.maximum(drawn, 1 - drawn), dtype=torch.float32)[:, None]
                partner = torch.tensor(rng.permutation(len(index)))
                features = mine[..., None] * features + (1 - mine[..., None]) * features[partner]
                targets = [mine * t + (1 - mine) * t[partner] for t in targets]
                frames = torch.maximum(frames, frames[partner])
            with torch.autocast("cpu", torch.bfloat16):
                pooled = listener(features, frames)
            loss = (
                soft_cross_entropy(listener.votes(pooled), targets[0])
                + _ACTED_WEIGHT * soft_cross_entropy(listener.acted(pooled), targets[1])
                + _SENTENCE_WEIGHT * soft_cross_entropy(listener.sentence(pooled), targets[2])
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(listener)
            bar.update()
            bar.set_postfix(epoch=epoch, loss=f"{loss.item():.3f}", refresh=False)
        kept.save(epoch + 1)
        if after_epoch is not None:
            after_epoch(epoch, average.module)
    listener.load_state_dict(average.module.state_dict())
    bar.close()
    return listener
