"""From a word to the emotion it names."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from sottovoce.vocabulary.percentage import normalise
from sottovoce.vocabulary.tokenset import TokenSet

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The six emotions that presets, votes and tables know, in the order of every ``emotion`` axis.
EMOTIONS: tuple[str, ...] = ("angry", "disgusted", "fearful", "happy", "neutral", "sad")


def normalise_emotion(word: str) -> str | None:
    """Return the emotion that a word of English or Japanese names, or None.

    Case, width, surrounding punctuation and white space do not matter.

    Examples
    --------
    >>> normalise_emotion("Happiness."), normalise_emotion("怒り"), normalise_emotion("calm")
    ('happy', 'angry', None)
    """
    plain = normalise(word).strip(" \t\r\n\"'`*_.,:;!?()[]{}<>。、・「」『』")
    return emotion_of_spelling().get(plain)


@cache
def emotion_of_spelling() -> Mapping[str, str]:
    """Return every spelling of the emotion presets, normalised, with its emotion."""
    emotions = TokenSet.preset("emotions").concepts
    return MappingProxyType(
        {normalise(word): emotion for emotion in EMOTIONS for word in emotions[emotion]}
    )
