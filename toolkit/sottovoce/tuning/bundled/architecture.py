"""The bundled model's shape: Qwen2-Audio, small enough to travel with the package."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from transformers import (
    GenerationConfig,
    Qwen2AudioConfig,
    Qwen2AudioEncoderConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    Qwen2Config,
    WhisperFeatureExtractor,
)

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerFast

RATE = 16_000
WINDOW_SECONDS = 6
MEL_BANDS = 128
# 64 ms windows resolve the harmonics of a voice, which 25 ms ones blur; 20 ms hops.
FFT_LENGTH, HOP_LENGTH = 1024, 320
MAX_FRAMES = WINDOW_SECONDS * RATE // HOP_LENGTH

ENCODER = {
    "d_model": 192,
    "encoder_layers": 4,
    "encoder_attention_heads": 4,
    "encoder_ffn_dim": 768,
}
LANGUAGE = {
    "hidden_size": 192,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "intermediate_size": 512,
}


def make_feature_extractor() -> WhisperFeatureExtractor:
    """Return the log-mel front end: 128 bands, 6 s window."""
    return WhisperFeatureExtractor(
        feature_size=MEL_BANDS,
        sampling_rate=RATE,
        hop_length=HOP_LENGTH,
        n_fft=FFT_LENGTH,
        chunk_length=WINDOW_SECONDS,
        return_attention_mask=True,
    )


def sinusoids(length: int, channels: int) -> torch.Tensor:
    """Return Whisper's fixed position embeddings, shape (length, channels)."""
    increment = math.log(10_000) / (channels // 2 - 1)
    scale = torch.exp(-increment * torch.arange(channels // 2))
    angle = torch.arange(length)[:, None] * scale
    return torch.cat([angle.sin(), angle.cos()], dim=1)


def make_model(
    tokenizer: PreTrainedTokenizerFast, seed: int = 0, dropout: float = 0.1
) -> Qwen2AudioForConditionalGeneration:
    """Return an untrained model for this tokenizer."""
    torch.manual_seed(seed)
    audio = Qwen2AudioEncoderConfig(
        num_mel_bins=MEL_BANDS,
        max_source_positions=MAX_FRAMES // 2,
        dropout=dropout,
        attention_dropout=dropout,
        activation_dropout=dropout,
        **ENCODER,
    )
    text = Qwen2Config(
        vocab_size=len(tokenizer),
        max_position_embeddings=1024,
        tie_word_embeddings=False,
        attention_dropout=0.0,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **LANGUAGE,
    )
    config = Qwen2AudioConfig(
        audio_config=audio,
        text_config=text,
        audio_token_index=tokenizer.convert_tokens_to_ids("<|AUDIO|>"),
    )
    model = Qwen2AudioForConditionalGeneration(config)
    # Scaled down beside the first layer's small activations, else position drowns the sound.
    positions = 0.3 * sinusoids(MAX_FRAMES // 2, audio.d_model)
    model.model.audio_tower.embed_positions.weight.data.copy_(positions)
    model.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=64,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return model


def save_model(
    model: Qwen2AudioForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    folder: Path,
) -> None:
    """Write weights, configuration and processor so that AutoProcessor and the Auto class load."""
    processor = Qwen2AudioProcessor(
        feature_extractor=make_feature_extractor(),
        tokenizer=tokenizer,
        chat_template=tokenizer.chat_template,
        audio_token="<|AUDIO|>",  # noqa: S106
        audio_bos_token="<|audio_bos|>",  # noqa: S106
        audio_eos_token="<|audio_eos|>",  # noqa: S106
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def audio_token_lengths(frames: Any) -> Any:
    """Return how many audio tokens the encoder makes of so many mel frames."""
    return ((frames - 1) // 2 + 1 - 2) // 2 + 1
