"""Rule: when an alert is raised, as an object and as a line of text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from sottovoce.errors import AlertError, require_one_of
from sottovoce.evaluation.measures import entropy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    BoolArray = npt.NDArray[np.bool_]

Side: TypeAlias = Literal["above", "below"]

#: The signal that is no emotion: the entropy of the shares, in bits.
AMBIGUITY = "ambiguity"

EXAMPLE = "angry above 0.6 for 2 windows running"
# Sums of shares differ from what they should be by rounding, and a rule must not turn on that.
ROUNDING = 1e-9
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SIDES = {"above": "above", ">": "above", "below": "below", "<": "below"}
_CONDITION = re.compile(r"(?P<signal>.*?)\s*(?P<side>\babove\b|\bbelow\b|>|<)\s*(?P<number>.*)")
_NUMBER = re.compile(r"(?P<value>\d+\.?\d*|\.\d+)\s*(?P<unit>%|bits?|)")
_RUNNING = re.compile(
    r"(?P<conditions>.*?)\s+for\s+(?P<count>\S+)\s+windows?(\s+running|\s+in\s+a\s+row)?"
)
_RESERVED = re.compile(r"[:+<>\n]|\b(and|above|below|for)\b")


@dataclass(frozen=True, slots=True)
class Condition:
    """Something about the shares of one window that holds or not.

    Parameters
    ----------
    signal
        Emotions, whose shares are added; or ``("ambiguity",)``, the entropy of all shares in bits.
    side
        "above" or "below" the threshold; equal to it is neither.
    threshold
        From 0 to 1 for shares, at least 0 for ambiguity.

    Raises
    ------
    AlertError
        If one of these makes no sense.

    Examples
    --------
    >>> condition = Condition(("angry", "disgusted"), "above", 0.6)
    >>> str(condition)
    'angry + disgusted above 0.6'
    >>> condition.holds([[0.5, 0.2, 0.3], [0.1, 0.1, 0.8]], ["angry", "disgusted", "sad"])
    array([ True, False])
    """

    signal: tuple[str, ...]
    side: Side
    threshold: float

    def __post_init__(self) -> None:
        given: Any = self.signal
        names = (given,) if isinstance(given, str) else tuple(given)
        object.__setattr__(self, "signal", names)
        if not names or len(set(names)) < len(names):
            raise AlertError(f"signal={names!r} must be emotions, each once, or 'ambiguity'")
        for name in names:
            if not name or name != name.strip() or _RESERVED.search(name):
                raise AlertError(
                    f"{name!r} cannot stand in a rule: the words and, above, below and for, and "
                    "the signs : + < > have a meaning there. Name the emotion otherwise."
                )
        if AMBIGUITY in names and len(names) > 1:
            raise AlertError(f"{AMBIGUITY!r} cannot be added to emotions: it is in bits")
        require_one_of("side", self.side, ("above", "below"), AlertError)
        most = math.inf if self.is_ambiguity else 1.0
        if not 0 <= self.threshold <= most or not math.isfinite(self.threshold):
            allowed = "at least 0 bits" if self.is_ambiguity else "from 0 to 1, or from 0% to 100%"
            raise AlertError(
                f"threshold={self.threshold:g} of {' + '.join(names)} must be {allowed}"
            )

    @property
    def is_ambiguity(self) -> bool:
        """Whether it is about the entropy and not about shares."""
        return self.signal == (AMBIGUITY,)

    def measure(self, shares: npt.ArrayLike, emotions: Sequence[str]) -> FloatArray:
        """Return what is held against the threshold.

        Parameters
        ----------
        shares
            Shape (..., emotion).
        emotions
            Their names.

        Returns
        -------
        ndarray
            Shape (...); NaN where the shares are.

        Raises
        ------
        AlertError
            If the shares lack an emotion of the signal.
        """
        rows = np.asarray(shares, dtype=np.float64)
        if self.is_ambiguity:
            return entropy(rows)
        names = list(emotions)
        if unknown := [name for name in self.signal if name not in names]:
            raise AlertError(
                f"the rule is about {', '.join(map(repr, unknown))}, and the emotions are "
                f"{', '.join(map(repr, names))}; or {AMBIGUITY!r}"
            )
        total = rows[..., [names.index(name) for name in self.signal]].sum(axis=-1)
        return np.asarray(np.where(np.isnan(rows).any(axis=-1), np.nan, total))

    def holds(self, shares: npt.ArrayLike, emotions: Sequence[str]) -> BoolArray:
        """Return where it holds, shape (...); never where the shares are NaN."""
        return self.compare(self.measure(shares, emotions))

    def compare(self, values: npt.ArrayLike) -> BoolArray:
        """Return which values lie on the condition's side of its threshold."""
        distance = np.asarray(values, dtype=np.float64) - self.threshold
        if self.side == "above":
            return np.asarray(distance > ROUNDING)
        return np.asarray(distance < -ROUNDING)

    def __str__(self) -> str:
        unit = " bits" if self.is_ambiguity else ""
        number = np.format_float_positional(self.threshold, trim="-")
        return f"{' + '.join(self.signal)} {self.side} {number}{unit}"


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alert is raised.

    All conditions have to hold in so many windows running. The alert is raised once, in the window
    that completes them, and not again before one of the conditions has failed in between. A window
    that has no shares (silence, sound that was broken or skipped) breaks the row.

    Parameters
    ----------
    conditions
        At least one.
    windows
        How many windows running.
    name
        What to call it; by default its text.

    Raises
    ------
    AlertError
        If there is no condition, or the number of windows makes no sense.

    See Also
    --------
    Rule.parse : Make one from a line of text.

    Examples
    --------
    >>> Rule.parse("row: angry above 60% and ambiguity below 1.5 bits for two windows running")
    Rule('row: angry above 0.6 and ambiguity below 1.5 bits for 2 windows running')
    >>> Rule((Condition(("sad",), "above", 0.5),))
    Rule('sad above 0.5')
    """

    conditions: tuple[Condition, ...]
    windows: int = 1
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", tuple(self.conditions))
        if not self.conditions:
            raise AlertError(f"a rule needs a condition, for example {EXAMPLE!r}")
        if isinstance(self.windows, bool) or not isinstance(self.windows, int) or self.windows < 1:
            raise AlertError(f"windows={self.windows!r} must be a whole number of at least 1")
        if ":" in self.name or "\n" in self.name or self.name != self.name.strip():
            raise AlertError(f"name={self.name!r} must be one line without a colon")

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read a rule from text.

        Parameters
        ----------
        text
            ``[NAME:] SIGNAL above|below NUMBER [and ...] [for COUNT windows running]``. A signal is
            an emotion, several joined by "+", or "ambiguity". Numbers may be written .6, 0.6 or
            60%; those of ambiguity are in bits.

        Raises
        ------
        AlertError
            Telling which part cannot be read.

        Examples
        --------
        >>> Rule.parse("angry over .6")
        Traceback (most recent call last):
        sottovoce.errors.AlertError: rule 'angry over .6': 'angry over .6' says neither "above" ...
        """
        name, colon, rest = text.strip().rpartition(":")
        try:
            windows = 1
            if running := _RUNNING.fullmatch(rest.strip()):
                rest, windows = running["conditions"], _count(running["count"])
            elif re.search(r"\bfor\b", rest):
                raise AlertError(
                    f'{rest[rest.find("for") :]!r} must say how often, such as "for 2 windows '
                    'running"'
                )
            if colon and not name.strip():
                raise AlertError("there is no name before the colon")
            parts = re.split(r"\s+and\s+", rest.strip())
            return cls(tuple(map(_condition, parts)), windows, name.strip())
        except AlertError as error:
            raise AlertError(
                f"rule {text!r}: {error}. A rule reads like {EXAMPLE!r}, or "
                "'tense: angry + fearful above 50% and ambiguity below 1.5 bits'"
            ) from None

    @property
    def label(self) -> str:
        """Its name, or its text."""
        return self.name or str(self)

    def holds(self, shares: npt.ArrayLike, emotions: Sequence[str]) -> BoolArray:
        """Return in which windows all conditions hold, shape (...) of shares (..., emotion)."""
        held = [condition.holds(shares, emotions) for condition in self.conditions]
        return np.asarray(np.logical_and.reduce(held))

    def __str__(self) -> str:
        text = " and ".join(map(str, self.conditions))
        if self.windows > 1:
            text += f" for {self.windows} windows running"
        return f"{self.name}: {text}" if self.name else text

    def __repr__(self) -> str:
        return f"Rule({str(self)!r})"


