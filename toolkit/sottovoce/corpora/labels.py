"""Label sets: which answer of a listener counts as which emotion."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

from sottovoce.corpora.checks import shortened
from sottovoce.corpora.counts import in_order
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class LabelSet:
    """From a corpus's answers to the emotions that are counted.

    Parameters
    ----------
    name
        Under which it is known.
    about
        What it is, in a sentence.
    labels
        How files spell an answer, in small letters -> the answer.
    merge
        Answer -> the emotion that it is counted as, where that is another one.
    keep
        The emotions that are counted; None for all.
    open
        Whether answers that are not named are counted, as they are spelled.

    Examples
    --------
    >>> four = label_set("iemocap-4")
    >>> [four.emotion_of(label) for label in ("Neutral state", "Excited", "Frustration")]
    ['neutral', 'happy', None]
    >>> four.in_words()
    'Labels: iemocap-4 (excited counts as happy).'
    """

    name: str
    about: str
    labels: Mapping[str, str]
    merge: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] | None = None
    open: bool = False

    @property
    def emotions(self) -> list[str]:
        """What is counted, whether somebody chose it or not; without what only answers name."""
        known = dict.fromkeys(self.merge.get(label, label) for label in self.labels.values())
        return in_order(known if self.keep is None else self.keep)

    def answer_of(self, label: str) -> str:
        """Return the answer that a label spells; a label that is not known, in small letters."""
        plain = _plain(label)
        return self.labels.get(plain, plain)

    def emotion_of(self, label: str) -> str | None:
        """Return the emotion that a label counts as, or None where it is left out."""
        if not self.open and _plain(label) not in self.labels:
            return None
        answer = self.answer_of(label)
        emotion = self.merge.get(answer, answer)
        return emotion if self.keep is None or emotion in self.keep else None

    def in_words(self) -> str:
        """Say which set it is and what it merges."""
        merged = ", ".join(f"{label} counts as {emotion}" for label, emotion in self.merge.items())
        return f"Labels: {self.name}{f' ({merged})' if merged else ''}."


def label_set(labels: str | Mapping[str, str] | None, default: str = "words") -> LabelSet:
    """Find a label set by its name, or make one from a mapping.

    Parameters
    ----------
    labels
        The name of a set; a mapping from the answers that shall count to emotions, by which all
        others are left out; or None for the default.
    default
        The set of the corpus. A mapping may use its answers or the files' own spellings.

    Returns
    -------
    LabelSet

    Raises
    ------
    VotesError
        If there is no such set, or a mapping names an answer that the corpus does not know.

    Examples
    --------
    >>> own = label_set({"anger": "negative", "sad": "negative", "happy": "positive"}, "iemocap")
    >>> own.emotion_of("Sadness"), own.emotion_of("Surprise"), own.emotions
    ('negative', None, ['negative', 'positive'])
    >>> label_set("iemocap-5")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: there are no labels called 'iemocap-5'. Give a mapping from ...
    """
    known = label_sets()
    if isinstance(labels, Mapping):
        return _own(labels, known[default])
    name = default if labels is None else labels
    if name not in known:
        raise VotesError(
            f"there are no labels called {name!r}. Give a mapping from answers to emotions, or one "
            f"of {shortened(known, len(known))}."
        )
    return known[name]


@cache
def label_sets() -> Mapping[str, LabelSet]:
    """Return the label sets that are known by name.

    Examples
    --------
    >>> label_sets()["msp-podcast-8"].emotions[-2:]
    ['contemptuous', 'surprised']
    """
    text = resources.files("sottovoce.corpora").joinpath("labels.toml").read_text("utf-8")
    entries = tomllib.loads(text)
    sets = {}
    for name, entry in entries.items():
        base = entries[entry.get("of", name)]
        sets[name] = LabelSet(
            name=name,
            about=entry["about"],
            labels=MappingProxyType(base["labels"]),
            merge=MappingProxyType(entry.get("merge", {})),
            keep=tuple(entry["keep"]) if "keep" in entry else None,
            open=base.get("open", False),
        )
    return MappingProxyType(sets)


def votes_left_out(n_by_label: Mapping[str, int], most: int = 6) -> str:
    """Say how many votes were left out, by label; nothing if none were.

    Examples
    --------
    >>> votes_left_out({"other": 4, "frustrated": 8})
    'Votes left out: 12 (frustrated 8, other 4).'
    """
    if not n_by_label:
        return ""
    ordered = sorted(n_by_label.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{label} {n:,}" for label, n in ordered[:most]]
    if len(ordered) > most:
        told.append(f"{len(ordered) - most} more labels {sum(n for _, n in ordered[most:]):,}")
    return f"Votes left out: {sum(n_by_label.values()):,} ({', '.join(told)})."


def _own(labels: Mapping[str, str], base: LabelSet) -> LabelSet:
    if not labels:
        raise VotesError("labels is an empty mapping, by which every vote would be left out")
    merge = {base.answer_of(str(label)): str(emotion) for label, emotion in labels.items()}
    unknown = [answer for answer in merge if answer not in base.labels.values()]
    if unknown and not base.open:
        raise VotesError(
            f"labels names {shortened(unknown)}, which nobody could answer; there are "
            f"{shortened(_unique(base.labels.values()), 20)}"
        )
    # The answers by themselves, so that only what is named counts.
    spelled = {spelling: answer for spelling, answer in base.labels.items() if answer in merge}
    return LabelSet(
        name="your own",
        about="Labels of your own.",
        labels={answer: answer for answer in merge} | spelled,
        merge={answer: emotion for answer, emotion in merge.items() if answer != emotion},
    )


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _plain(label: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", label).lower().split())
