"""AlertLog: alerts and verdicts in one file that is only ever appended to."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from sottovoce.alerts.records import Alert, Verdict
from sottovoce.alerts.review import reviewed_table
from sottovoce.errors import AlertError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from sottovoce.alerts.records import VerdictName

COLUMNS = ("time", "rule", "source", "start", "end", "window", "state", "reviewers", "note")


class AlertLog:
    """Alerts and the verdicts on them, one JSON object a line.

    The file is only appended to, one whole line at a time, so that a monitor can write alerts while
    people write verdicts; nothing that was said is ever replaced. What an interrupted process left
    as half a line is passed over, and counted in `n_broken`.

    Parameters
    ----------
    path
        The file, ending in .jsonl by custom; made with its folders when something is written.

    Raises
    ------
    AlertError
        If there is something else at the path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = AlertLog(Path(folder) / "alerts.jsonl")
    ...     log.add(Alert(id="1", rule="angry above 0.6", source="call", start=2, end=5))
    ...     log.add(Alert(id="2", rule="angry above 0.6", source="call", start=9, end=12))
    ...     verdict = log.review("1", "confirmed", reviewer="Ada", note="shouts")
    ...     verdict = log.review("2", "overruled", reviewer="Ada", note="laughs")
    ...     table = log.to_table()
    >>> table["state"].to_dict()
    {'1': 'confirmed', '2': 'overruled'}
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser()
        self.n_broken = 0
        if self.path.is_dir():
            raise AlertError(f"{self.path}: this is a folder; give the name of a file")
        self.records()

    def records(self) -> list[dict[str, Any]]:
        """Return every line that is whole, in the order written: what `kind` it is, and the rest.

        Raises
        ------
        AlertError
            If the file cannot be read, or is no log.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise AlertError(f"{self.path}: it cannot be read ({error})") from error
        lines = [line for line in content.split(b"\n") if line.strip()]
        parsed = [_parsed(line) for line in lines]
        whole = [record for record in parsed if record is not None]
        self.n_broken = len(lines) - len(whole)
        if lines and not whole:
            raise AlertError(f"{self.path}: this is no log of alerts: no line of it is a record")
        return whole

    @property
    def alerts(self) -> list[Alert]:
        """All alerts, in the order written."""
        return self._all("alert", Alert)

    @property
    def verdicts(self) -> list[Verdict]:
        """All verdicts, in the order written, also those that were thought better of."""
        return self._all("verdict", Verdict)

    def add(self, alert: Alert) -> None:
        """Append an alert."""
        self.write("alert", alert.to_dict())

    def review(self, alert: str, verdict: VerdictName, *, reviewer: str, note: str = "") -> Verdict:
        """Append what somebody says of an alert; of a reviewer the last verdict counts.

        Raises
        ------
        AlertError
            If there is no such alert, it is no verdict, or it is nobody's.
        """
        said = Verdict(alert=alert, verdict=verdict, reviewer=reviewer.strip(), note=note)
        known = [one.id for one in self.alerts]
        if alert not in known:
            some = ", ".join(map(repr, known[-5:])) or "none"
            raise AlertError(f"{self.path}: there is no alert {alert!r}; the last ones are {some}")
        self.write("verdict", said.to_dict())
        return said

    def write(self, kind: str, content: Mapping[str, Any]) -> None:
        """Append a line of any kind; those that are neither alert nor verdict are only kept.

        Raises
        ------
        AlertError
            If it cannot be written.
        """
        text = json.dumps({"kind": kind, **content}, ensure_ascii=False, allow_nan=False)
        line = text.encode("utf-8", "backslashreplace") + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab+", buffering=0) as file:
                # Half a line of a process that was killed must not swallow this one.
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
        except OSError as error:
            raise AlertError(f"{self.path}: it could not be written ({error})") from error

    def next_id(self) -> str:
        """Return an id that no alert of the log has: "1", "2" and so on."""
        numbers = [int(one.id) for one in self.alerts if one.id.isdecimal()]
        return str(max(numbers, default=0) + 1)

    @contextlib.contextmanager
    def numbering(self) -> Iterator[str]:
        """Give the next id, and let no other process have it until the alert is written.

        Raises
        ------
        AlertError
            If the folder cannot be written to.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(f"{self.path}.lock").acquire()
        except OSError as error:
            raise AlertError(f"{self.path}: it could not be written ({error})") from error
        with lock:
            yield self.next_id()

    def to_table(self) -> pd.DataFrame:
        """Return the alerts, a row each, with what came of their review.

        The columns are time, rule, source, start, end, window; `state`, "confirmed", "overruled",
        "disputed" or "open"; and the reviewers and notes of the verdicts that count.
        """
        table = reviewed_table(self.alerts, self.verdicts)
        return table[list(COLUMNS)]

    def _all(self, kind: str, record: Any) -> list[Any]:
        found = []
        for line in self.records():
            if line["kind"] == kind:
                try:
                    found.append(record.from_dict(line))
                except (TypeError, AttributeError) as error:
                    raise AlertError(f"{self.path}: {line} is no {kind} ({error})") from error
        return found


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("kind"), str) else None
