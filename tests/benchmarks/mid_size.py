"""A Qwen2-Audio of middle size: encoder 11 M, language model 101 M, head 10 M.

These are the proportions of the real one. Its weights are random, recordings are padded to the 30 s
of its window as there, and its tokenizer is the bundled model's, which writes prompts in as many
tokens as large ones do.
"""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers import (
    GenerationConfig,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    WhisperFeatureExtractor,
)

from sottovoce.models import SpeechModel, load_model
from sottovoce.models.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

VOCABULARY = 10_000


def mid_size() -> SpeechModel:
    """Return the model, ready for a capture."""
    bundled = load_model().processor
    tokenizer = bundled.tokenizer
    config = Qwen2AudioConfig(
        audio_config={
            "num_mel_bins": 80,
            "d_model": 384,
            "encoder_layers": 6,
            "encoder_attention_heads": 6,
            "encoder_ffn_dim": 1536,
            "max_source_positions": 1500,
        },
        text_config={
            "model_type": "qwen2",
            "vocab_size": VOCABULARY,
            "hidden_size": 1024,
            "intermediate_size": 2816,
            "num_hidden_layers": 8,
            "num_attention_heads": 8,
            "num_key_value_heads": 8,
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        audio_token_index=tokenizer.convert_tokens_to_ids(bundled.audio_token),
    )
    torch.manual_seed(0)
    model = Qwen2AudioForConditionalGeneration(config)
    # No answer ends early, so that every variant runs the same steps.
    model.generation_config = GenerationConfig(eos_token_id=VOCABULARY - 1, pad_token_id=0)
    processor = Qwen2AudioProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=80, return_attention_mask=True),
        tokenizer=tokenizer,
        chat_template=bundled.chat_template,
    )
    return SpeechModel(model, processor, source=Source("mid-size", "mid-size"))


def noise(seconds: float = 5.0) -> tuple[np.ndarray, int]:
    """Return a recording of noise, with its rate."""
    samples = np.random.default_rng(0).normal(0, 0.1, round(seconds * 16000))
    return samples.astype(np.float32), 16000


def alternated(variants: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of CPU time of each variant in each round, on one thread."""
    torch.set_num_threads(1)
    order = np.random.default_rng(0)
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name in order.permutation(list(variants)):
            begun = time.process_time()
            variants[name]()
            seconds[name].append(time.process_time() - begun)
    return seconds


def ratios(seconds: dict[str, list[float]], base: str) -> dict[str, tuple[float, float, float]]:
    """Return the median, the least and the largest ratio of each variant to the base, by round."""
    told = {}
    for name, values in seconds.items():
        shares = [value / of for value, of in zip(values, seconds[base], strict=True)]
        told[name] = (median(shares), min(shares), max(shares))
    return told
