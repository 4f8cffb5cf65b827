"""What becomes of recordings that are longer than a model hears."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from sottovoce.audio import split_at_pauses, windows
from sottovoce.errors import RecordingError, require_one_of

if TYPE_CHECKING:
    from sottovoce.audio import Recording
    from sottovoce.models import SpeechModel

Long: TypeAlias = Literal["windows", "pauses", "error", "cut"]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a recording is cut.

    Parameters
    ----------
    long
        "windows" of equal length, stretches between "pauses", "error", or "cut" after the start.
    seconds
        The longest that is heard; None if there is no limit, so that nothing is cut.
    overlap
        Seconds that a window has in common with the one before.

    Raises
    ------
    RecordingError
        If an option makes no sense.
    """

    long: Long
    seconds: float | None
    overlap: float = 0.0

    def __post_init__(self) -> None:
        require_one_of("long", self.long, get_args(Long), RecordingError)
        if not (math.isfinite(self.overlap) and self.overlap >= 0):
            raise RecordingError(f"overlap={self.overlap!r} must be a number of seconds from 0")
        if self.overlap and self.long in ("error", "cut"):
            raise RecordingError(f"overlap is for windows, and long={self.long!r} is set")
        if self.seconds is not None and self.overlap >= self.seconds:
            raise RecordingError(
                f"overlap={self.overlap:g} must be less than a window, which lasts "
                f"{self.seconds:g} s"
            )

    def holds(self, recording: Recording) -> bool:
        """Return whether a recording is heard whole."""
        return self.seconds is None or len(recording.samples) <= round(
            self.seconds * recording.rate
        )

    def parts(self, recording: Recording, told: str) -> list[Recording]:
        """Return the parts of a recording that is too long.

        Parameters
        ----------
        recording
            Named as its parts shall be.
        told
            What a message calls it.

        Raises
        ------
        RecordingError
            If it is too long and nothing may be cut.
        """
        seconds = self.seconds
        if seconds is None:
            return [recording]
        lasts = f"{recording.duration:.1f} s"
        if self.long == "error":
            raise RecordingError(
                f"{told}: it lasts {lasts}, and the model hears {seconds:g} s. long='windows' or "
                "'pauses' cuts it into parts, long='cut' keeps the start."
            )
        if self.long == "cut":
            note = f"cut: only the first {seconds:g} s of {lasts} were heard"
            start = recording.samples[: round(seconds * recording.rate)]
            return [replace(recording, samples=start, notes=(*recording.notes, note))]
        hop = seconds - self.overlap
        if self.long == "pauses":
            return split_at_pauses(recording, seconds, hop=hop)
        return windows(recording, seconds, hop)


def longest_utterance(model: SpeechModel, window: float | None) -> float | None:
    """Return the seconds of the longest utterance: the window asked for, or what a model hears.

    Raises
    ------
    RecordingError
        If the model hears less than that, or it is no length.
    """
    if window is None:
        return model.max_seconds
    most = math.inf if model.max_seconds is None else model.max_seconds
    if not 0.1 <= window <= most:
        heard = "" if model.max_seconds is None else f", and {model.id} hears {most:g} s"
        raise RecordingError(f"window={window!r} must be at least 0.1 s{heard}")
    return float(window)


def told_fit(long: Long, window: float | None, overlap: float) -> dict[str, Any]:
    """Return how recordings were cut, for a run's attributes."""
    told: dict[str, Any] = {"long": long}
    if window is not None:
        told["window"] = float(window)
    if overlap:
        told["overlap"] = float(overlap)
    return told
