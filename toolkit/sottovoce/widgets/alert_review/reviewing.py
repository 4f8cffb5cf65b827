"""One reviewer's way through a log of alerts: what is left to judge, and how it sounds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.alerts import AlertLog
from sottovoce.audio import load_recording
from sottovoce.errors import AlertError

if TYPE_CHECKING:
    import os

    from sottovoce.alerts import Alert, Verdict
    from sottovoce.alerts.records import VerdictName
    from sottovoce.audio import Recording


class Reviewing:
    """A reviewer, the alerts of a log, and the verdicts on them.

    Parameters
    ----------
    log
        The log, or its path.
    reviewer
        Who listens.
    sounds
        The folder in which the sounds of the alerts lie now; None for where the log says.

    Attributes
    ----------
    alerts : list of Alert
        As the log had them when it was last read.
    current : Alert or None
        The one to be judged; None while there is none.

    Raises
    ------
    AlertError
        If the log cannot be read, or the reviewer has no name.

    Examples
    --------
    >>> import tempfile
    >>> from sottovoce.alerts import Alert
    >>> log = AlertLog(Path(tempfile.mkdtemp()) / "alerts.jsonl")
    >>> for i in range(2):
    ...     log.add(Alert(id=str(i), rule="sad above 0.5", source="call", start=i, end=i + 1))
    >>> reviewing = Reviewing(log, "Ada")
    >>> verdict = reviewing.judge("overruled", "laughs")
    >>> reviewing.current.id, reviewing.n_judged
    ('1', 1)
    """

    def __init__(
        self,
        log: AlertLog | str | os.PathLike[str],
        reviewer: str,
        sounds: str | os.PathLike[str] | None = None,
    ) -> None:
        if not isinstance(reviewer, str) or not reviewer.strip():
            raise AlertError(
                f"reviewer={reviewer!r} must be the name of who listens: by it they go on where "
                "they stopped"
            )
        self.reviewer = reviewer.strip()
        self.log = log if isinstance(log, AlertLog) else AlertLog(log)
        self._sounds = None if sounds is None else Path(sounds).expanduser()
        self.alerts: list[Alert] = []
        self.current: Alert | None = None
        self._last: dict[tuple[str, str], Verdict] = {}
        self.reread()
        self.current = self._next_open() or (self.alerts[-1] if self.alerts else None)

    def reread(self) -> None:
        """Take what the log holds now: a monitor and other reviewers may write into it."""
        self.alerts = self.log.alerts
        self._last = {(said.alert, said.reviewer): said for said in self.log.verdicts}
        if self.current is None and self.alerts:
            self.current = self._next_open() or self.alerts[-1]

    @property
    def place(self) -> int:
        """Which of the alerts the current one is, from 0."""
        return next((i for i, one in enumerate(self.alerts) if one is self._found()), 0)

    @property
    def n_judged(self) -> int:
        """How many alerts have a verdict of this reviewer."""
        return sum(self._is_judged(one) for one in self.alerts)

    @property
    def own(self) -> Verdict | None:
        """The last verdict of this reviewer on the current alert."""
        return self._last.get((self.current.id, self.reviewer)) if self.current else None

    @property
    def others(self) -> list[Verdict]:
        """The last verdict of each of the others on the current alert."""
        return [
            said
            for (alert, who), said in self._last.items()
            if self.current and alert == self.current.id and who != self.reviewer
        ]

    def judge(self, verdict: VerdictName, note: str = "") -> Verdict:
        """Append a verdict on the current alert to the log, and go to the next one without.

        Raises
        ------
        AlertError
            If there is no alert, it is no verdict, or the log cannot be written.
        """
        if self.current is None:
            raise AlertError(f"{self.log.path}: there is no alert to be reviewed so far")
        said = self.log.review(self.current.id, verdict, reviewer=self.reviewer, note=note.strip())
        self.reread()
        self.current = self._next_open() or self.current
        return said

    def go(self, step: int) -> None:
        """Go so many alerts on, or back, as far as there are any."""
        self.reread()
        if self.alerts:
            place = min(max(self.place + step, 0), len(self.alerts) - 1)
            self.current = self.alerts[place]

    def go_to_open(self) -> None:
        """Read the log anew, and go to the next alert without a verdict of this reviewer."""
        self.reread()
        self.current = self._next_open() or self.current

    def sound(self) -> Recording | None:
        """Return the sound of the current alert; None where none was kept.

        Raises
        ------
        RecordingError
            If it cannot be read.
        """
        if self.current is None or not self.current.sound:
            return None
        kept = Path(self.current.sound).expanduser()
        if self._sounds is not None:
            kept = self._sounds / kept.name
        elif not kept.exists():
            # A monitor names it as seen from its own folder, which need not be the reviewer's.
            beside = (self.log.path.parent / one for one in (kept, kept.name))
            kept = next((one for one in beside if one.exists()), kept)
        return load_recording(kept, rate=None, allow_silence=True)

    def _found(self) -> Alert | None:
        """Return the current alert as it was read last."""
        known = (one for one in self.alerts if self.current and one.id == self.current.id)
        return next(known, None)

    def _is_judged(self, alert: Alert) -> bool:
        return (alert.id, self.reviewer) in self._last

    def _next_open(self) -> Alert | None:
        """Return the next alert that this reviewer has not judged, after the last the first."""
        place = self.place
        row = [*self.alerts[place:], *self.alerts[:place]]
        return next((one for one in row if not self._is_judged(one)), None)
