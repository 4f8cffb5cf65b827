"""The thinkers of Qwen2.5-Omni and Qwen3-Omni, with eyes that stay shut."""

from pathlib import Path

import torch
from transformers import (
    Qwen2_5OmniThinkerConfig,
    Qwen2_5OmniThinkerForConditionalGeneration,
    Qwen3OmniMoeThinkerConfig,
    Qwen3OmniMoeThinkerForConditionalGeneration,
    WhisperFeatureExtractor,
)

from tiny_models.parts import (
    CHAT_TEMPLATE,
    MEL_BINS,
    language_model,
    make_tokenizer,
    save_model,
    save_parts,
)

_TOKENS = {
    "image_token": "<|IMAGE|>",
    "video_token": "<|VIDEO|>",
    "vision_bos_token": "<|vision_bos|>",
    "vision_eos_token": "<|vision_eos|>",
    "audio_bos_token": "<|audio_bos|>",
    "audio_eos_token": "<|audio_eos|>",
}


def save_qwen2_5_omni_thinker(folder: Path, *, seconds: int = 3, seed: int = 0) -> Path:
    """Save a thinker of Qwen2.5-Omni, which hears one window."""
    tokenizer = make_tokenizer(_TOKENS)
    config = Qwen2_5OmniThinkerConfig(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "d_model": 32,
            "encoder_layers": 1,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "n_window": 10,
            "output_dim": 64,
            "initializer_range": 0.1,
        },
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "out_hidden_size": 64,
            "fullatt_block_indexes": [0],
        },
        text_config={**language_model(tokenizer), **_positions()},
        **_ids(tokenizer, "index"),
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    model = Qwen2_5OmniThinkerForConditionalGeneration(config)
    save_model(model, tokenizer, folder, eagerness_to_stop=2)
    extractor = WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=seconds)
    return save_parts(folder, "Qwen2_5OmniProcessor", extractor, tokenizer, CHAT_TEMPLATE)


def save_qwen3_omni_thinker(folder: Path, *, seed: int = 4) -> Path:
    """Save a thinker of Qwen3-Omni, a mixture of experts."""
    tokenizer = make_tokenizer(_TOKENS)
    experts = {
        "num_experts": 4,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 32,
        "head_dim": 32,
    }
    config = Qwen3OmniMoeThinkerConfig(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "d_model": 32,
            "encoder_layers": 1,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "output_dim": 64,
            "downsample_hidden_size": 16,
            "initializer_range": 0.1,
        },
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "out_hidden_size": 64,
            "deepstack_visual_indexes": [0],
        },
        text_config={**language_model(tokenizer), **_positions(), **experts},
        **_ids(tokenizer, "id"),
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    model = Qwen3OmniMoeThinkerForConditionalGeneration(config)
    save_model(model, tokenizer, folder, eagerness_to_stop=4)
    extractor = WhisperFeatureExtractor(feature_size=MEL_BINS)
    return save_parts(folder, "Qwen3OmniMoeProcessor", extractor, tokenizer, CHAT_TEMPLATE)


def _positions() -> dict[str, object]:
    """Positions in time, height and width, of which sound and text use the first."""
    rope = {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [8, 4, 4]}
    return {"rope_parameters": rope}


def _ids(tokenizer: object, suffix: str) -> dict[str, int]:
    return {
        f"audio_token_{suffix}": tokenizer.audio_token_id,
        f"image_token_{suffix}": tokenizer.image_token_id,
        f"video_token_{suffix}": tokenizer.video_token_id,
        "audio_start_token_id": tokenizer.audio_bos_token_id,
    }
