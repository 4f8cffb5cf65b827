"""Small random speech models with tokenizers of their own, saved like real ones.

They hear, answer and stop within milliseconds, and what they say means nothing. Their weights are
scaled so that logits spread, recordings matter, and answers end now and then.
"""

import math
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AudioFlamingo3Config,
    AudioFlamingo3ForConditionalGeneration,
    AudioFlamingo3Processor,
    GenerationConfig,
    GlmAsrConfig,
    GlmAsrForConditionalGeneration,
    GlmAsrProcessor,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2AudioConfig,
    Qwen2AudioForConditionalGeneration,
    Qwen2AudioProcessor,
    WhisperFeatureExtractor,
)

AUDIO_TOKEN = "<|AUDIO|>"  # noqa: S105
TURN_END = "<|im_end|>"
MEL_BINS = 16

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] + '\\n' }}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'audio' %}<|AUDIO|>\n{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_WORDS = (
    "angry disgusted fearful happy neutral sad Angry Happy Sad yes no anger joy fear "
    "which emotion does the speaker voice express answer with one word percent user assistant "
    "怒り 喜び 悲しみ 平静 恐れ 嫌悪"
)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Byte-level BPE with single digits, trained on a handful of words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}| ?\p{L}+|[^\p{L}\p{N}]"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", TURN_END, AUDIO_TOKEN]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True) for token in special],
        show_progress=False,
    )
    tokenizer.train_from_iterator([_WORDS] * 20, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token="<|endoftext|>",  # noqa: S106
        extra_special_tokens={"audio_token": AUDIO_TOKEN},
        clean_up_tokenization_spaces=False,
        model_max_length=1024,
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
        text_config={"model_type": "qwen2", **_language_model(tokenizer)},
        audio_token_index=tokenizer.convert_tokens_to_ids(AUDIO_TOKEN),
        initializer_range=0.1,
    )
    torch.manual_seed(seed)
    model = Qwen2AudioForConditionalGeneration(config)
    positions = model.model.audio_tower.embed_positions.weight
    positions.data.copy_(_sinusoids(*positions.shape))
    extractor = WhisperFeatureExtractor(
        feature_size=MEL_BINS, hop_length=hop, chunk_length=seconds, return_attention_mask=True
    )
    processor = Qwen2AudioProcessor(
        feature_extractor=extractor, tokenizer=tokenizer, chat_template=CHAT_TEMPLATE
    )
    return _save(model, processor, folder, eagerness_to_stop=2)


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
        text_config={"model_type": "llama", **_language_model(tokenizer)},
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
    return _save(model, processor, folder, eagerness_to_stop=4)


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
        text_config={"model_type": "qwen2", **_language_model(tokenizer)},
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
    return _save(model, processor, folder, eagerness_to_stop=2)


def _language_model(tokenizer: PreTrainedTokenizerFast) -> dict[str, object]:
    return {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 1024,
        "initializer_range": 0.1,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }


def _sinusoids(length: int, channels: int) -> torch.Tensor:
    """Whisper's positions; transformers leaves them random, and a checkpoint brings its own."""
    rates = torch.exp(-math.log(10000) / (channels // 2 - 1) * torch.arange(channels // 2))
    angles = torch.arange(length)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _save(
    model: PreTrainedModel, processor: object, folder: Path, *, eagerness_to_stop: float
) -> Path:
    tokenizer = processor.tokenizer
    with torch.no_grad():
        head = model.get_output_embeddings().weight
        head.mul_(2)
        head[tokenizer.eos_token_id] *= eagerness_to_stop
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
