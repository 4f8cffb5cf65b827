"""GLM-ASR and the Flamingos: windows of a Whisper encoder, one recording to a question."""

from pathlib import Path

import torch
from transformers import (
    AudioFlamingo3Config,
    AudioFlamingo3ForConditionalGeneration,
    AudioFlamingo3Processor,
    GlmAsrConfig,
    GlmAsrForConditionalGeneration,
    GlmAsrProcessor,
    MusicFlamingoConfig,
    MusicFlamingoForConditionalGeneration,
    MusicFlamingoProcessor,
    WhisperFeatureExtractor,
)

from tiny_models.parts import (
    AUDIO_TOKEN,
    CHAT_TEMPLATE,
    MEL_BINS,
    language_model,
    make_tokenizer,
    save,
)


def save_glm_asr(folder: Path, *, window: int = 2, longest: int = 8, seed: int = 0) -> Path:
    """Save a GLM-ASR: windows of its own, a Llama beneath, one recording to a question."""
    tokenizer = make_tokenizer()
    config = GlmAsrConfig(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "hidden_size": 32,
            "intermediate_size": 128,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_position_embeddings": window * 50,
            "initializer_range": 0.1,
        },
        text_config={"model_type": "llama", **language_model(tokenizer)},
        audio_token_id=tokenizer.convert_tokens_to_ids(AUDIO_TOKEN),
        tie_word_embeddings=False,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = GlmAsrProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=window),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
        max_audio_len=longest,
    )
    model = GlmAsrForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=4)


def save_audio_flamingo(folder: Path, *, window: int = 2, longest: int = 8, seed: int = 0) -> Path:
    """Save an Audio Flamingo 3, which only the map of sequence-to-sequence models knows."""
    tokenizer = make_tokenizer()
    config = AudioFlamingo3Config(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_source_positions": window * 50,
            "initializer_range": 0.1,
        },
        text_config={"model_type": "qwen2", **language_model(tokenizer)},
        audio_token_id=tokenizer.convert_tokens_to_ids(AUDIO_TOKEN),
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = AudioFlamingo3Processor(
        feature_extractor=WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=window),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
        max_audio_len=longest,
    )
    model = AudioFlamingo3ForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=2)


def save_music_flamingo(folder: Path, *, window: int = 2, longest: int = 8, seed: int = 0) -> Path:
    """Save a Music Flamingo, which marks where a recording begins and ends, and its time."""
    tokenizer = make_tokenizer(
        {"audio_bos_token": "<|sound_bos|>", "audio_eos_token": "<|sound_eos|>"}
    )
    config = MusicFlamingoConfig(
        audio_config={
            "model_type": "audioflamingo3_encoder",
            "num_mel_bins": MEL_BINS,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "max_source_positions": window * 50,
            "initializer_range": 0.1,
        },
        text_config={"model_type": "qwen2", **language_model(tokenizer)},
        audio_token_id=tokenizer.audio_token_id,
        audio_bos_token_id=tokenizer.audio_bos_token_id,
        audio_eos_token_id=tokenizer.audio_eos_token_id,
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    processor = MusicFlamingoProcessor(
        feature_extractor=WhisperFeatureExtractor(feature_size=MEL_BINS, chunk_length=window),
        tokenizer=tokenizer,
        chat_template=CHAT_TEMPLATE,
        audio_token=AUDIO_TOKEN,
        max_audio_len=longest,
    )
    model = MusicFlamingoForConditionalGeneration(config)
    return save(model, processor, folder, eagerness_to_stop=2)
