"""MOSS Transcribe Diarize: seconds written between the tokens of a recording."""

from pathlib import Path

import torch
from transformers import (
    MossTranscribeDiarizeConfig,
    MossTranscribeDiarizeFeatureExtractor,
    MossTranscribeDiarizeForConditionalGeneration,
    MossTranscribeDiarizeProcessor,
)

from tiny_models.parts import (
    AUDIO_TOKEN,
    CHAT_TEMPLATE,
    MEL_BINS,
    language_model,
    make_tokenizer,
    save,
)


def save_moss(folder: Path, *, window: int = 2, seed: int = 0) -> Path:
    """Save a MOSS Transcribe Diarize."""
    tokenizer = make_tokenizer(
        {"audio_bos_token": "<|audio_start|>", "audio_eos_token": "<|audio_end|>"}
    )
    config = MossTranscribeDiarizeConfig(
        audio_config={
            "model_type": "whisper",
            "num_mel_bins": MEL_BINS,
            "d_model": 32,
            "encoder_layers": 1,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "max_source_positions": window * 50,
            "init_std": 0.1,
        },
        text_config={"model_type": "qwen3", "head_dim": 32, **language_model(tokenizer)},
        audio_token_id=tokenizer.audio_token_id,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = MossTranscribeDiarizeProcessor(
        feature_extractor=MossTranscribeDiarizeFeatureExtractor(
            feature_size=MEL_BINS, chunk_length=window
        ),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
    )
    model = MossTranscribeDiarizeForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=4)
