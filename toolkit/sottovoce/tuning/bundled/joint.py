"""The third lesson: encoder and language model together, on recordings, questions and votes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm.auto import tqdm

from sottovoce.tuning.bundled.architecture import audio_token_lengths
from sottovoce.tuning.bundled.encoder import encode, soft_cross_entropy
from sottovoce.tuning.bundled.grammar import draw_questions
from sottovoce.tuning.bundled.questions import library_questions, random_question
from sottovoce.tuning.bundled.sequences import Packer, packed_loss
from sottovoce.tuning.bundled.spectra import batches, stacked
from sottovoce.tuning.checkpoint import Checkpoint
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerFast, Qwen2AudioForConditionalGeneration

    from sottovoce.tuning.bundled.encoder import Listener
    from sottovoce.tuning.bundled.grammar import Evidence
    from sottovoce.tuning.bundled.questions import Question
    from sottovoce.tuning.bundled.spectra import Clips

# How much the encoder's own soft-label head goes on counting beside the answers.
_HEAD_WEIGHT = 0.5


class Hearer(nn.Module):
    """The whole model with the encoder's vote head beside it, trained as one."""

    def __init__(self, model: Qwen2AudioForConditionalGeneration, votes: nn.Linear) -> None:
        super().__init__()
        self.model = model
        self.votes = votes

    def hear(
        self, features: torch.Tensor, frames: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the embeddings of all audio tokens, row after row, and the head's logits."""
        hidden = encode(self.model.model.audio_tower, features, frames)
        present = torch.arange(hidden.shape[1]) < audio_token_lengths(frames)[:, None]
        embeddings = self.model.model.multi_modal_projector(hidden)[present]
        weight = present[..., None].float()
        pooled = (hidden.float() * weight).sum(1) / weight.sum(1)
        return embeddings, self.votes(pooled)


def connect(
    model: Qwen2AudioForConditionalGeneration, listener: Listener, evidence: Evidence
) -> Hearer:
    """Put the lessons together: the projector becomes the vote head followed by the evidence map.

    The language model can read logits (its lesson) and the encoder can say them (its own), so
    their product is where the joint lesson begins, instead of at chance.
    """
    model.model.audio_tower.load_state_dict(listener.tower.state_dict())
    centre = torch.eye(len(EMOTIONS)) - 1 / len(EMOTIONS)
    to_embedding = evidence.linear.weight @ centre
    projector = model.model.multi_modal_projector.linear
    with torch.no_grad():
        noise = 0.01 * torch.randn(projector.weight.shape)
        projector.weight.copy_(to_embedding @ listener.votes.weight + noise)
        projector.bias.copy_(to_embedding @ listener.votes.bias + evidence.linear.bias)
    return Hearer(model, listener.votes)


@torch.no_grad()
def one_word_shares(
    hearer: Hearer, tokenizer: PreTrainedTokenizerFast, clips: Clips, batch_size: int = 48
) -> NDArray[np.float32]:
    """Return the shares at the answer step of the prompt "one_word", shape (clips, 6).

    A quick measure between epochs; the figures that are published come from `evaluate`.
    """
    hearer.eval()
    packer = Packer(tokenizer)
    rng = np.random.default_rng(0)
    question = next(q for q in library_questions() if q.format == "word")
    spellings = [
        [tokenizer.encode(word)[0] for word in (name, name.capitalize())] for name in EMOTIONS
    ]
    order = np.argsort(clips.frames, kind="stable")
    shares = np.zeros((len(clips), len(EMOTIONS)), np.float32)
    for start in range(0, len(order), batch_size):
        index = order[start : start + batch_size]
        features, frames = stacked(clips, index)
        embeddings, _ = hearer.hear(features, frames)
        uniform = [np.ones(len(EMOTIONS))] * len(index)
        batch = packer.pack(
            audio_token_lengths(frames).tolist(), uniform, [[question]] * len(index), rng
        )
        language_model = hearer.model.model.language_model
        inputs = language_model.embed_tokens(batch.ids).masked_scatter(
            batch.is_audio[..., None], embeddings
        )
        hidden = language_model(
            inputs_embeds=inputs,
            attention_mask={"full_attention": batch.attention_mask(inputs.dtype)},
            position_ids=batch.position,
            use_cache=False,
        ).last_hidden_state
        is_answer = (batch.target_shares > 0).sum(1) > 1
        logits = hearer.model.lm_head(hidden[batch.rows[is_answer], batch.columns[is_answer]])
        pooled = torch.stack([logits[:, ids].logsumexp(1) for ids in spellings], dim=1)
        shares[index] = pooled.softmax(1).numpy()
    return shares


def teach_together(
    hearer: Hearer,
    tokenizer: PreTrainedTokenizerFast,
    clips: Clips,
    *,
    epochs: int = 12,
    batch_size: int = 16,
    questions: int = 3,
    learning_rate: float = 6e-4,
    encoder_rate: float = 3e-4,
    seed: int = 0,
    checkpoint: Path | None = None,
    after_epoch: Callable[[int, Any], None] | None = None,
) -> Hearer:
    """Train everything on real and synthetic clips; return the averaged weights.

    Where a process group of torch.distributed is there, every process takes its own clips and
    the gradients are averaged.

    Parameters
    ----------
    hearer
        From `connect`; trained in place.
    tokenizer
        The bundled tokenizer.
    clips
        Training clips.
    epochs, batch_size, questions
        Length; clips a process and step; questions a clip: one word, yes or no, then any form.
    learning_rate, encoder_rate
        Peak rates of the language model and of the encoder.
    seed
        Of all draws.
    checkpoint
        A file to go on from, written by the first process after every epoch.
    after_epoch
        Called in the first process with the epoch's number and the averaged model.

    Returns
    -------
    Hearer
        A copy with the exponential moving average of the weights.
    """
    rank, world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    shared = np.random.default_rng(seed)
    packer = Packer(tokenizer)
    average = AveragedModel(hearer, multi_avg_fn=get_ema_multi_avg_fn(0.996))
    encoder = [p for p in hearer.model.model.audio_tower.parameters() if p.requires_grad]
    known = {id(p) for p in encoder}
    others = [p for p in hearer.parameters() if p.requires_grad and id(p) not in known]
    parameters = encoder + others
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": encoder_rate}, {"params": others, "lr": learning_rate}],
        weight_decay=0.05,
        betas=(0.9, 0.98),
    )
    per_epoch = math.ceil(len(clips) / (batch_size * world))
    steps = epochs * per_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (
            min(1.0, (step + 1) / 100)
            * (0.01 + math.cos(0.5 * math.pi * min(1.0, step / steps)) ** 2)
        ),
    )
    votes_shares = clips.votes / clips.votes.sum(1, keepdims=True)
    kept = Checkpoint(
        checkpoint,
        {"model": hearer, "average": average, "optimiser": optimiser, "schedule": schedule},
        {"shared": shared},
    )
    done = kept.restore()
    bar = tqdm(
        total=steps, initial=done * per_epoch, desc="together", mininterval=10, disable=rank > 0
    )
    for epoch in range(done, epochs):
        # Seeded by epoch and process, so that an interrupted lesson goes on as if it were not.
        own = np.random.default_rng([seed, rank, epoch])
        torch.manual_seed(int(own.integers(2**31)))
        hearer.train()
        for everyone in batches(clips.frames, batch_size * world, shared):
            # The last batch may be too small to go round; then its clips are heard twice.
            index = np.resize(everyone, max(len(everyone), world))[rank::world]
            features, frames = stacked(clips, index, own)
            asked = [_lesson(own, questions) for _ in index]
            votes = [clips.votes[i] for i in index]
            batch = packer.pack(audio_token_lengths(frames).tolist(), votes, asked, own)
            with torch.autocast("cpu", torch.bfloat16):
                embeddings, logits = hearer.hear(features, frames)
                loss = packed_loss(hearer.model, batch, embeddings)
            targets = torch.tensor(votes_shares[index], dtype=torch.float32)
            loss = loss + _HEAD_WEIGHT * soft_cross_entropy(logits, targets)
            optimiser.zero_grad()
            loss.backward()
            _average_gradients(parameters, world)
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            average.update_parameters(hearer)
            bar.update()
            bar.set_postfix(epoch=epoch, loss=f"{loss.item():.3f}", refresh=False)
        if rank == 0:
            kept.save(epoch + 1)
            if after_epoch is not None:
                after_epoch(epoch, average.module)
    bar.close()
    averaged: Hearer = average.module  # type: ignore[assignment]
    return averaged


def _lesson(rng: np.random.Generator, count: int) -> list[Question]:
    """Ask for one word, which carries the votes; yes or no, the slowest to learn; then anything."""
    fixed = [random_question(rng, "word"), random_question(rng, "yes_no")]
    return [*fixed[:count], *draw_questions(rng, max(0, count - len(fixed)))]


def _average_gradients(parameters: list[nn.Parameter], world: int) -> None:
    if world == 1:
        return
    flat = torch.cat([p.grad.flatten() for p in parameters if p.grad is not None])
    dist.all_reduce(flat)
    flat /= world
    start = 0
    for parameter in parameters:
        if parameter.grad is not None:
            stop = start + parameter.grad.numel()
            parameter.grad.copy_(flat[start:stop].view_as(parameter.grad))
            start = stop
