import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.readout import parse_answer
from sottovoce.readout.parse import answer_spellings
from sottovoce.vocabulary import EMOTIONS, TokenSet

MIXED = {"angry": 0.6, "sad": 0.3, "neutral": 0.1}


def parsed(text, emotions=None):
    """The shares above zero, rounded."""
    shares = parse_answer(text, emotions)
    return shares and {name: round(share, 3) for name, share in shares.items() if share}


@pytest.mark.parametrize(
    "text",
    [
        "angry 60%, sad 30%, neutral 10%",
        "60% angry, 30% sad, 10% neutral",
        "60% angry 30% sad 10% neutral",
        "I hear 60% anger, 30% sadness and 10% neutral.",
        "Angry: 60 percent\nSad: 30 percent\nNeutral: 10 percent",
        "1. Angry (60%)\n2. Sad (30%)\n3. Neutral (10%)",
        "1. Angry - 60\n2. Sad - 30\n3. Neutral - 10",
        "| emotion | share |\n|---|---|\n| **Angry** | 60 % |\n| Sad | 30 % |\n| Neutral | 10 % |",
        '{"angry": 60, "sad": 30, "neutral": 10}',
        "{'angry': 0.6, 'sad': 0.3, 'neutral': 0.1}",
        '```json\n{\n  "angry": 0.60,\n  "sad": 0.30,\n  "neutral": 0.10\n}\n```',
        '{"emotions": {"angry": "60%", "sad": "30%", "neutral": "10%"}, "confidence": 0.9}',
        '[{"emotion": "angry", "share": 60}, {"emotion": "sad", "share": 30}, {"neutral": 10}]',
        "angry 30%, sad 15%, neutral 5%",
        "anger 30%, fury 30%, sadness 30%, neutral 10%",
        "angry 55-65%, sad 30%, neutral 10%",
        "angry 60,0 %, sad 30,0 %, neutral 10,0 %",
        "The speaker sounds angry. angry 60%, sad 30%, neutral 10%",
        "angry 60%, sad 30%, neutral 10%, happy 0%",
        "angry 60%, sad 30%, neutral 10% (total 100%)",
        "怒り60%、悲しみ30%、中立10%",
        "怒り６０％、悲しみ３０％、中立１０％",
        "怒り：６０パーセント、悲しみ：３０パーセント、中立：１０パーセント。",
        "怒りが60%、悲しみが30%、中立が10%です。",
        "60%怒り、30%悲しみ、10%中立",
        '{"怒り": 60, "悲しみ": 30, "中立": 10}',
        "Ａｎｇｒｙ　６０％，　ｓａｄ　３０％，　ｎｅｕｔｒａｌ　１０％",
    ],
)
def test_stated_shares(text):
    assert parsed(text) == MIXED


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("angry", "angry"),
        ("The speaker sounds angry.", "angry"),
        ("**Sadness**", "sad"),
        ('{"emotion": "happy", "confidence": 0.8}', "happy"),
        ('{"emotion": "fear"}', "fearful"),
        ("With 80% confidence, the speaker is sad.", "sad"),
        ("The 2 speakers are angry.", "angry"),
        ("The speaker is not angry but sad.", "sad"),
        ("It isn't happy; neutral.", "neutral"),
        ("Neither angry nor sad, just neutral", "neutral"),
        ("Disgusted rather than angry", "disgusted"),
        ("Not only sad", "sad"),
        ("No doubt angry", "angry"),
        ("Sad. I would be happy to help with more recordings!", "sad"),
        ('{"angry": true, "sad": false}', "angry"),
        ("怒り", "angry"),
        ("話者は怒っています", "angry"),
        ("とても悲しそうです。", "sad"),
        ("話者は嬉しい気持ちです", "happy"),
        ("怒りではなく悲しみです", "sad"),
        ("怒りや嫌悪は感じられません。中立です。", "neutral"),
        ("怒っていません。喜びです。", "happy"),
        ("怒りかもしれません", "angry"),
        ("怒りに違いない", "angry"),
        ("悲しみではないでしょうか", "sad"),
        ("怒りを隠せない様子です", "angry"),
    ],
)
def test_single_words(text, emotion):
    assert parsed(text) == {emotion: 1.0}


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("angry and sad", {"angry": 0.5, "sad": 0.5}),
        ("angry, angry, sad", {"angry": 0.5, "sad": 0.5}),
        ("怒りと悲しみ", {"angry": 0.5, "sad": 0.5}),
        ("angry 150%, sad 50%", {"angry": 0.5, "sad": 0.5}),
        ('{"angry": 600, "sad": 400}', {"angry": 0.5, "sad": 0.5}),
        ("150% angry, 50% sad", {"angry": 0.5, "sad": 0.5}),
    ],
)
def test_several_words_share_equally(text, shares):
    assert parsed(text) == shares


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("angry and sad, 50% each", {"angry": 0.5, "sad": 0.5}),
        ("angry and sad: each 50%", {"angry": 0.5, "sad": 0.5}),
        ("angry and sad are each at 50%", {"angry": 0.5, "sad": 0.5}),
        ("50% each: angry, sad", {"angry": 0.5, "sad": 0.5}),
        ("50% each for angry and sad", {"angry": 0.5, "sad": 0.5}),
        ("angry 20%, happy and sad 40% each", {"angry": 0.2, "happy": 0.4, "sad": 0.4}),
        (
            "angry, happy and sad 20% each, neutral 40%",
            {"angry": 0.2, "happy": 0.2, "sad": 0.2, "neutral": 0.4},
        ),
        ("They sound fearful. angry and sad, 50% each", {"angry": 0.5, "sad": 0.5}),
        ("not angry; happy and sad, 50% each", {"happy": 0.5, "sad": 0.5}),
        ("怒りと悲しみが50%ずつ", {"angry": 0.5, "sad": 0.5}),
        ("怒り、悲しみ 各50%", {"angry": 0.5, "sad": 0.5}),
    ],
)
def test_a_number_of_each(text, shares):
    assert parsed(text) == shares


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("angry and sad, 60% and 40% respectively", {"angry": 0.6, "sad": 0.4}),
        ("60% and 40% for angry and sad", {"angry": 0.6, "sad": 0.4}),
        ("Angry and sad (60% and 40%).", {"angry": 0.6, "sad": 0.4}),
        ("怒り、悲しみはそれぞれ60%、40%", {"angry": 0.6, "sad": 0.4}),
        ("angry and sad, 6 and 4 respectively", {"angry": 0.6, "sad": 0.4}),
        ("not happy; angry and sad at 60% and 40%", {"angry": 0.6, "sad": 0.4}),
        # More emotions than numbers: only the nearest has one.
        ("angry, happy and sad, 60% and 40%", {"sad": 1.0}),
        # One after the other is no list.
        ("angry 60%, sad 40%, respectively", {"angry": 0.6, "sad": 0.4}),
        ("angry and sad, 150% and 40% respectively", {"angry": 0.5, "sad": 0.5}),
    ],
)
def test_numbers_of_a_list(text, shares):
    found = parse_answer(text)
    assert {name: share for name, share in found.items() if share} == pytest.approx(shares)


