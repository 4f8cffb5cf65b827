"""The Qwens: Qwen2-Audio, the thinkers of Qwen2.5-Omni and Qwen3-Omni, Qwen3-ASR."""

from pathlib import Path

import torch
from transformers import (
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    Qwen3ASRConfig,
    Qwen3ASRFeatureExtractor,
    Qwen3ASRForConditionalGeneration,
    Qwen3ASRProcessor,
    WhisperFeatureExtractor,
)

from tiny_models.parts import (
    AUDIO_TOKEN,
    CHAT_TEMPLATE,
    MEL_BINS,
    language_model,
    make_tokenizer,
    save,
    sinusoids,
)


def save_qwen2_audio(folder: Path, *, seconds: int = 3, hop: int = 320, seed: int = 0) -> Path:
    """Save a Qwen2-Audio of one window of `seconds`, in the architecture of the bundled model."""
    tokenizer = make_tokenizer()
    frames = seconds * 16000 // hop
    config = Qwen2AudioConfig(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "d_model": 32,
            "encoder_layers": 1,
            "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64,
            "max_source_positions": frames // 2,
            "initializer_range": 0.1,
        },
        text_config={"model_type": "qwen2", **language_model(tokenizer)},
        audio_token_index=tokenizer.convert_tokens_to_ids(AUDIO_TOKEN),
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    model = Qwen2AudioForConditionalGeneration(config)
    positions = model.model.audio_tower.embed_positions.weight
    positions.data.copy_(sinusoids(*positions.shape))
    extractor = WhisperFeatureExtractor(
        feature_size=MEL_BINS, hop_length=hop, chunk_length=seconds, return_attention_mask=True
    )
    processor = Qwen2AudioProcessor(
        feature_extractor=extractor, tokenizer=tokenizer, chat_template=CHAT_TEMPLATE
    )
    return save(model, processor, folder, eagerness_to_stop=2)


def save_qwen3_asr(folder: Path, *, seed: int = 0) -> Path:
    """Save a Qwen3-ASR, which hears any length, in pieces of a second."""
    tokenizer = make_tokenizer(
        {"audio_bos_token": "<|audio_bos|>", "audio_eos_token": "<|audio_eos|>"}
    )
    config = Qwen3ASRConfig(
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
        text_config={"model_type": "qwen3", "head_dim": 32, **language_model(tokenizer)},
        audio_token_id=tokenizer.audio_token_id,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = Qwen3ASRProcessor(
        feature_extractor=Qwen3ASRFeatureExtractor(feature_size=MEL_BINS),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
    )
    model = Qwen3ASRForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=2)
