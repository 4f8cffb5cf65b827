"""Phi-4 multimodal: no longest recording, and a chat template that its processor loses."""

from pathlib import Path

import torch
from transformers import (
    Phi4MultimodalConfig,
    Phi4MultimodalFeatureExtractor,
    Phi4MultimodalForCausalLM,
)

from tiny_models.parts import CHAT_TEMPLATE, language_model, make_tokenizer, save_model, save_parts


def save_phi4_multimodal(folder: Path, *, seed: int = 0) -> Path:
    """Save a Phi-4 multimodal."""
    tokenizer = make_tokenizer({"image_token": "<|image|>"})
    config = Phi4MultimodalConfig(
        **language_model(tokenizer),
        audio_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_blocks": 1,
            "num_attention_heads": 2,
            "ext_pw_out_channel": 32,
            "depthwise_separable_out_channel": 32,
            "nemo_conv_channels": 16,
            "bias_max_distance": 20,
            "audio_token_id": tokenizer.audio_token_id,
            "initializer_range": 0.1,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 28,
            "crop_size": 28,
            "image_token_id": tokenizer.image_token_id,
        },
        original_max_position_embeddings=1024,
    )
    torch.manual_seed(seed)
    model = Phi4MultimodalForCausalLM(config)
    save_model(model, tokenizer, folder, eagerness_to_stop=8)
    extractor = Phi4MultimodalFeatureExtractor()
    return save_parts(folder, "Phi4MultimodalProcessor", extractor, tokenizer, CHAT_TEMPLATE)