@pytest.mark.parametrize(
    "text",
    [
        "no emotion / neutral",
        "No emotion.",
        "There is no clear emotion in this voice",
        "neutral (no emotion)",
        "no emotions, neutral",
        "感情なし",
        "中立（感情なし）",
        "特に感情は感じられません。",
    ],
)
def test_no_emotion_is_neutral(text):
    assert parsed(text) == {"neutral": 1.0}


def test_no_emotion_of_a_kind_is_not_neutral():
    assert parse_answer("no emotion of anger") is None
    assert parsed("no emotion other than sadness, sadness") == {"sad": 1.0}
    assert parse_answer("no emotion", ["angry", "sad"]) is None


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("angry 6", {"angry": 1.0}),
        ("angry 60%, sad 3", {"angry": 1.0}),
        ("angry 60%, sad 30%, neutral 1", {"angry": 0.667, "sad": 0.333}),
        ('{"angry": 0.6, "sad": 0.', {"angry": 1.0}),
        ("angry 60%, sad 40%", {"angry": 0.6, "sad": 0.4}),
        ("angry 60%, sad 40%, ha", {"angry": 0.6, "sad": 0.4}),
        ('{"angry": 60, "sad": 40}', {"angry": 0.6, "sad": 0.4}),
    ],
)
def test_half_a_number_is_not_read(text, shares):
    whole = parse_answer(text, is_cut=True)
    assert {name: round(share, 3) for name, share in whole.items() if share} == shares


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "60%",
        "I cannot tell.",
        "I'm afraid I cannot tell.",
        "I'd be happy to help!",
        "恐れ入りますが、わかりません。",
        "喜んでお手伝いします。",
        "not angry",
        "怒りではありません",
        "calm",
        "unhappy",
        "madness",
        "angry 0%, sad 0%",
        '{"angry": 0, "sad": 0}',
        "\ud800",
        "9" * 5000,
    ],
)
def test_unreadable(text):
    assert parse_answer(text) is None


