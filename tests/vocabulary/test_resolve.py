import pytest

from sottovoce.errors import VocabularyError
from sottovoce.vocabulary import EMOTIONS, TokenSet
from sottovoce.vocabulary.resolve import spelling_forms


@pytest.fixture(params=["qwen_like", "llama_like", "sentencepiece_like", "bytes_only"])
def tokenizer(request):
    return request.getfixturevalue(request.param)


def form(resolved, text):
    """The coverage of one form of a spelling, as a dict."""
    rows = resolved.coverage[resolved.coverage["form"] == text]
    return rows.iloc[0].to_dict()


def test_forms_follow_the_script():
    assert spelling_forms("joy") == ("joy", " joy", "Joy", " Joy")
    assert spelling_forms("US") == ("US", " US")
    assert spelling_forms("ニュートラル") == ("ニュートラル",)
    assert spelling_forms("радость")[-1] == " Радость"


def test_ids_are_sorted_and_unique_and_match_the_table(tokenizer):
    resolved = TokenSet.preset("emotions+percentages+yes-no").resolve(tokenizer)
    assert resolved.ids == sorted(set(resolved.ids)) == resolved.table["token"].tolist()
    assert len(resolved) == len(resolved.table)
    assert set(resolved.table["kind"]) <= {"emotion", "percentage", "other"}


def test_kept_tokens_are_what_the_tokenizer_writes(tokenizer):
    resolved = TokenSet.preset("emotions").resolve(tokenizer)
    for row in resolved.table.itertuples():
        if row.n_pieces == 1:
            assert row.token_text.strip().casefold() == row.spelling
        else:
            assert row.spelling.startswith(row.token_text.strip().casefold())


def test_every_percentage_can_be_written_with_the_kept_tokens(tokenizer):
    resolved = TokenSet.preset("percentages").resolve(tokenizer)
    kept = set(resolved.ids)
    for share in range(101):
        written = {
            token
            for token in tokenizer.encode(f"angry {share}%", add_special_tokens=False)
            if any(sign.isdigit() or sign == "%" for sign in tokenizer.decode([token]))
        }
        assert written <= kept
    assert set(resolved.table["kind"]) == {"percentage"}


def test_single_digits_and_whole_numbers_are_told_apart(qwen_like, llama_like):
    digits = TokenSet.preset("percentages").resolve(qwen_like).table["concept"]
    assert sorted(digits) == sorted([*"0123456789", "%"])
    numbers = set(TokenSet.preset("percentages").resolve(llama_like).table["concept"])
    assert {"60", "45", "100", "7", "%"} <= numbers


def test_space_and_capital_are_tokens_of_one_concept(qwen_like):
    table = TokenSet.preset("emotions").resolve(qwen_like).table
    assert {" happy", "happy", " Happy"} <= set(table[table["concept"] == "happy"]["token_text"])


def test_a_leading_space_is_told_where_the_tokenizer_hides_it(sentencepiece_like):
    table = TokenSet.preset("emotions").resolve(sentencepiece_like).table
    assert {"happy", " happy"} <= set(table["token_text"])


def test_first_piece_is_kept_where_only_one_concept_begins_so(qwen_like):
    resolved = TokenSet({"disgusted": ["disgusted"]}).resolve(qwen_like)
    assert form(resolved, " disgusted")["status"] == "several"
    row = resolved.table.iloc[0]
    assert (row["token_text"], row["n_pieces"], row["spelling"]) == (" disgust", 2, "disgusted")


def test_whole_spelling_wins_over_first_piece(qwen_like):
    table = TokenSet({"disgusted": ["disgusted", "disgust"]}).resolve(qwen_like).table
    assert table["spelling"].tolist() == ["disgust"]
    assert table["n_pieces"].tolist() == [1]


def test_shared_first_piece_is_ambiguous(qwen_like):
    tokens = TokenSet({"glad": ["joyful"], "company": ["joyride"]})
    resolved = tokens.resolve(qwen_like)
    assert form(resolved, " joyful")["status"] == "ambiguous"
    assert form(resolved, " joyride")["status"] == "ambiguous"
    assert {"glad", "company"} == set(resolved.missing)
    assert resolved.ids == []


def test_a_first_piece_that_is_another_concepts_word_is_ambiguous(qwen_like):
    resolved = TokenSet({"glad": ["joy"], "tired": ["joyless"]}).resolve(qwen_like)
    assert form(resolved, " joyless")["status"] == "ambiguous"
    assert resolved.missing == ("tired",)


def test_short_and_common_beginnings_are_generic(qwen_like, sentencepiece_like):
    assert (
        form(TokenSet({"angry": ["enraged"]}).resolve(qwen_like), "enraged")["status"] == "generic"
    )
    resolved = TokenSet({"disgusted": ["disgusted"]}).resolve(sentencepiece_like)
    assert form(resolved, " disgusted")["pieces"][0] == " dis"
    assert form(resolved, " disgusted")["status"] == "generic"


def test_bytes_of_a_character_are_never_kept(bytes_only, sentencepiece_like):
    for tokenizer in (bytes_only, sentencepiece_like):
        resolved = TokenSet({"neutral": ["無感情"]}).resolve(tokenizer)
        assert len(form(resolved, "無感情")["pieces"]) == 9
        assert resolved.coverage["status"].tolist() == ["generic"]
        assert resolved.missing == ("neutral",)


def test_a_kanji_of_its_own_is_enough(sentencepiece_like):
    resolved = TokenSet({"angry": ["怒る"]}).resolve(sentencepiece_like)
    assert resolved.table["token_text"].tolist() == ["怒"]
    assert resolved.table["n_pieces"].tolist() == [4]


def test_what_cannot_be_written_is_absent(english_words):
    resolved = TokenSet({"angry": ["angry", "怒り"], "calm": ["calm"]}).resolve(english_words)
    assert form(resolved, "怒り")["status"] == "absent"
    assert form(resolved, "怒り")["pieces"] == []
    assert resolved.missing == ("calm",)
    assert resolved.table["spelling"].tolist() == ["angry"]


def test_all_emotions_are_found_where_the_tokenizer_has_words(qwen_like, llama_like, english_words):
    for tokenizer in (qwen_like, llama_like, english_words):
        resolved = TokenSet.preset("emotions").resolve(tokenizer)
        assert resolved.missing == ()
        assert tuple(sorted(set(resolved.table["concept"]))) == EMOTIONS


def test_one_token_cannot_be_two_things(llama_like):
    tokens = TokenSet({"threescore": ["60"]}, percentages=True)
    with pytest.raises(
        VocabularyError, match=r"'60' \(id \d+\) writes '60' of 'threescore' as well"
    ):
        tokens.resolve(llama_like)


def test_repr_counts_by_concept(english_words):
    resolved = TokenSet({"sad": ["sad"], "calm": ["calm"]}).resolve(english_words)
    assert repr(resolved) == "<ResolvedTokens 1: sad 1; missing: calm>"


def test_a_tokenizer_needs_no_more_than_encode_and_decode(qwen_like):
    class Bare:
        def encode(self, text, *, add_special_tokens):
            return qwen_like.encode(text, add_special_tokens=add_special_tokens)

        def decode(self, token_ids):
            return qwen_like.decode(token_ids)

    tokens = TokenSet.preset("emotions+percentages")
    assert tokens.resolve(Bare()).ids == tokens.resolve(qwen_like).ids
