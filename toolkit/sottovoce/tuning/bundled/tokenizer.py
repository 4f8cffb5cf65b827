"""The bundled model's own tokenizer: byte-level BPE with single digits, as in Qwen2."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from sottovoce.prompts import list_prompts
from sottovoce.tuning.bundled.questions import JAPANESE, random_question
from sottovoce.vocabulary import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIO_TOKEN, AUDIO_START, AUDIO_END = "<|AUDIO|>", "<|audio_bos|>", "<|audio_eos|>"
TURN_START, TURN_END, PADDING = "<|im_start|>", "<|im_end|>", "<|endoftext|>"
SPECIAL_TOKENS = (PADDING, TURN_START, TURN_END, AUDIO_START, AUDIO_TOKEN, AUDIO_END)

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] + '\\n' }}"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}"
    "{% for part in message['content'] if part['type'] == 'audio' %}"
    "{{ '<|audio_bos|><|AUDIO|><|audio_eos|>\\n' }}"
    "{% endfor %}"
    "{% for part in message['content'] if part['type'] == 'text' %}{{ part['text'] }}"
    "{% endfor %}"
    "{% endif %}"
    "{{ '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

# The pattern of Qwen2: a number is split into its digits, a word may carry one leading space.
_CHUNKS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Words that must be one token each, in every spelling that an answer may use.
_WHOLE_WORDS = (
    *(form for name in EMOTIONS for form in (name, f" {name}", name.capitalize())),
    *(f" {name.capitalize()}" for name in EMOTIONS),
    *JAPANESE.values(),
    *("Yes", "No", "yes", "no", " yes", " no", "はい", "いいえ"),
)


# Words of Latin script with their leading space; Japanese by runs of one script, since it writes
# no spaces and whole sentences would become single tokens.
_UNIT = r" ?[A-Za-z]+|[\u4e00-\u9fff]+|[\u3040-\u309f]+|[\u30a0-\u30ff]+|[^\w\s]"


def _units(texts: list[str]) -> Iterator[str]:
    """Yield words and punctuation apart, so that no merge joins a word to a quote or a comma."""
    for text in texts:
        yield from re.findall(_UNIT, text)


def make_tokenizer(vocabulary_size: int = 900, seed: int = 0) -> PreTrainedTokenizerFast:
    """Train the tokenizer on the questions that the model will be asked.

    Parameters
    ----------
    vocabulary_size
        Number of tokens, bytes and special tokens included; bytes make every text writable.
    seed
        Of the draw of questions.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
        With the chat template: the audio stands before the question.

    Examples
    --------
    >>> tokenizer = make_tokenizer()
    >>> tokenizer.tokenize("angry 60%, sad")
    ['angry', 'Ġ', '6', '0', '%', ',', 'Ġsad']
    """
    rng = np.random.default_rng(seed)
    texts = [prompt.text for prompt in list_prompts()] * 40
    for answer_format in ("percentages", "word", "json", "yes_no"):
        texts += [random_question(rng, answer_format, 0.0).text for _ in range(800)]
    counts = Counter(_units(texts))
    counts.update(dict.fromkeys(_WHOLE_WORDS, 20_000))
    counts.update(dict.fromkeys(("user", "assistant", "system"), 1_000))

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CHUNKS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL_TOKENS],
        show_progress=False,
    )
    repeated = [unit for unit, count in sorted(counts.items()) for _ in range(count)]
    tokenizer.train_from_iterator(repeated, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=PADDING,
        padding_side="left",
        extra_special_tokens={
            "audio_token": AUDIO_TOKEN,
            "audio_bos_token": AUDIO_START,
            "audio_eos_token": AUDIO_END,
        },
        clean_up_tokenization_spaces=False,
        model_max_length=1024,
    )
    fast.chat_template = CHAT_TEMPLATE
    _require_whole_words(fast)
    return fast


def _require_whole_words(tokenizer: Any) -> None:
    split = [
        word for word in _WHOLE_WORDS if len(tokenizer.encode(word, add_special_tokens=False)) != 1
    ]
    if split:
        raise RuntimeError(f"The vocabulary is too small: these words are split: {split}")
