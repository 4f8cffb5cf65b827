"""What an answer mentions: emotions, denied or not, and numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sottovoce.readout.words import (
    AFFIRMATION_BEHIND,
    CLAUSE_END,
    COURTESY,
    DENIAL_BEFORE,
    DENIAL_BEHIND,
    ENUMERATION,
    SPACED_LETTER,
)
from sottovoce.vocabulary.percentage import NUMBER, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(NUMBER)
_MOST = 100.0
# Between two emotions that one Japanese negation denies together.
_CONJUNCTION = re.compile(r"\s*(?:と|や|も|または|及び|および|・|、)\s*")


@dataclass(frozen=True, slots=True)
class EmotionMention:
    """A word that names an emotion, and where it stands in the plain text."""

    start: int
    end: int
    emotion: str


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number from 0 to 100, and whether a percent sign follows it."""

    start: int
    end: int
    value: float
    is_percentage: bool


def plain_text(text: str) -> str:
    """Return an answer in plain lower case, without courtesies and the numbers of lists.

    Examples
    --------
    >>> plain_text("1. Ａｎｇｒｙ ６０％")
    'angry 60%'
    """
    return ENUMERATION.sub("", COURTESY.sub(" ", normalise(text)))


def find_emotions(plain: str, spellings: Mapping[str, str]) -> list[EmotionMention]:
    """Return the emotions that are named and not denied, in the order of the text.

    Parameters
    ----------
    plain
        From :func:`plain_text`.
    spellings
        Normalised spelling -> emotion.

    Examples
    --------
    >>> words = {"angry": "angry", "sad": "sad", "怒り": "angry"}
    >>> [mention.emotion for mention in find_emotions("not angry but sad", words)]
    ['sad']
    >>> find_emotions("怒りではありません", words)
    []
    """
    if not spellings:
        return []
    found = [
        EmotionMention(match.start(), match.end(), spellings[match.group()])
        for match in _pattern(tuple(sorted(spellings))).finditer(plain)
    ]
    return [
        mention
        for mention, denied in zip(found, _denied_behind(plain, found), strict=True)
        if not denied and not _denied_before(plain, mention)
    ]


def find_numbers(plain: str) -> list[NumberMention]:
    """Return the numbers from 0 to 100; a range counts as its middle.

    Examples
    --------
    >>> [mention.value for mention in find_numbers("60-70% or 12,5 % in 2024")]
    [65.0, 12.5]
    """
    numbers = []
    for match in _NUMBER.finditer(plain):
        lower = _value(match["number"])
        value = (lower + _value(match["upper"])) / 2 if match["upper"] else lower
        if value <= _MOST:
            signed = bool(match["sign"] or match["upper"])
            numbers.append(NumberMention(match.start(), match.end(), value, signed))
    return numbers


@lru_cache(maxsize=64)
def _pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words; scripts without spaces need no boundary."""
    alternatives = []
    for spelling in sorted(spellings, key=len, reverse=True):
        left = f"(?<!{SPACED_LETTER})" if re.match(SPACED_LETTER, spelling[0]) else ""
        right = f"(?!{SPACED_LETTER})" if re.match(SPACED_LETTER, spelling[-1]) else ""
        alternatives.append(left + re.escape(spelling) + right)
    return re.compile("|".join(alternatives))


def _denied_before(plain: str, mention: EmotionMention) -> bool:
    """Whether the clause denies the emotion before it is named, as English does."""
    # A clause is short; a window keeps the work in proportion on long texts.
    window = plain[max(0, mention.start - 200) : mention.start]
    ends = [match.end() for match in CLAUSE_END.finditer(window)]
    return DENIAL_BEFORE.search(window, ends[-1] if ends else 0) is not None


def _denied_behind(plain: str, mentions: list[EmotionMention]) -> list[bool]:
    """Whether the clause denies each emotion after it is named, as Japanese does."""
    denied = [False] * len(mentions)
    for index in range(len(mentions) - 1, -1, -1):
        start = mentions[index].end
        following = mentions[index + 1].start if index + 1 < len(mentions) else start + 200
        between = plain[start:following]
        if index + 1 < len(mentions) and _CONJUNCTION.fullmatch(between):
            denied[index] = denied[index + 1]
            continue
        end = CLAUSE_END.search(between)
        rest = between[: end.start()] if end else between
        denied[index] = bool(DENIAL_BEHIND.search(rest)) and not AFFIRMATION_BEHIND.search(rest)
    return denied


def _value(number: str) -> float:
    # More digits than a float holds are no share; the cut keeps int's own limit away.
    return float(number.replace(",", ".")[:24])
