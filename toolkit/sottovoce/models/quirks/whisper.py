"""Whisper has no chat: what it is told stands before its answer, as if said before the recording.

Its own ``generate`` transcribes: it detects the language, forces and forbids tokens, and cuts the
sound into windows. Here the plain one takes its place, and a question is what Whisper calls a
prompt, between <|startofprev|> and <|startoftranscript|>.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationMixin

from sottovoce.errors import PromptError
from sottovoce.models.interface import ChatInterface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


class Whisper(ChatInterface):
    """A decoder prompt instead of a chat.

    Parameters
    ----------
    language
        The language of the recordings, as Whisper writes it, such as "en" or "ja". It counts only
        for models of many languages.
    """

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._most = 224

    def finish(self, model: Any, processor: Any) -> None:
        """Let the model continue its prompt, and do nothing else."""
        del processor
        model.generate = partial(GenerationMixin.generate, model)

    def why_deaf(self, model: Any, processor: Any) -> str | None:
        """Return None: a Whisper hears and needs no template, unless it lacks the language."""
        known = processor.tokenizer.get_vocab()
        self._most = model.config.max_target_positions // 2
        if "<|en|>" in known and f"<|{self.language}|>" not in known:
            return f"it does not know the language {self.language!r}; <|en|> would be 'en'."
        return None

    def encode(
        self, processor: Any, samples: Sequence[NDArray[np.float32]], prompts: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return the features of the sound, and each question as what was said before it."""
        heard = processor.feature_extractor(
            list(samples), sampling_rate=self.rate(processor), return_tensors="pt"
        )
        rows = [self._decoder_prompt(processor.tokenizer, prompt) for prompt in prompts]
        longest = max(map(len, rows))
        padding = processor.tokenizer.pad_token_id
        padded = [[padding] * (longest - len(row)) + row for row in rows]
        known = [[0] * (longest - len(row)) + [1] * len(row) for row in rows]
        return {
            "input_features": heard["input_features"],
            "decoder_input_ids": torch.tensor(padded),
            "decoder_attention_mask": torch.tensor(known),
        }

    def longest(self, processor: Any) -> float | None:
        """Return the one window that it hears."""
        return float(processor.feature_extractor.chunk_length)

    def _decoder_prompt(self, tokenizer: Any, prompt: str) -> list[int]:
        # Control tokens within a question are text: none of its ids may be one of theirs.
        said = tokenizer.encode(
            f" {prompt.strip()}", add_special_tokens=False, split_special_tokens=True
        )
        if len(said) >= self._most:
            raise PromptError(
                f"The prompt {prompt[:60]!r} has {len(said)} tokens, and this model takes fewer "
                f"than {self._most}. Shorten it."
            )
        known = tokenizer.get_vocab()
        language = (
            [known[f"<|{self.language}|>"], known["<|transcribe|>"]] if "<|en|>" in known else []
        )
        return [
            known["<|startofprev|>"],
            *said,
            known["<|startoftranscript|>"],
            *language,
            known["<|notimestamps|>"],
        ]