def as_rule(rule: Rule | str) -> Rule:
    """Return a rule, reading it if it is text.

    Examples
    --------
    >>> as_rule("sad > 50%")
    Rule('sad above 0.5')
    """
    if isinstance(rule, str):
        return Rule.parse(rule)
    if isinstance(rule, Rule):
        return rule
    raise AlertError(f"{rule!r} must be a Rule, or text such as {EXAMPLE!r}")


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if not found:
        raise AlertError(f'{text!r} says neither "above" nor "below" a number')
    signal = tuple(name.strip() for name in found["signal"].split("+"))
    if not all(signal):
        raise AlertError(f'{text!r} must name an emotion before "{found["side"]}"')
    number = _NUMBER.fullmatch(found["number"].strip())
    if not number:
        raise AlertError(f"{found['number']!r} is no number such as 0.6, .6 or 60%")
    value, unit = float(number["value"]), number["unit"]
    if (unit == "%" and signal == (AMBIGUITY,)) or (
        unit.startswith("bit") and signal != (AMBIGUITY,)
    ):
        raise AlertError(f"{found['number']!r}: shares have no bits, and ambiguity has no percent")
    side: Side = "above" if _SIDES[found["side"]] == "above" else "below"
    return Condition(signal, side, round(value / 100, 12) if unit == "%" else value)


def _count(text: str) -> int:
    if text in _COUNTS:
        return _COUNTS.index(text) + 1
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise AlertError(f'{text!r} is no number of windows, such as 2 or "two"')
