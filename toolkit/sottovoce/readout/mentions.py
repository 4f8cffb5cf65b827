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
    EACH_BEFORE,
    EACH_BEHIND,
    ENUMERATION,
    NO_EMOTION,
    SPACED_LETTER,
)
from sottovoce.vocabulary.percentage import NUMBER, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NUMBER = re.compile(NUMBER)
_MOST = 100.0
# A clause is short; a window keeps the work in proportion on long texts.
_REACH = 200
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
    """A number, and what its surroundings say of it.

    Parameters
    ----------
    start, end
        Where it stands in the plain text, with its sign.
    value
        What it says; the middle of a range.
    is_percentage
        Whether a percent sign follows it.
    is_each
        Whether it is that of several emotions: "50% each".
    parts
        Where its digits begin: one place, or two in a range.
    """

    start: int
    end: int
    value: float
    is_percentage: bool
    is_each: bool
    parts: tuple[int, ...]

    @property
    def is_possible(self) -> bool:
        """Whether it can be a share, from 0 to 100."""
        return self.value <= _MOST


def plain_text(text: str) -> str:
    """Return an answer in plain lower case, without courtesies and the numbers of lists.

    What is taken out leaves as many spaces, and "no emotion" becomes "neutral", so that the text is
    as long as ``normalise(text)`` and places in it can be told.

    Examples
    --------
    >>> plain_text("1. Ａｎｇｒｙ ６０％")
    '   angry 60%'
    >>> plain_text("No emotion.")
    'neutral   .'
    """
    return plain_of_normal(normalise(text))


def plain_of_normal(normal: str) -> str:
    """Return what :func:`plain_text` does with a text that is normalised already."""
    for pattern in (COURTESY, ENUMERATION):
        normal = pattern.sub(_blank, normal)
    return NO_EMOTION.sub(_neutral, normal)


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
    pattern = _pattern(tuple(sorted(spellings)))
    return without_denied(
        plain,
        [
            EmotionMention(match.start(), match.end(), spellings[match.group()])
            for match in pattern.finditer(plain)
        ],
    )


def without_denied(plain: str, found: Sequence[EmotionMention]) -> list[EmotionMention]:
    """Return the mentions that the text does not deny.

    Parameters
    ----------
    plain
        From :func:`plain_text`.
    found
        In the order of the text.
    """
    return [
        mention
        for mention, denied in zip(found, _denied_behind(plain, found), strict=True)
        if not denied and not _denied_before(plain, mention)
    ]


def find_numbers(plain: str, *, is_cut: bool = False) -> list[NumberMention]:
    """Return the numbers, those that can be no share among them; a range counts as its middle.

    Parameters
    ----------
    plain
        From :func:`plain_text`.
    is_cut
        Whether the text was cut off: a number at its very end may then be half of one, and is left
        out unless its percent sign is there.

    Examples
    --------
    >>> [number.value for number in find_numbers("60-70% or 12,5 % or 2")]
    [65.0, 12.5, 2.0]
    >>> [number.value for number in find_numbers("angry 30%, sad 6", is_cut=True)]
    [30.0]
    """
    numbers = []
    for match in _NUMBER.finditer(plain):
        if is_cut and not match["sign"] and not plain[match.end() :].strip(" .,-"):
            continue
        lower = _value(match["number"])
        value = (lower + _value(match["upper"])) / 2 if match["upper"] else lower
        before = plain[max(0, match.start() - 20) : match.start()]
        is_each = EACH_BEHIND.match(plain, match.end()) or EACH_BEFORE.search(before)
        parts = (match.start("number"), *([match.start("upper")] if match["upper"] else []))
        signed = bool(match["sign"] or match["upper"])
        numbers.append(
            NumberMention(match.start(), match.end(), value, signed, bool(is_each), parts)
        )
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
    window = plain[max(0, mention.start - _REACH) : mention.start]
    ends = [match.end() for match in CLAUSE_END.finditer(window)]
    return DENIAL_BEFORE.search(window, ends[-1] if ends else 0) is not None


def _denied_behind(plain: str, mentions: Sequence[EmotionMention]) -> list[bool]:
    """Whether the clause denies each emotion after it is named, as Japanese does."""
    denied = [False] * len(mentions)
    for index in range(len(mentions) - 1, -1, -1):
        start = mentions[index].end
        following = mentions[index + 1].start if index + 1 < len(mentions) else start + _REACH
        between = plain[start:following]
        if index + 1 < len(mentions) and _CONJUNCTION.fullmatch(between):
            denied[index] = denied[index + 1]
            continue
        end = CLAUSE_END.search(between)
        rest = between[: end.start()] if end else between
        denied[index] = bool(DENIAL_BEHIND.search(rest)) and not AFFIRMATION_BEHIND.search(rest)
    return denied


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _neutral(match: re.Match[str]) -> str:
    found = match.group()
    return ("neutral" if found.isascii() else "中立").ljust(len(found))


def _value(number: str) -> float:
    # More digits than a float holds are no share; the cut keeps int's own limit away.
    return float(number.replace(",", ".")[:24])
