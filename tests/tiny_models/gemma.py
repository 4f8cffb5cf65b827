"""Gemma 3n and Gemma 4: soft-capped logits, sliding windows, thirty seconds at most."""

from pathlib import Path

import torch
from transformers import (
    Gemma3nAudioFeatureExtractor,
    Gemma3nConfig,
    Gemma3nForConditionalGeneration,
    Gemma4AudioFeatureExtractor,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
)

from tiny_models.parts import CHAT_TEMPLATE, language_model, make_tokenizer, save_model, save_parts

_TOKENS = {
    "image_token": "<|image|>",
    "boi_token": "<|begin_of_image|>",
    "eoi_token": "<|end_of_image|>",
    "boa_token": "<|begin_of_audio|>",
    "eoa_token": "<|end_of_audio|>",
}


def save_gemma4(folder: Path, *, seed: int = 0) -> Path:
    """Save a Gemma 4 without eyes."""
    tokenizer = make_tokenizer(_TOKENS | {"video_token": "<|video|>"})
    config = Gemma4Config(
        audio_config={
            "hidden_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "subsampling_conv_channels": [128, 8],
            "output_proj_dims": 32,
            "initializer_range": 0.1,
        },
        vision_config=None,
        text_config={
            **language_model(tokenizer),
            "head_dim": 32,
            "global_head_dim": 32,
            "layer_types": ["sliding_attention", "full_attention"],
            "sliding_window": 64,
            "final_logit_softcapping": 30.0,
            "vocab_size_per_layer_input": len(tokenizer),
            "hidden_size_per_layer_input": 8,
        },
        audio_token_id=tokenizer.audio_token_id,
        image_token_id=tokenizer.image_token_id,
        video_token_id=tokenizer.video_token_id,
        boi_token_id=tokenizer.boi_token_id,
        eoi_token_id=tokenizer.eoi_token_id,
        boa_token_id=tokenizer.boa_token_id,
        eoa_token_index=tokenizer.eoa_token_id,
        tie_word_embeddings=False,
    )
    torch.manual_seed(seed)
    model = Gemma4ForConditionalGeneration(config)
    save_model(model, tokenizer, folder, eagerness_to_stop=2)
    extractor = Gemma4AudioFeatureExtractor()
    return save_parts(folder, "Gemma4Processor", extractor, tokenizer, CHAT_TEMPLATE)


def save_gemma3n(folder: Path, *, seed: int = 0) -> Path:
    """Save a Gemma 3n, whose eyes are a part of its weights."""
    order = ("boi_token", "boa_token", "eoi_token", "image_token", "eoa_token")
    tokenizer = make_tokenizer({name: _TOKENS[name] for name in order}, behind=True)
    text = {
        **language_model(tokenizer),
        "num_hidden_layers": 4,
        "head_dim": 32,
        "layer_types": ["sliding_attention", "full_attention"] * 2,
        "sliding_window": 64,
        "num_kv_shared_layers": 2,
        "vocab_size_per_layer_input": tokenizer.eoi_token_id,
        "hidden_size_per_layer_input": 8,
        "laurel_rank": 8,
        "activation_sparsity_pattern": [0.0] * 4,
    }
    config = Gemma3nConfig(
        audio_config={
            "hidden_size": 32,
            "conf_num_attention_heads": 2,
            "conf_num_hidden_layers": 1,
            "sscp_conv_channel_size": [8, 8],
            "vocab_size": 2,
            "vocab_offset": tokenizer.eoa_token_id,
        },
        vision_config={
            "architecture": "mobilenetv5_300m_enc",
            "hidden_size": 16,
            "vocab_size": 2,
            "vocab_offset": tokenizer.eoi_token_id,
            "model_args": {"channel_multiplier": 0.05},
        },
        text_config=text,
        audio_token_id=tokenizer.audio_token_id,
        image_token_id=tokenizer.image_token_id,
        boi_token_id=tokenizer.boi_token_id,
        eoi_token_id=tokenizer.eoi_token_id,
        boa_token_id=tokenizer.boa_token_id,
        eoa_token_id=tokenizer.eoa_token_id,
        tie_word_embeddings=False,
    )
    torch.manual_seed(seed)
    model = Gemma3nForConditionalGeneration(config)
    save_model(model, tokenizer, folder, eagerness_to_stop=2)
    extractor = Gemma3nAudioFeatureExtractor()
    return save_parts(folder, "Gemma3nProcessor", extractor, tokenizer, CHAT_TEMPLATE)
