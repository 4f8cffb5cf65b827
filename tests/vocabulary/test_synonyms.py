import pytest

from sottovoce.vocabulary import EMOTIONS, TokenSet, normalise_emotion


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("angry", "angry"),
        (" Anger.", "angry"),
        ("SADNESS", "sad"),
        ("**happy**", "happy"),
        ("Ｆｅａｒ", "fearful"),
        ("怒り", "angry"),
        ("「悲しみ」", "sad"),
        ("恐怖", "fearful"),
        ("嬉しい", "happy"),
        ("普通", "neutral"),
        ("嫌悪", "disgusted"),
    ],
)
def test_words_name_their_emotion(word, emotion):
    assert normalise_emotion(word) == emotion


@pytest.mark.parametrize("word", ["", "calm", "mad", "unhappy", "angrier", "not angry", "恐らく"])
def test_other_words_name_none(word):
    assert normalise_emotion(word) is None


def test_canonical_spellings_come_first():
    english, japanese = TokenSet.preset("emotions-en"), TokenSet.preset("emotions-ja")
    assert tuple(english.spellings(emotion)[0] for emotion in EMOTIONS) == EMOTIONS
    assert [japanese.spellings(emotion)[0] for emotion in EMOTIONS] == [
        "怒り",
        "嫌悪",
        "恐れ",
        "喜び",
        "中立",
        "悲しみ",
    ]
