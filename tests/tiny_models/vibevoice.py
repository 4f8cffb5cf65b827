"""VibeVoice ASR: 24 kHz, and noise on what it hears."""

from pathlib import Path

import torch
from transformers import (
    VibeVoiceAcousticTokenizerFeatureExtractor,
    VibeVoiceAsrConfig,
    VibeVoiceAsrForConditionalGeneration,
    VibeVoiceAsrProcessor,
)

from tiny_models.parts import AUDIO_TOKEN, CHAT_TEMPLATE, language_model, make_tokenizer, save


def save_vibevoice_asr(folder: Path, *, seed: int = 0) -> Path:
    """Save a VibeVoice ASR."""
    tokenizer = make_tokenizer(
        {"audio_bos_token": "<|audio_bos|>", "audio_eos_token": "<|audio_eos|>"}
    )
    encoder = {
        "model_type": "vibevoice_acoustic_tokenizer_encoder",
        "hidden_size": 16,
        "num_filters": 2,
        "depths": [1, 1, 1, 1, 1, 1, 1],
        "initializer_range": 0.3,
        "layer_scale_init_value": 0.1,
    }
    config = VibeVoiceAsrConfig(
        acoustic_tokenizer_encoder_config=encoder,
        semantic_tokenizer_encoder_config=encoder,
        text_config={"model_type": "qwen2", **language_model(tokenizer)},
        audio_token_id=tokenizer.audio_token_id,
        audio_bos_token_id=tokenizer.audio_bos_token_id,
        audio_eos_token_id=tokenizer.audio_eos_token_id,
    )
    torch.manual_seed(seed)
    processor = VibeVoiceAsrProcessor(
        feature_extractor=VibeVoiceAcousticTokenizerFeatureExtractor(),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
        audio_bos_token=tokenizer.audio_bos_token,
        audio_eos_token=tokenizer.audio_eos_token,
    )
    model = VibeVoiceAsrForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=2)
