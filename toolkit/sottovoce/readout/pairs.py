"""Which number belongs to which emotion: the one place for these rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sottovoce.readout.mentions import EmotionMention, NumberMention
from sottovoce.readout.words import LINKING_WORDS, RESPECTIVELY, SPACED_LETTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    Pair = tuple[EmotionMention, NumberMention]

_WORD = re.compile(f"{SPACED_LETTER}+")
_SEPARATOR = re.compile(r"[,;、。\n]|\.(?!\d)")
_SENTENCE_END = re.compile(r"[;。!?\n]|\.(?!\d)")


def pair_numbers(
    plain: str, named: Sequence[EmotionMention], numbers: Sequence[NumberMention]
) -> list[Pair]:
    """Return every emotion that has a number together with it.

    A number belongs to the emotion before it ("angry 60%") or to the one after it ("60% angry"),
    whichever more pairs of the text show, the former if undecided. No other word may stand between
    them, unless the number has a percent sign and no comma, full stop or line break parts them.
    A number of each ("angry and sad, 50% each") belongs to all emotions of the sentence that have
    none of their own. Where a sentence lists as many percentages as emotions, apart from them
    ("angry and sad, 60% and 40% respectively"), they go together in order. Where an emotion has a
    number above 100, which is no share, the text states none.

    Parameters
    ----------
    plain
        From :func:`~sottovoce.readout.mentions.plain_text`.
    named
        The emotions in it that are not denied.
    numbers
        The numbers in it.

    Examples
    --------
    >>> from sottovoce.readout.mentions import find_emotions, find_numbers
    >>> def pairs(text):
    ...     named = find_emotions(text, {"angry": "angry", "sad": "sad"})
    ...     found = pair_numbers(text, named, find_numbers(text))
    ...     return [(emotion.emotion, number.value) for emotion, number in found]
    >>> pairs("60% angry, 40% sad"), pairs("angry and sad, 50% each"), pairs("angry 150%, sad 50%")
    ([('angry', 60.0), ('sad', 40.0)], [('angry', 50.0), ('sad', 50.0)], [])
    >>> pairs("angry and sad, at 60% and 40% respectively")
    [('angry', 60.0), ('sad', 40.0)]
    """
    listed = _in_lists(plain, named, numbers)
    taken = {id(mention) for pair in listed for mention in pair}
    named = [mention for mention in named if id(mention) not in taken]
    numbers = [number for number in numbers if id(number) not in taken]
    behind, behind_score = _paired(plain, named, numbers, number_first=False)
    ahead, ahead_score = _paired(plain, named, numbers, number_first=True)
    pairs = listed + (ahead if ahead_score > behind_score else behind)
    if not all(number.is_possible for _, number in pairs):
        return []
    return sorted(pairs, key=lambda pair: pair[0].start)


def _in_lists(
    plain: str, named: Sequence[EmotionMention], numbers: Sequence[NumberMention]
) -> list[Pair]:
    """Pair a sentence's list of emotions with its list of as many numbers, in order."""
    ends = [match.start() for match in _SENTENCE_END.finditer(plain)]
    pairs: list[Pair] = []
    for first, last in zip([0, *ends], [*ends, len(plain)], strict=True):
        emotions = [mention for mention in named if first <= mention.start < last]
        stated = [number for number in numbers if first <= number.start < last]
        if len(emotions) < 2 or len(emotions) != len(stated):
            continue
        apart = emotions[-1].end <= stated[0].start or stated[-1].end <= emotions[0].start
        are_shares = all(number.is_percentage for number in stated)
        told = RESPECTIVELY.search(plain, first, last) is not None
        if apart and (are_shares or told) and not any(number.is_each for number in stated):
            pairs.extend(zip(emotions, stated, strict=True))
    return pairs


def _paired(
    plain: str,
    named: Sequence[EmotionMention],
    numbers: Sequence[NumberMention],
    *,
    number_first: bool,
) -> tuple[list[Pair], int]:
    """Pair every emotion with its nearest number on one side.

    Returns
    -------
    pairs : list of (emotion, number)
    score : int
        How many numbers have an emotion from which no comma, full stop or line break parts them.
    """
    mentions: list[EmotionMention | NumberMention] = [*named, *numbers]
    in_order = sorted(mentions, key=lambda mention: mention.start, reverse=number_first)
    pairs: list[Pair] = []
    score = 0
    waiting: list[EmotionMention] = []
    for mention in in_order:
        if isinstance(mention, EmotionMention):
            if waiting and _SENTENCE_END.search(plain, *_between(waiting[-1], mention)):
                waiting = []
            waiting.append(mention)
        elif waiting:
            start, end = _between(waiting[-1], mention)
            parted = _SEPARATOR.search(plain, start, end) is not None
            signed = mention.is_percentage and not parted
            if signed or not _has_foreign_word(plain, start, end):
                owners = waiting if mention.is_each else waiting[-1:]
                pairs.extend((owner, mention) for owner in owners)
                score += not parted
                waiting = []
    return pairs, score


def _between(
    one: EmotionMention | NumberMention, other: EmotionMention | NumberMention
) -> tuple[int, int]:
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return first.end, second.start


def _has_foreign_word(plain: str, start: int, end: int) -> bool:
    words = (match.group() for match in _WORD.finditer(plain, start, end))
    return any(word not in LINKING_WORDS for word in words)
