"""The first lesson of the language model: to read shares and to answer in every asked form.

In the place of the audio stand made-up frames that carry an emotion distribution as noisy logits,
through the same kind of linear map that later carries the encoder's. Sequences are short, there is
no encoder to run and votes can be drawn without end, so the forms of answer (percentages that sum
to 100, no emotion twice, JSON that closes) are learned here, cheaply, before any sound.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from sottovoce.tuning.bundled.questions import random_question
from sottovoce.tuning.bundled.sequences import Packer, packed_loss
from sottovoce.tuning.checkpoint import Checkpoint
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerFast, Qwen2AudioForConditionalGeneration

    from sottovoce.prompts import AnswerFormat
    from sottovoce.tuning.bundled.questions import Question

# How often each form of answer is asked for.
FORMATS: dict[AnswerFormat, float] = {
    "percentages": 0.3,
    "word": 0.15,
    "json": 0.25,
    "yes_no": 0.3,
}
# Floor of a share before its logarithm is taken: an emotion with no vote is not impossible.
_FLOOR = 0.01


class Evidence(nn.Module):
    """The linear map from emotion logits to the language model's embedding space."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.linear = nn.Linear(len(EMOTIONS), hidden)
        nn.init.normal_(self.linear.weight, std=0.02)
        nn.init.normal_(self.linear.bias, std=0.02)

    def forward(self, logits: torch.Tensor) -> torch.Tensor:
        """Map logits of shape (..., 6) to embeddings of shape (..., hidden)."""
        embeddings: torch.Tensor = self.linear(logits)
        return embeddings


def centred_log(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of shares with a floor, centred: the logits that stand for them."""
    logs: NDArray[np.float64] = np.log(np.maximum(shares, _FLOOR))
    centred: NDArray[np.float64] = logs - logs.mean(-1, keepdims=True)
    return centred


def draw_votes(rng: np.random.Generator, pool: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw votes: a real vector of the pool, or a made-up one of six to twelve listeners."""
    if rng.random() < 0.5:
        chosen: NDArray[np.float64] = pool[rng.integers(len(pool))]
        return chosen
    shares = rng.dirichlet(np.full(len(EMOTIONS), rng.choice([0.15, 0.4, 1.0])))
    return rng.multinomial(rng.integers(6, 13), shares).astype(float)


def draw_questions(rng: np.random.Generator, count: int) -> list[Question]:
    """Draw questions of all forms."""
    numbers = rng.choice(len(FORMATS), size=count, p=list(FORMATS.values()))
    formats = [tuple(FORMATS)[number] for number in numbers]
    return [random_question(rng, answer_format) for answer_format in formats]


def teach_grammar(
    model: Qwen2AudioForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    pool: NDArray[np.float64],
    *,
    steps: int = 2400,
    batch_size: int = 16,
    questions: int = 4,
    learning_rate: float = 1.5e-3,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> Evidence:
    """Train the language model on made-up frames; return the map that carried them.

    Parameters
    ----------
    model
        Its language model and head are trained in place.
    tokenizer
        The bundled tokenizer.
    pool : ndarray of shape (clips, 6)
        Real votes to draw from.
    steps, batch_size, questions, learning_rate, seed
        Length of the lesson; recordings a step; questions a recording; peak rate; chance.
    checkpoint
        A file to go on from, written every 200 steps.

    Returns
    -------
    Evidence
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    packer = Packer(tokenizer)
    evidence = Evidence(model.config.text_config.hidden_size)
    modules = nn.ModuleList([model.model.language_model, model.lm_head, evidence])
    modules.train()
    optimiser = torch.optim.AdamW(modules.parameters(), lr=learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: (
            min(1.0, (step + 1) / 200) * (0.02 + 0.98 * math.cos(0.5 * math.pi * step / steps) ** 2)
        ),
    )
    kept = Checkpoint(
        checkpoint,
        {"modules": modules, "optimiser": optimiser, "schedule": schedule},
        {"rng": rng},
    )
    done = kept.restore()
    bar = tqdm(range(done, steps), desc="grammar", initial=done, total=steps, mininterval=10)
    for step in bar:
        votes = [draw_votes(rng, pool) for _ in range(batch_size)]
        lengths = rng.integers(12, 60, batch_size)
        frames = [
            centred_log(counts / counts.sum())
            + rng.normal(0, rng.uniform(0, 2), (length, len(EMOTIONS)))
            for counts, length in zip(votes, lengths, strict=True)
        ]
        # Noise that sums to nothing: the recording's own mean is what it says.
        frames = [
            frame - frame.mean(0) + centred_log(counts / counts.sum())
            for frame, counts in zip(frames, votes, strict=True)
        ]
        asked = [draw_questions(rng, questions) for _ in range(batch_size)]
        batch = packer.pack(lengths.tolist(), votes, asked, rng)
        sound = evidence(torch.from_numpy(np.concatenate(frames).astype(np.float32)))
        with torch.autocast("cpu", torch.bfloat16):
            loss = packed_loss(model, batch, sound)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        if step % 200 == 199:
            kept.save(step + 1)
    return evidence
