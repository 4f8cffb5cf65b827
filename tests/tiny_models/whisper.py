"""Whisper: an encoder for the sound, a decoder for the prompt and the answer."""

from pathlib import Path

import torch
from transformers import (
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperProcessor,
)

from tiny_models.parts import MEL_BINS, make_tokenizer, save, sinusoids

_TOKENS = {
    "start_token": "<|startoftranscript|>",
    "language_token": "<|en|>",
    "task_token": "<|transcribe|>",
    "previous_token": "<|startofprev|>",
    "no_timestamps_token": "<|notimestamps|>",
}


def save_whisper(folder: Path, *, seconds: int = 3, seed: int = 0) -> Path:
    """Save a Whisper of one window."""
    tokenizer = make_tokenizer(_TOKENS)
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        num_mel_bins=MEL_BINS,
        d_model=64,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=128,
        max_source_positions=seconds * 50,
        max_target_positions=448,
        decoder_start_token_id=tokenizer.start_token_id,
        bos_token_id=tokenizer.start_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        suppress_tokens=None,
        begin_suppress_tokens=None,
        init_std=0.1,
        tie_word_embeddings=False,
    )
    torch.manual_seed(seed)
    model = WhisperForConditionalGeneration(config)
    positions = model.model.encoder.embed_positions.weight
    positions.data.copy_(sinusoids(*positions.shape))
    processor = WhisperProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=seconds),
        tokenizer=tokenizer,
    )
    return save(model, processor, folder, eagerness_to_stop=-4)
