"""Fun-ASR Nano: Kaldi's features, and padding that leaks."""

from pathlib import Path

import torch
from transformers import (
    FunAsrNanoConfig,
    FunAsrNanoFeatureExtractor,
    FunAsrNanoForConditionalGeneration,
    FunAsrNanoProcessor,
)

from tiny_models.parts import AUDIO_TOKEN, CHAT_TEMPLATE, language_model, make_tokenizer, save


def save_fun_asr_nano(folder: Path, *, seed: int = 0) -> Path:
    """Save a Fun-ASR Nano."""
    tokenizer = make_tokenizer()
    config = FunAsrNanoConfig(
        audio_config={
            "hidden_size": 32,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_timestamp_prediction_layers": 1,
            "hidden_dropout": 0.0,
            "attention_dropout": 0.0,
        },
        adaptor_config={
            "hidden_size": 64,
            "num_attention_heads": 2,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "projector_hidden_size": 64,
        },
        text_config={"model_type": "qwen3", "head_dim": 32, **language_model(tokenizer)},
        audio_token_id=tokenizer.audio_token_id,
        tie_word_embeddings=False,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = FunAsrNanoProcessor(
        feature_extractor=FunAsrNanoFeatureExtractor(),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
    )
    model = FunAsrNanoForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=-4)
