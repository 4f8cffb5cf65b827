"""Questions and answers packed behind one recording, for training.

A recording's audio tokens stand once, and every question with its answer attends to them and to
itself but not to the other questions, so that the encoder's and the prefix's work is shared. The
positions restart behind the audio, which makes each question see what it sees when asked alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from sottovoce.tuning.bundled.questions import answer
from sottovoce.tuning.bundled.tokenizer import (
    AUDIO_END,
    AUDIO_START,
    AUDIO_TOKEN,
    TURN_END,
    TURN_START,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from transformers import PreTrainedTokenizerFast, Qwen2AudioForConditionalGeneration

    from sottovoce.tuning.bundled.questions import Question

_ALTERNATIVES = 6
# The step where the votes are learned is what the read-outs use; it counts more than a comma.
_VOTES_WEIGHT = 4.0


@dataclass
class Packed:
    """A batch of packed sequences.

    Attributes
    ----------
    ids, segment, position : LongTensor of shape (batch, length)
        Token ids; 0 for the prefix, 1, 2, ... for the questions, -1 for padding; position ids.
    is_audio : BoolTensor of shape (batch, length)
        Where the audio tokens stand.
    rows, columns : LongTensor of shape (targets,)
        The places that predict an answer's token.
    target_ids : LongTensor of shape (targets, 6)
        The tokens that may stand there.
    target_shares : FloatTensor of shape (targets, 6)
        Their probabilities.
    weight : FloatTensor of shape (targets,)
        How much the place counts.
    """

    ids: torch.Tensor
    segment: torch.Tensor
    position: torch.Tensor
    is_audio: torch.Tensor
    rows: torch.Tensor
    columns: torch.Tensor
    target_ids: torch.Tensor
    target_shares: torch.Tensor
    weight: torch.Tensor

    def attention_mask(self, dtype: torch.dtype) -> torch.Tensor:
        """Return the additive mask, shape (batch, 1, length, length)."""
        length = self.ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).tril()
        query, key = self.segment[:, :, None], self.segment[:, None, :]
        allowed = causal & ((key == 0) | (key == query))
        mask = torch.zeros(allowed.shape, dtype=dtype).masked_fill(~allowed, -1e4)
        return mask[:, None]


class Packer:
    """Turns votes and questions into packed batches for one tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self.encode = lru_cache(maxsize=20_000)(self._encode)
        self.before = self.encode(f"{TURN_START}user\n{AUDIO_START}")
        self.audio = tokenizer.convert_tokens_to_ids(AUDIO_TOKEN)
        self.after = self.encode(AUDIO_END)
        self.end = self.encode(TURN_END)

    def _encode(self, text: str) -> tuple[int, ...]:
        return tuple(self.tokenizer.encode(text, add_special_tokens=False))

    def _segment(
        self, question: Question, votes: np.ndarray, rng: np.random.Generator
    ) -> tuple[list[int], list[tuple[int, dict[int, float], bool]]]:
        """Return the tokens; and of each target the place, the options, and if they are votes."""
        ids = list(self.encode(f"\n{question.text}{TURN_END}\n{TURN_START}assistant\n"))
        targets: list[tuple[int, dict[int, float], bool]] = []
        for piece in answer(question, votes, rng):
            if isinstance(piece, str):
                tokens = self.encode(piece)
                targets += [
                    (len(ids) - 1 + k, {token: 1.0}, False) for k, token in enumerate(tokens)
                ]
                ids += tokens
            else:
                options = {self.encode(text)[0]: share for text, share in piece.items()}
                targets.append((len(ids) - 1, options, True))
                shares = list(options.values())
                ids.append(int(rng.choice(list(options), p=shares)))
        targets.append((len(ids) - 1, {self.end[0]: 1.0}, False))
        return ids + list(self.end), targets

    def pack(
        self,
        audio_lengths: Sequence[int],
        votes: Sequence[np.ndarray],
        questions: Sequence[Sequence[Question]],
        rng: np.random.Generator,
    ) -> Packed:
        """Pack each recording's questions behind its audio tokens."""
        sequences: list[tuple[list[int], list[int], list[int]]] = []
        targets: list[tuple[int, int, dict[int, float], bool]] = []
        for row, (n_audio, counts, asked) in enumerate(
            zip(audio_lengths, votes, questions, strict=True)
        ):
            ids = [*self.before, *[self.audio] * n_audio, *self.after]
            prefix = len(ids)
            segment, position = [0] * prefix, list(range(prefix))
            for number, question in enumerate(asked, start=1):
                start = len(ids)
                tokens, wanted = self._segment(question, counts, rng)
                targets += [(row, start + place, options, cast) for place, options, cast in wanted]
                ids += tokens
                segment += [number] * len(tokens)
                position += range(prefix, prefix + len(tokens))
            sequences.append((ids, segment, position))

        length = max(len(ids) for ids, _, _ in sequences)

        def padded(part: int, filler: int) -> torch.Tensor:
            return torch.tensor(
                [entry[part] + [filler] * (length - len(entry[part])) for entry in sequences]
            )

        token_ids = padded(0, self.tokenizer.pad_token_id)
        target_ids = torch.zeros(len(targets), _ALTERNATIVES, dtype=torch.long)
        target_shares = torch.zeros(len(targets), _ALTERNATIVES)
        for index, (_, _, options, _) in enumerate(targets):
            target_ids[index, : len(options)] = torch.tensor(list(options))
            target_shares[index, : len(options)] = torch.tensor(list(options.values()))
        is_votes = torch.tensor([target[3] for target in targets])
        return Packed(
            ids=token_ids,
            segment=padded(1, -1),
            position=padded(2, 0),
            is_audio=token_ids == self.audio,
            rows=torch.tensor([target[0] for target in targets]),
            columns=torch.tensor([target[1] for target in targets]),
            target_ids=target_ids,
            target_shares=target_shares,
            weight=1.0 + (_VOTES_WEIGHT - 1.0) * is_votes,
        )


def packed_loss(
    model: Qwen2AudioForConditionalGeneration, batch: Packed, audio_embeddings: torch.Tensor
) -> torch.Tensor:
    """Return the weighted cross-entropy of the answers.

    Parameters
    ----------
    model
        Whose language model reads the batch.
    batch
        The packed questions.
    audio_embeddings : FloatTensor of shape (audio tokens of the batch, hidden)
        What stands in the places of the audio tokens, row after row.
    """
    language_model = model.model.language_model
    embeddings = language_model.embed_tokens(batch.ids)
    embeddings = embeddings.masked_scatter(
        batch.is_audio[..., None], audio_embeddings.to(embeddings.dtype)
    )
    hidden = language_model(
        inputs_embeds=embeddings,
        attention_mask={"full_attention": batch.attention_mask(embeddings.dtype)},
        position_ids=batch.position,
        use_cache=False,
    ).last_hidden_state
    logits = model.lm_head(hidden[batch.rows, batch.columns]).float()
    log_probability = F.log_softmax(logits, dim=-1).gather(1, batch.target_ids)
    loss = -(batch.target_shares * log_probability).sum(1)
    return (loss * batch.weight).sum() / batch.weight.sum()
