"""parse_answer: from what a model said to shares of the emotions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sottovoce.readout.mentions import (
    EmotionMention,
    NumberMention,
    find_emotions,
    find_numbers,
    plain_text,
)
from sottovoce.readout.words import LINKING_WORDS, SPACED_LETTER
from sottovoce.vocabulary import EMOTIONS, TokenSet
from sottovoce.vocabulary.percentage import normalise

_WORD = re.compile(f"{SPACED_LETTER}+")
_SEPARATOR = re.compile(r"[,;、。\n]|\.(?!\d)")


def parse_answer(
    text: str, emotions: TokenSet | Mapping[str, Sequence[str]] | Iterable[str] | None = None
) -> dict[str, float] | None:
    """Return the shares that an answer states, or None if it states none.

    Percentages, JSON with numbers from 0 to 1 or to 100, and words are understood, in English and
    Japanese. The rules:

    - A number belongs to the emotion before it ("angry 60%", ``"angry": 0.6``, "怒り６０％") or to
      the one after it ("60% angry"), whichever more pairs of the answer show, the former if
      undecided. No other word may stand between them, unless the number has a percent sign and no
      comma, full stop or line break parts them. A range counts as its middle.
    - Emotions with numbers share the whole in proportion to them; an emotion named twice, or by two
      synonyms, gets the sum, and one without a number gets 0. So the numbers need not sum to 100.
    - Without numbers, the emotions that are named share the whole equally; a single one has it all.
    - A denied emotion ("not angry", "怒りではない") counts as not named. So do courtesies ("I'm
      afraid I cannot", "happy to help").

    Parameters
    ----------
    text
        The answer.
    emotions
        A token set, or ``{emotion: [spelling, ...]}``, or names of emotions. Those of the presets
        keep the presets' spellings. By default the six emotions of the presets.

    Returns
    -------
    dict or None
        Every emotion with its share; they sum to 1.

    Examples
    --------
    >>> parse_answer("Sad: 45 percent, angry 15 %", ["angry", "sad"])
    {'angry': 0.25, 'sad': 0.75}
    >>> parse_answer("話者は怒っています。")["angry"]
    1.0
    >>> parse_answer("I cannot tell.") is None
    True
    """
    spellings = answer_spellings(emotions)
    plain = plain_text(text)
    named = find_emotions(plain, spellings)
    weights = _stated(plain, named, find_numbers(plain))
    if not weights:
        weights = dict.fromkeys((mention.emotion for mention in named), 1.0)
    total = sum(weights.values())
    if not total:
        return None
    names = dict.fromkeys(spellings.values())
    return {name: weights.get(name, 0.0) / total for name in names}


def answer_spellings(
    emotions: TokenSet | Mapping[str, Sequence[str]] | Iterable[str] | None,
) -> dict[str, str]:
    """Return normalised spelling -> emotion, for every spelling that answers may use.

    Examples
    --------
    >>> answer_spellings({"tense": ["nervous"]})
    {'tense': 'tense', 'nervous': 'tense'}
    """
    if emotions is None:
        emotions = EMOTIONS
    if isinstance(emotions, TokenSet):
        emotions = emotions.concepts
    given = emotions if isinstance(emotions, Mapping) else dict.fromkeys(emotions, ())
    return dict(_spellings(tuple((name, tuple(words)) for name, words in given.items())))


@lru_cache(maxsize=64)
def _spellings(given: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    preset = TokenSet.preset("emotions").concepts
    found = {normalise(word): name for name, words in given for word in (name, *words)}
    for name, _ in given:
        for word in preset.get(name, ()):
            # What the user gave to another emotion stays there.
            found.setdefault(normalise(word), name)
    return found


def _stated(
    plain: str, named: list[EmotionMention], numbers: list[NumberMention]
) -> dict[str, float]:
    """Return the sum of the numbers of each emotion, empty if none has one."""
    behind, behind_score = _paired(plain, named, numbers, number_first=False)
    ahead, ahead_score = _paired(plain, named, numbers, number_first=True)
    weights: dict[str, float] = {}
    for mention, number in ahead if ahead_score > behind_score else behind:
        weights[mention.emotion] = weights.get(mention.emotion, 0.0) + number.value
    return weights


def _paired(
    plain: str, named: list[EmotionMention], numbers: list[NumberMention], *, number_first: bool
) -> tuple[list[tuple[EmotionMention, NumberMention]], int]:
    """Pair every emotion with its nearest number on one side.

    Returns
    -------
    pairs : list of (emotion, number)
    score : int
        How many of them no comma, full stop or line break parts.
    """
    mentions: list[EmotionMention | NumberMention] = [*named, *numbers]
    in_order = sorted(mentions, key=lambda mention: mention.start, reverse=number_first)
    pairs: list[tuple[EmotionMention, NumberMention]] = []
    score = 0
    waiting: EmotionMention | None = None
    for mention in in_order:
        if isinstance(mention, EmotionMention):
            waiting = mention
        elif waiting is not None:
            start, end = (
                (mention.end, waiting.start) if number_first else (waiting.end, mention.start)
            )
            parted = _SEPARATOR.search(plain, start, end) is not None
            signed = mention.is_percentage and not parted
            if signed or not _has_foreign_word(plain, start, end):
                pairs.append((waiting, mention))
                score += not parted
                waiting = None
    return pairs, score


def _has_foreign_word(plain: str, start: int, end: int) -> bool:
    words = (match.group() for match in _WORD.finditer(plain, start, end))
    return any(word not in LINKING_WORDS for word in words)
