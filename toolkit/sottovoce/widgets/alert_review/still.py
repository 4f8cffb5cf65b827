"""A review of alerts without a kernel: what became of them, and the Python that reads the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.alerts import reviewed_precision
from sottovoce.markup import Markup, table, tag
from sottovoce.plots.style import FAINT_INK, INK, POINT_COLOR, bare_axes, lighten
from sottovoce.plots.text import drawable, set_font, shortened
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sottovoce.alerts import AlertLog

PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem 1rem .3rem 0;text-align:left;"
    "vertical-align:top;border-bottom:1px solid #8886;overflow-wrap:break-word}"
    "thead th{white-space:nowrap}td{font-variant-numeric:tabular-nums}"
    "main{overflow-x:auto}td:nth-child(5){white-space:nowrap}td:last-child{min-width:8rem}"
)
STATE_COLORS = {
    "confirmed": POINT_COLOR,
    "overruled": lighten(POINT_COLOR, 0.55),
    "disputed": "#E69F00",
    "open": "#E4E4E4",
}
LONGEST_RULE = 44
HEADS = ("alert", "time", "rule", "source", "seconds", "verdict", "reviewers", "note")


def review_code(log: AlertLog) -> str:
    """Return the Python that reads the log, and tells its precision as reviewed."""
    return (
        "from sottovoce.alerts import AlertLog, reviewed_precision\n\n"
        f"log = AlertLog({str(log.path)!r})\n"
        "alerts = log.to_table()\n"
        "verdicts = log.verdicts  # all of them, also those that were thought better of\n"
        "precision = reviewed_precision(log)\n"
    )


def precision_in_words(precision: pd.DataFrame) -> list[str]:
    """Return the precision of each rule as a sentence.

    Parameters
    ----------
    precision
        From :func:`sottovoce.alerts.reviewed_precision`, with intervals of 95 %.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"precision": 2 / 3, "low": 0.21, "high": 0.94, "confirmed": 2, "overruled": 1,
    ...        "disputed": 0, "open": 4}
    >>> precision_in_words(pd.DataFrame([row], index=["sad above 0.5"]))
    ['sad above 0.5: 2 of 3 confirmed, precision .67 [.21, .94]; 4 open']
    """
    told = []
    for rule, row in precision.iterrows():
        n = int(row["confirmed"] + row["overruled"])
        said = (
            f"{int(row['confirmed'])} of {n} confirmed, precision {_interval(row)}"
            if n
            else "none decided"
        )
        left = [f"{int(row[state])} {state}" for state in ("disputed", "open") if row[state]]
        told.append("; ".join([f"{rule}: {said}", *left]))
    return told


def review_tables(log: AlertLog) -> Markup:
    """Return what became of the alerts, rule by rule, and each alert with its verdicts."""
    found = reviewed_precision(log)
    states = list(STATE_COLORS)
    rules = [
        (rule, _interval(row), *(int(row[state]) for state in states))
        for rule, row in found.iterrows()
    ]
    alerts = [
        (
            alert,
            row["time"],
            row["rule"],
            row["source"],
            f"{row['start']:.1f} to {row['end']:.1f}",
            row["state"],
            row["reviewers"],
            row["note"],
        )
        for alert, row in log.to_table().iterrows()
    ]
    if not alerts:
        return tag("p", f"{log.path.name} holds no alert so far.")
    heads = ("rule", "precision, 95 % interval", *states)
    numbers = range(2, len(heads))
    return tag("div", table(heads, rules, numbers=numbers), table(HEADS, alerts))


def review_html(log: AlertLog) -> str:
    """Return the tables as one page."""
    title = f"Alerts in {log.path.name}, as reviewed"
    return page(title, tag("main", tag("h1", title), review_tables(log)), style=PAGE_STYLE)


def review_figure(log: AlertLog) -> Figure:
    """Return what became of the alerts of each rule as bars, with the precision beside them."""
    from sottovoce.widgets.shared.figure import StillFigure

    found = reviewed_precision(log)
    places = np.arange(len(found))
    figure = StillFigure(figsize=(9, 0.45 * max(len(found), 1) + 1.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    so_far = np.zeros(len(found))
    for state, color in STATE_COLORS.items():
        counts = found[state].to_numpy(dtype=float)
        left.barh(places, counts, left=so_far, height=0.62, color=color, label=state)
        so_far += counts
    left.set_xlim(0, max(1.0, so_far.max(initial=0)) * 1.02)
    left.xaxis.get_major_locator().set_params(integer=True)
    left.set_title("Alerts, by what reviewers said", loc="left", fontsize=10, color=INK)
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4,
                  frameon=False, fontsize=9)  # fmt: skip
    middle, low, high = (found[name].to_numpy(dtype=float) for name in ("precision", "low", "high"))
    right.hlines(places, low, high, color=FAINT_INK, linewidth=1.5)
    right.plot(middle, places, "o", color=POINT_COLOR, markersize=6)
    right.set_xlim(-0.02, 1.02)
    right.set_title("Precision, 95 % interval", loc="left", fontsize=10, color=INK)
    names = [drawable(shortened(str(rule), LONGEST_RULE)) for rule in found.index]
    left.set_yticks(places, names, fontsize=9)
    set_font(*left.get_yticklabels())
    left.set_ylim(max(len(found), 1) - 0.5, -0.5)
    for ax in (left, right):
        bare_axes(ax, grid="x")
    return figure


def _interval(row: pd.Series) -> str:
    if np.isnan(row["precision"]):
        return "–"
    return f"{_short(row['precision'])} [{_short(row['low'])}, {_short(row['high'])}]"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
