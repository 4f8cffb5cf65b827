"""Qwen2-Audios of a chosen size, with random weights.

By default one of middle size: encoder 11 M, language model 101 M, head 10 M, which are the
proportions of the real one. Recordings are padded to the 30 s of its window as there, and its
tokenizer is the bundled model's, which writes prompts in as many tokens as large ones do.
"""

from __future__ import annotations

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

ENCODER = {
    "num_mel_bins": 80,
    "d_model": 384,
    "encoder_layers": 6,
    "encoder_attention_heads": 6,
    "encoder_ffn_dim": 1536,
    "max_source_positions": 1500,
}
LANGUAGE_MODEL = {
    "vocab_size": 10_000,
    "hidden_size": 1024,
    "intermediate_size": 2816,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "num_key_value_heads": 8,
}
# For a test of the harness, and for what the head alone costs.
SMALL_ENCODER = ENCODER | {
    "d_model": 64, "encoder_layers": 2, "encoder_attention_heads": 2, "encoder_ffn_dim": 128,
    "max_source_positions": 300,
}  # fmt: skip
SMALL_LANGUAGE_MODEL = LANGUAGE_MODEL | {
    "hidden_size": 64, "intermediate_size": 176, "num_hidden_layers": 2,
    "num_attention_heads": 2, "num_key_value_heads": 2,
}  # fmt: skip
# Qwen2-Audio-7B as on the hub.
QWEN2_AUDIO_7B = (
    {
        "num_mel_bins": 128,
        "d_model": 1280,
        "encoder_layers": 32,
        "encoder_attention_heads": 20,
        "encoder_ffn_dim": 5120,
        "max_source_positions": 1500,
    },
    {
        "vocab_size": 156_032,
        "hidden_size": 4096,
        "intermediate_size": 11_008,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
    },
)


def mid_size(**changed: int) -> SpeechModel:
    """Return the model of middle size, with another language model where that is asked for."""
    return random_model("mid-size", ENCODER, LANGUAGE_MODEL | changed)


def small(**changed: int) -> SpeechModel:
    """Return one of which little but the head is left."""
    return random_model("small", SMALL_ENCODER, SMALL_LANGUAGE_MODEL | changed)


def random_model(
    name: str,
    encoder: dict[str, int],
    language_model: dict[str, int],
    *,
    device: str = "cpu",
    dtype: torch.dtype = torch.float32,
) -> SpeechModel:
    """Return a model, ready for a capture, of which no answer ends early."""
    bundled = load_model(check=False).processor
    tokenizer = bundled.tokenizer
    config = Qwen2AudioConfig(
        audio_config=encoder,
        text_config={
            "model_type": "qwen2",
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            **language_model,
        },
        audio_token_index=tokenizer.convert_tokens_to_ids(bundled.audio_token),
    )
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model = Qwen2AudioForConditionalGeneration(config)
    finally:
        torch.set_default_dtype(before)
    # Every variant shall run the same steps.
    end = language_model["vocab_size"] - 1
    model.generation_config = GenerationConfig(eos_token_id=end, pad_token_id=0)
    with torch.no_grad():
        model.get_output_embeddings().weight[end] = 0
    processor = Qwen2AudioProcessor(
        feature_extractor=WhisperFeatureExtractor(
            feature_size=encoder["num_mel_bins"],
            chunk_length=encoder["max_source_positions"] // 50,
            return_attention_mask=True,
        ),
        tokenizer=tokenizer,
        chat_template=bundled.chat_template,
    )
    return SpeechModel(model, processor, source=Source(name, name))


def noise(seconds: float = 5.0, seed: int = 0) -> np.ndarray:
    """Return a recording of noise at 16 kHz."""
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * 16000))
    return samples.astype(np.float32)
