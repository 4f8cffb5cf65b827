"""One listener's way through the clips: in which order, what is rated, what comes next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sottovoce.corpora.ratings import Rating, RatingsFile, now, require_cell
from sottovoce.errors import VotesError
from sottovoce.vocabulary import EMOTIONS, normalise_emotion

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

OTHER = "other"


def blind_order(names: Iterable[str], rater: str) -> list[str]:
    """Return names in an order that looks random, is another for each rater, and always the same.

    They are sorted by the SHA-256 of "rater, line feed, name" in UTF-8. So whoever stops goes on
    in the same order, on any machine, and clips that are added later come between the others
    without moving them.

    Examples
    --------
    >>> blind_order("abcd", "eve"), blind_order("dcba", "eve"), blind_order("abcd", "tom")
    (['b', 'a', 'd', 'c'], ['b', 'a', 'd', 'c'], ['a', 'c', 'd', 'b'])
    """
    return sorted(names, key=lambda name: hashlib.sha256(f"{rater}\n{name}".encode()).digest())


def read_choices(emotions: Iterable[str] | Mapping[str, str] | None, other: bool) -> dict[str, str]:
    """Return what can be chosen: the word that is saved to the words that are shown.

    Raises
    ------
    VotesError
        If there are fewer than two, or two that mean the same.

    Examples
    --------
    >>> read_choices({"angry": "怒り", "sad": "悲しみ"}, other=True)
    {'angry': '怒り', 'sad': '悲しみ', 'other': 'none of these'}
    """
    given = EMOTIONS if emotions is None else emotions
    if isinstance(given, str):
        raise VotesError(f"emotions={given!r} must be several, such as ['angry', 'sad']")
    choices = dict(given) if isinstance(given, Mapping) else {word: word for word in given}
    if other:
        choices.setdefault(OTHER, "none of these")
    by_meaning: dict[str, str] = {}
    for word in choices:
        require_cell(word)
        meaning = normalise_emotion(word) or word
        if not word or meaning in by_meaning:
            raise VotesError(
                f"emotions has {word!r}"
                + (f", which means the same as {by_meaning[meaning]!r}" if word else "")
                + ". Give each emotion once, by a name."
            )
        by_meaning[meaning] = word
    if len(choices) < 2:
        raise VotesError(f"emotions={list(choices)} must be two or more to choose from")
    return choices


class Listening:
    """A rater, the clips, and the file that the ratings go to.

    Parameters
    ----------
    names
        Of the clips.
    path
        Of the file of ratings, as for :class:`~sottovoce.corpora.ratings.RatingsFile`.
    rater
        Who listens.
    choices
        From :func:`read_choices`.
    several
        Whether an answer may hold several emotions.

    Raises
    ------
    VotesError
        If the file is no table of ratings, or a name cannot be saved in one.
    """

    def __init__(
        self,
        names: Sequence[str],
        path: str | os.PathLike[str],
        rater: str,
        choices: Mapping[str, str],
        *,
        several: bool = False,
    ) -> None:
        if not isinstance(rater, str) or not rater.strip():
            raise VotesError(
                f"rater={rater!r} must be a name or a code of the one who listens: by it they go "
                "on where they stopped"
            )
        self.rater = rater.strip()
        for text in (self.rater, *names):
            require_cell(text)
        self.file = RatingsFile(path)
        self.choices = dict(choices)
        self.several = several
        self.order = blind_order(names, self.rater)
        self.unreadable: dict[str, str] = {}
        self.cut_off = self.file.cut_off()
        self.reread()

    def reread(self) -> None:
        """Take what the file holds now: this or another window, and others, may have rated."""
        every = self.file.read()
        known = set(self.order)
        self.ratings = [rating for rating in every if rating.utterance in known]
        self._rated = {r.utterance for r in self.ratings if r.rater == self.rater}

    @property
    def emotions(self) -> list[str]:
        """What votes are of: the six, if the choices are among them; never "other"."""
        words = [normalise_emotion(word) or word for word in self.choices if word != OTHER]
        return list(EMOTIONS) if set(words) <= set(EMOTIONS) else words

    @property
    def rated(self) -> list[str]:
        """The clips that this rater has rated or skipped, in their order."""
        return [name for name in self.order if name in self._rated]

    @property
    def current(self) -> str | None:
        """The clip to be rated; None when all are."""
        left = (n for n in self.order if n not in self._rated and n not in self.unreadable)
        return next(left, None)

    @property
    def last(self) -> list[str] | None:
        """The emotions of this rater's last answer, empty if it was skipped; None without one."""
        own = [rating for rating in self.ratings if rating.rater == self.rater]
        if not own:
            return None
        return [r.emotion for r in own if r.utterance == own[-1].utterance and r.emotion]

    @property
    def progress(self) -> dict[str, int]:
        """How many of these clips each rater has rated or skipped; this one first."""
        raters = dict.fromkeys([self.rater, *sorted({rating.rater for rating in self.ratings})])
        return {
            name: len({r.utterance for r in self.ratings if r.rater == name}) for name in raters
        }

    @property
    def n_shared(self) -> int:
        """How many clips have answers of two raters or more."""
        answers = {(r.utterance, r.rater) for r in self.ratings if r.emotion}
        return sum(n > 1 for n in Counter(utterance for utterance, _ in answers).values())

    def chosen(self, rater: str | None = None) -> dict[str, int]:
        """Return how often each emotion was chosen, by one rater or by all."""
        given = [r.emotion for r in self.ratings if r.emotion and rater in (None, r.rater)]
        words = dict.fromkeys([*self.choices, *given])
        return {word: given.count(word) for word in words}

    def answer(self, emotions: Sequence[str], seconds: float, plays: int) -> str:
        """Save what was heard in the present clip, nothing for a skipped one; return its name.

        Raises
        ------
        VotesError
            If there is no clip left, an emotion is none of the choices, or nothing can be saved.
        """
        name = self.current
        if name is None:
            raise VotesError("all clips are rated: there is nothing to answer")
        words = list(dict.fromkeys(emotions))
        for word in words:
            if word not in self.choices:
                raise VotesError(f"{word!r} is none of the choices {', '.join(self.choices)}")
        if len(words) > 1 and not self.several:
            raise VotesError(f"{', '.join(words)}: only one emotion can be chosen for a clip")
        if len(words) > 1 and OTHER in words:
            raise VotesError(f"{self.choices[OTHER]!r} cannot be chosen beside an emotion")
        time = now()
        try:
            self.file.add(
                [
                    Rating(name, word, self.rater, round(seconds, 2), plays, time)
                    for word in words or [""]
                ]
            )
        finally:
            self.reread()
        self.cut_off = ""
        return name

    def undo(self) -> str | None:
        """Take this rater's last answer back; return its clip, which is the present one again."""
        name = self.file.undo(self.rater, set(self.order))
        self.reread()
        return name
