"""Small tokenizers of the families in use, trained here."""

import json

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

ENGLISH = """The speaker sounds angry. The speaker sounds happy. He feels sad and she feels neutral.
 angry happy sad neutral fear fear disgust fearful afraid joy anger Angry Happy Sad Neutral
 disgust disgust is different, the distance is displayed. angry 60%, sad 30%, neutral 10%
 {"angry": 60, "sad": 30, "neutral": 10} happy 45%, neutral 55% 100% 0% 7% yes no Yes No
 the same sample said so. fear 25%, disgust 75%."""
JAPANESE = """怒り60%、悲しみ30%、中立10%。話者は怒り、喜び、喜び、中立、悲しみ、中立です。
怒り。悲しみ。喜び。"""
UNKNOWN = "<unk>"
CORPUS = [f"{ENGLISH}\n{JAPANESE}"] * 20

SINGLE_DIGITS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
UP_TO_THREE_DIGITS = SINGLE_DIGITS.replace(r"\p{N}|", r"\p{N}{1,3}|")


def _byte_level(pattern: str, vocab_size: int) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer)


@pytest.fixture(scope="session")
def qwen_like():
    """Byte-level BPE, every digit a token."""
    return _byte_level(SINGLE_DIGITS, 420)


@pytest.fixture(scope="session")
def llama_like():
    """Byte-level BPE, numbers up to three digits in one token."""
    return _byte_level(UP_TO_THREE_DIGITS, 600)


@pytest.fixture(scope="session")
def bytes_only():
    """Byte-level BPE that has learned nothing: every byte is a token."""
    return _byte_level(SINGLE_DIGITS, 256)


@pytest.fixture(scope="session")
def sentencepiece_like():
    """Unigram pieces behind a ▁, with bytes for unknown signs, as Llama-2's."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Metaspace(replacement="▁", prepend_scheme="first")]
    )
    pieces = [UNKNOWN, *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.UnigramTrainer(
        vocab_size=500, special_tokens=pieces, unk_token=UNKNOWN, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    scores = json.loads(tokenizer.to_str())["model"]["vocab"]
    # The trainer cannot be told of byte fallback, so the model is made again from its pieces.
    tokenizer.model = models.Unigram(list(map(tuple, scores)), unk_id=0, byte_fallback=True)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=UNKNOWN)


@pytest.fixture(scope="session")
def english_words():
    """Whole lower-case English words and <unk> for all else."""
    words = [UNKNOWN, "angry", "anger", "sad", "happy", "neutral", "fear", "disgust", "%", "yes"]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=UNKNOWN)
