"""Totals: what a monitor did so far, and what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Totals:
    """Counts and times of a monitor.

    Parameters
    ----------
    n_windows
        Windows that the sound so far holds, skipped ones too.
    n_ok, n_error, n_broken, n_skipped
        What became of them.
    n_refused
        Chunks that were refused.
    n_alerts
        Alerts that were raised.
    audio_seconds
        Sound that came in.
    worked_seconds
        Time spent on windows, by the clock on the wall.
    cpu_seconds
        The same in time of this process, all its threads added.
    """

    n_windows: int = 0
    n_ok: int = 0
    n_error: int = 0
    n_broken: int = 0
    n_skipped: int = 0
    n_refused: int = 0
    n_alerts: int = 0
    audio_seconds: float = 0.0
    worked_seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def real_time_factor(self) -> float | None:
        """Time spent for a second of sound; above 1 the monitor cannot keep up. None without any.

        Skipped windows cost no time, so with `n_skipped` above 0 it says too little.
        """
        return self.worked_seconds / self.audio_seconds if self.audio_seconds else None

    @property
    def cpu_factor(self) -> float | None:
        """The same in time of this process."""
        return self.cpu_seconds / self.audio_seconds if self.audio_seconds else None

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return asdict(self) | {
            "real_time_factor": self.real_time_factor,
            "cpu_factor": self.cpu_factor,
        }
