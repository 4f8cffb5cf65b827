"""Granite Speech: an encoder without a mask for padding, and logits that want scaling."""

from pathlib import Path

import torch
from transformers import (
    GraniteSpeechConfig,
    GraniteSpeechFeatureExtractor,
    GraniteSpeechForConditionalGeneration,
    GraniteSpeechPlusConfig,
    GraniteSpeechPlusForConditionalGeneration,
    GraniteSpeechProcessor,
    PreTrainedConfig,
)

from tiny_models.parts import AUDIO_TOKEN, CHAT_TEMPLATE, language_model, make_tokenizer, save

LOGITS_SCALING = 2.0


def save_granite_speech(folder: Path, *, seed: int = 0) -> Path:
    """Save a Granite Speech without LoRA."""
    return _save(folder, GraniteSpeechConfig, GraniteSpeechForConditionalGeneration, seed)


def save_granite_speech_plus(folder: Path, *, seed: int = 0) -> Path:
    """Save a Granite Speech Plus, which reads several layers of its encoder."""
    return _save(folder, GraniteSpeechPlusConfig, GraniteSpeechPlusForConditionalGeneration, seed)


def _save(folder: Path, config_class: type[PreTrainedConfig], model_class: type, seed: int) -> Path:
    tokenizer = make_tokenizer()
    config = config_class(
        encoder_config={
            "num_layers": 2,
            "hidden_dim": 32,
            "num_heads": 2,
            "dim_head": 16,
            "output_dim": 8,
            "context_size": 20,
            "max_pos_emb": 32,
            "dropout": 0.0,
            "conv_kernel_size": 3,
        },
        projector_config={
            "model_type": "blip_2_qformer",
            "hidden_size": 32,
            "encoder_hidden_size": 32,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "cross_attention_frequency": 1,
            "initializer_range": 0.1,
        },
        text_config={
            "model_type": "granite",
            **language_model(tokenizer),
            "logits_scaling": LOGITS_SCALING,
        },
        audio_token_index=tokenizer.audio_token_id,
        has_lora_adapter=False,
        tie_word_embeddings=False,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = GraniteSpeechProcessor(
        audio_processor=GraniteSpeechFeatureExtractor(),
        tokenizer=tokenizer,
        audio_token=AUDIO_TOKEN,
        chat_template=CHAT_TEMPLATE,
    )
    return save(model_class(config), processor, folder, eagerness_to_stop=2)
