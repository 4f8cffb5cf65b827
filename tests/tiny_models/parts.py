"""What the small models are made of: a tokenizer, a chat template, a language model, saving."""

import json
import math
from pathlib import Path

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    FeatureExtractionMixin,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
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


def make_tokenizer(
    special_tokens: dict[str, str] | None = None, *, behind: bool = False
) -> PreTrainedTokenizerFast:
    """Byte-level BPE with single digits, trained on a handful of words.

    Special tokens come by the names under which a processor looks for them; they get the first ids,
    or, where a model asks for it, those behind all others.
    """
    special_tokens = (special_tokens or {}) | {"audio_token": AUDIO_TOKEN}
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\p{N}| ?\p{L}+|[^\p{L}\p{N}]"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [
        "<|endoftext|>",
        "<|im_start|>",
        TURN_END,
        *([] if behind else special_tokens.values()),
    ]
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
        extra_special_tokens=special_tokens,
        clean_up_tokenization_spaces=False,
        model_max_length=1024,
    )


def language_model(tokenizer: PreTrainedTokenizerFast) -> dict[str, object]:
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


def sinusoids(length: int, channels: int) -> torch.Tensor:
    """Whisper's positions; transformers leaves them random, and a checkpoint brings its own."""
    rates = torch.exp(-math.log(10000) / (channels // 2 - 1) * torch.arange(channels // 2))
    angles = torch.arange(length)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def save(
    model: PreTrainedModel, processor: object, folder: Path, *, eagerness_to_stop: float
) -> Path:
    """Save a model and its processor, as transformers does."""
    save_model(model, processor.tokenizer, folder, eagerness_to_stop=eagerness_to_stop)
    processor.save_pretrained(folder)
    return folder


def save_model(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerFast,
    folder: Path,
    *,
    eagerness_to_stop: float,
) -> None:
    """Save a model whose logits spread, and whose answers end now and then."""
    with torch.no_grad():
        head = model.get_output_embeddings().weight
        head.mul_(2)
        head[tokenizer.eos_token_id] *= eagerness_to_stop
    model.generation_config = GenerationConfig(
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        decoder_start_token_id=getattr(model.config, "decoder_start_token_id", None),
    )
    model.save_pretrained(folder)


def save_parts(
    folder: Path,
    processor_class: str,
    feature_extractor: FeatureExtractionMixin,
    tokenizer: PreTrainedTokenizerFast,
    chat_template: str,
    **settings: object,
) -> Path:
    """Save the hearing half of a processor that cannot be made whole without torchvision."""
    tokenizer.save_pretrained(folder)
    feature_extractor.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(chat_template, encoding="utf-8")
    content = {"processor_class": processor_class} | settings
    (folder / "processor_config.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