def test_all_emotions_are_in_the_result_in_order():
    assert tuple(parse_answer("sad")) == EMOTIONS
    assert parse_answer("sad", ["sad", "happy"]) == {"sad": 1.0, "happy": 0.0}


def test_own_emotions_by_their_spellings():
    tokens = TokenSet({"tense": ["tense", "very nervous"], "calm": ["calm", "穏やか"]})
    assert parse_answer("very nervous 30%, calm 10%", tokens) == {"tense": 0.75, "calm": 0.25}
    assert parse_answer("穏やかです", tokens) == {"tense": 0.0, "calm": 1.0}
    assert parse_answer("sad", tokens) is None


def test_presets_add_spellings_but_take_none_away():
    spellings = answer_spellings({"sad": ["fear"], "fearful": []})
    assert spellings["fear"] == "sad"
    assert spellings["恐怖"] == "fearful"


def test_emotions_that_are_not_asked_for_are_left_out():
    assert parse_answer("angry 50%, disgusted 25%, sad 25%", ["angry", "sad"]) == {
        "angry": pytest.approx(2 / 3),
        "sad": pytest.approx(1 / 3),
    }


def test_long_answers_take_time_in_proportion():
    def seconds(repeats):
        start = time.process_time()
        parse_answer("angry 60%, sad, not happy 3 " * repeats)
        return time.process_time() - start

    seconds(1)
    assert seconds(2000) < 50 * seconds(200)


PIECES = st.sampled_from(
    [
        "angry",
        "sad",
        "Not ",
        "怒り",
        "ない",
        "60",
        "%",
        " ",
        ",",
        ".",
        "\n",
        "{",
        '"',
        ":",
        "、",
        "0",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_gives_a_distribution_or_none(text):
    shares = parse_answer(text)
    if shares is not None:
        assert tuple(shares) == EMOTIONS
        assert math.isclose(sum(shares.values()), 1)
        assert all(0 <= share <= 1 for share in shares.values())


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from(EMOTIONS), st.integers(1, 100), min_size=1),
    st.sampled_from(["{} {}%", "{}: {}", "'{}': {}", "{} ({} percent)"]),
    st.sampled_from([", ", "\n", "; ", "、"]),
)
def test_what_is_stated_is_read(stated, form, separator):
    text = separator.join(form.format(*pair) for pair in stated.items())
    total = sum(stated.values())
    shares = parse_answer(text)
    for emotion in EMOTIONS:
        assert math.isclose(shares[emotion], stated.get(emotion, 0) / total, abs_tol=1e-9)
