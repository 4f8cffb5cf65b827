"""Alerting: rules held against window after window, and what is kept of the alerts they raise."""

from __future__ import annotations

from collections import deque
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.alerts import Alert, Watch
from sottovoce.monitoring.window_buffer import joined

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from io import BufferedWriter

    from sottovoce.alerts import AlertLog, Rule
    from sottovoce.monitoring.hearing import Hearing
    from sottovoce.monitoring.window_buffer import Cut


class Alerting:
    """Rules, and where their alerts go.

    Parameters
    ----------
    rules
        At least one.
    hearing
        Whose shares they are held against.
    rate
        Of the windows, in Hz.
    source
        The name of what is heard.
    log
        Where alerts are appended, if anywhere.
    keep_sound
        A folder for the sound of each alert, or None.
    on_alert
        Called with each.
    tell
        Called with a sentence if a sound cannot be kept.

    Raises
    ------
    AlertError
        If a rule is about an emotion that is not followed.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        hearing: Hearing,
        *,
        rate: int,
        source: str,
        log: AlertLog | None,
        keep_sound: str | os.PathLike[str] | None,
        on_alert: Callable[[Alert], object] | None,
        tell: Callable[[str], object],
    ) -> None:
        emotions = hearing.emotions()
        self._watches = [Watch(rule, emotions) for rule in rules]
        self._hearing = hearing
        self._rate = rate
        self._source = source
        self._log = log
        self._folder = None if keep_sound is None else Path(keep_sound).expanduser()
        self._on_alert = on_alert
        self._tell = tell
        self._n_raised = 0
        self._recent: deque[Cut] = deque(maxlen=max(rule.windows for rule in rules))

    def see(self, cut: Cut, window: str, shares: Mapping[str, float]) -> tuple[Alert, ...]:
        """Return the alerts that a window raises; one without shares breaks every row."""
        self._recent.append(cut)
        row = list(shares.values()) if shares else None
        return tuple(
            self._raise(watch, window, shares) for watch in self._watches if watch.see(row)
        )

    def break_rows(self) -> None:
        """Say that windows were skipped."""
        for watch in self._watches:
            watch.see(None)
        self._recent.clear()

    def _raise(self, watch: Watch, window: str, shares: Mapping[str, float]) -> Alert:
        row = list(self._recent)[-watch.rule.windows :]
        self._n_raised += 1
        # Several monitors may write into one log, and no two alerts of it are one.
        numbering = self._log.numbering() if self._log else nullcontext(str(self._n_raised))
        with numbering as number:
            alert = Alert(
                id=number,
                rule=str(watch.rule),
                source=self._source,
                start=row[0].start / self._rate,
                end=row[-1].stop / self._rate,
                window=window,
                values=watch.measured(list(shares.values())),
                shares=shares,
                model=self._hearing.model.id,
                prompt=self._hearing.prompt.name,
                readout=self._hearing.readout,
                sound=self._kept(row, number),
            )
            if self._log:
                self._log.add(alert)
        if self._on_alert:
            self._on_alert(alert)
        return alert

    def _kept(self, row: Sequence[Cut], number: str) -> str:
        if self._folder is None:
            return ""
        import soundfile

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _new_file(self._folder, f"alert_{number}") as file:
                soundfile.write(file, joined(row), self._rate, format="WAV")
                return file.name
        except (OSError, soundfile.SoundFileError) as error:
            self._tell(f"alert {number}: its sound could not be kept ({error})")
            return ""


def _new_file(folder: Path, stem: str) -> BufferedWriter:
    """Open a file that was not there: another log's alert may have the same number."""
    name, n_taken = stem, 1
    while True:
        try:
            return (folder / f"{name}.wav").open("xb")
        except FileExistsError:
            n_taken += 1
            name = f"{stem}_{n_taken}"
