"""What a log of alerts holds: the alert, and the verdict of somebody who reviewed it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from sottovoce.errors import AlertError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

VerdictName: TypeAlias = Literal["confirmed", "overruled"]


def now() -> str:
    """Return the time as text, in UTC: "2026-11-24T10:31:05.120+00:00"."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule whose conditions were met.

    Parameters
    ----------
    id
        Unique within a log.
    rule
        The rule, as text.
    source
        What was heard: a recording's id, "microphone" and so on.
    start, end
        Seconds in the source, from the first of the windows running to the end of the last.
    window
        The id of the last.
    values
        What each condition is about -> its value in that window.
    shares
        Emotion -> share in that window.
    time
        When it was raised, in UTC, as ISO 8601.
    model, prompt, readout
        How the shares came about.
    sound
        Where the sound of the windows was kept; empty if it was not.

    Examples
    --------
    >>> alert = Alert(id="1", rule="angry above 0.6", source="call", start=2.0, end=5.0)
    >>> Alert.from_dict(alert.to_dict()) == alert
    True
    """

    id: str
    rule: str
    source: str
    start: float
    end: float
    window: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    time: str = field(default_factory=now)
    model: str = ""
    prompt: str = ""
    readout: str = ""
    sound: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {"values": dict(self.values), "shares": dict(self.shares)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Alert:
        """Make one of plain values; what is unknown among them is left out."""
        return cls(**{name: content[name] for name in cls.__slots__ if name in content})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person says of an alert after listening.

    Parameters
    ----------
    alert
        Its id.
    verdict
        "confirmed" or "overruled".
    reviewer
        Who says so.
    note
        Why.
    time
        When, in UTC, as ISO 8601.

    Raises
    ------
    AlertError
        If it is another verdict, or nobody's.
    """

    alert: str
    verdict: VerdictName
    reviewer: str
    note: str = ""
    time: str = field(default_factory=now)

    def __post_init__(self) -> None:
        require_one_of("verdict", self.verdict, get_args(VerdictName), AlertError)
        if not self.reviewer.strip():
            raise AlertError("reviewer='' must be the name of who listened")

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Verdict:
        """Make one of plain values; what is unknown among them is left out."""
        return cls(**{name: content[name] for name in cls.__slots__ if name in content})
