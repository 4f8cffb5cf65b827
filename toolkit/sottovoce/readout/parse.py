"""parse_answer: from what a model said to shares of the emotions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sottovoce.readout.mentions import find_emotions, find_numbers, plain_text
from sottovoce.readout.pairs import pair_numbers
from sottovoce.vocabulary import EMOTIONS, TokenSet
from sottovoce.vocabulary.percentage import normalise


def parse_answer(
    text: str,
    emotions: TokenSet | Mapping[str, Sequence[str]] | Iterable[str] | None = None,
    *,
    is_cut: bool = False,
) -> dict[str, float] | None:
    """Return the shares that an answer states, or None if it states none.

    Percentages, JSON with numbers from 0 to 1 or to 100, and words are understood, in English and
    Japanese. The rules:

    - A number belongs to the emotion before it ("angry 60%", ``"angry": 0.6``, "怒り６０％") or to
      the one after it ("60% angry"), whichever more pairs of the answer show, the former if
      undecided. No other word may stand between them, unless the number has a percent sign and no
      comma, full stop or line break parts them. A range counts as its middle, and a number of each
      ("angry and sad, 50% each") for all emotions of the sentence that have none of their own. A
      list of as many percentages as emotions, apart from them ("angry and sad, 60% and 40%
      respectively"), goes with them in order.
    - Emotions with numbers share the whole in proportion to them; an emotion named twice, or by two
      synonyms, gets the sum, and one without a number gets 0. So the numbers need not sum to 100.
    - Without numbers, the emotions that are named share the whole equally; a single one has it all.
      So they do where one of them has a number above 100 ("angry 150%, sad 50%"): such a number is
      no percentage, and those beside it mean nothing.
    - "No emotion" names neutral.
    - A denied emotion ("not angry", "怒りではない") counts as not named. So do courtesies ("I'm
      afraid I cannot", "happy to help").

    Parameters
    ----------
    text
        The answer.
    emotions
        A token set, or ``{emotion: [spelling, ...]}``, or names of emotions. Those of the presets
        keep the presets' spellings. By default the six emotions of the presets.
    is_cut
        Whether the answer was cut off: a number at its very end, which may be half of one, is then
        not read.

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
    weights: dict[str, float] = {}
    for mention, number in pair_numbers(plain, named, find_numbers(plain, is_cut=is_cut)):
        weights[mention.emotion] = weights.get(mention.emotion, 0.0) + number.value
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
