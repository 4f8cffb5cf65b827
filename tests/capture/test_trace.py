import pytest

from sottovoce.capture.trace import emitted_texts


@pytest.mark.parametrize(
    "text",
    ["happy sad", "", "怒り、喜び", "so \N{ANGRY FACE}!", "\n\n", "<|im_end|>", "60% é \N{FAMILY}"],
)
def test_what_the_tokens_add_is_the_text(qwen, text):
    tokens = qwen.tokenizer.encode(text, add_special_tokens=False)
    texts = emitted_texts(qwen.tokenizer, tokens)
    assert len(texts) == len(tokens)
    assert "".join(texts) == text


def test_a_character_of_many_tokens_stands_with_the_last_of_them(qwen):
    tokens = qwen.tokenizer.encode(" happy\N{ANGRY FACE}.", add_special_tokens=False)
    texts = emitted_texts(qwen.tokenizer, tokens)
    assert texts[0] == " happy"
    assert texts[-2:] == ["\N{ANGRY FACE}", "."]
    assert set(texts[1:-2]) == {""}


def test_half_a_character_at_the_end_is_shown_as_such(qwen):
    tokens = qwen.tokenizer.encode("happy\N{ANGRY FACE}", add_special_tokens=False)[:-1]
    assert "".join(emitted_texts(qwen.tokenizer, tokens)) == qwen.tokenizer.decode(tokens)
    assert "\N{REPLACEMENT CHARACTER}" in emitted_texts(qwen.tokenizer, tokens)[-1]


def test_a_decoder_that_takes_back_what_it_wrote_is_followed():
    class Fickle:
        def decode(self, tokens, skip_special_tokens):
            return "a b" if tokens == [1, 2] else {1: "a ,", 2: "b"}[tokens[-1]]

    assert emitted_texts(Fickle(), [1, 2]) == ["a ,", "b"]
