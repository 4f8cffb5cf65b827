"""What became of alerts: the verdicts that count, and precision as people found it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from sottovoce.errors import AlertError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sottovoce.alerts.log import AlertLog
    from sottovoce.alerts.records import Alert, Verdict

STATES = ("confirmed", "overruled", "disputed", "open")


def reviewed_table(alerts: Iterable[Alert], verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Return alerts, a row each, with the verdicts that count.

    Of each reviewer the last verdict counts. More confirmations than overrulings make an alert
    confirmed, fewer overruled, equally many disputed; without any it is open.

    Returns
    -------
    DataFrame
        Index "alert"; the fields of :class:`Alert`, and `state`, `reviewers`, `note`.
    """
    last: dict[str, dict[str, Verdict]] = {}
    for said in verdicts:
        last.setdefault(said.alert, {})[said.reviewer] = said
    rows = {}
    for alert in alerts:
        said_of = list(last.get(alert.id, {}).values())
        content = alert.to_dict()
        del content["id"]
        rows[alert.id] = content | {
            "state": _state(said_of),
            "reviewers": ", ".join(said.reviewer for said in said_of),
            "note": "; ".join(said.note for said in said_of if said.note),
        }
    names = ["rule", "source", "start", "end", "window", "time", "state", "reviewers", "note"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=None if rows else names)
    return table.rename_axis("alert")


def reviewed_precision(log: AlertLog, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return, rule by rule, the part of the reviewed alerts that people confirmed.

    Parameters
    ----------
    log
        Of alerts and verdicts.
    confidence
        Of the intervals, which are those of Wilson for a proportion [1]_. They take alerts for
        independent; where many come from one voice, they are too narrow.

    Returns
    -------
    DataFrame
        Index "rule", with a last row "all rules" if there are several: `precision`, `low`, `high`,
        NaN where nothing was reviewed, and how many alerts are `confirmed`, `overruled`,
        `disputed` and `open`. The disputed and the open count as neither.

    Raises
    ------
    AlertError
        If the confidence means nothing.

    References
    ----------
    .. [1] Wilson, E. B. (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association, 22(158), 209-212.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.alerts import Alert, AlertLog
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = AlertLog(Path(folder) / "alerts.jsonl")
    ...     for i in range(4):
    ...         log.add(Alert(id=str(i), rule="sad above 0.5", source="call", start=i, end=i + 1))
    ...     for i, verdict in enumerate(["confirmed", "confirmed", "overruled"]):
    ...         said = log.review(str(i), verdict, reviewer="Ada")
    ...     found = reviewed_precision(log)
    >>> found.loc["sad above 0.5"].round(2).to_dict()
    {'precision': 0.67, 'low': 0.21, 'high': 0.94, 'confirmed': 2.0, 'overruled': 1.0,
     'disputed': 0.0, 'open': 1.0}
    """
    if not 0 < confidence < 1:
        raise AlertError(f"confidence={confidence} must lie between 0 and 1, for example 0.95")
    table = reviewed_table(log.alerts, log.verdicts)
    rows = {
        str(rule): _precision(part["state"].tolist(), confidence)
        for rule, part in table.groupby("rule", sort=False)
    }
    if len(rows) > 1:
        rows["all rules"] = _precision(table["state"].tolist(), confidence)
    found = pd.DataFrame.from_dict(
        rows, orient="index", columns=["precision", "low", "high", *STATES]
    )
    return found.rename_axis("rule")


def _precision(states: Sequence[str], confidence: float) -> list[float]:
    counted = Counter(states)
    right, n = counted["confirmed"], counted["confirmed"] + counted["overruled"]
    told = [counted[state] for state in STATES]
    if not n:
        return [np.nan, np.nan, np.nan, *told]
    interval = binomtest(right, n).proportion_ci(confidence, method="wilson")
    return [right / n, float(interval.low), float(interval.high), *told]


def _state(said: Sequence[Verdict]) -> str:
    if not said:
        return "open"
    balance = sum(1 if one.verdict == "confirmed" else -1 for one in said)
    return "confirmed" if balance > 0 else "overruled" if balance < 0 else "disputed"
