"""Alerts: the threshold that was chosen, what it finds, and what it costs and saves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from sottovoce import plots
from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.pilot.sections.cells import UNDEFINED, figure, number, table, triple

if TYPE_CHECKING:
    import xarray as xr

    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording

_FORMS = {
    "recall": ".0%",
    "false_alarm_rate": ".1%",
    "precision": ".0%",
    "alerts_per_month": ",.0f",
    "return_on_investment": ",.2f",
}


def threshold(found: Findings, say: Wording) -> Markup:
    """Return the section, or nothing where no rule was given."""
    chosen = found.alerts
    if chosen is None:
        return Markup()
    notes = str(chosen.attrs["notes"])
    return joined(
        tag("h2", say("threshold.heading")),
        tag(
            "p",
            say(
                "threshold.lead",
                rule=chosen.attrs["rule"],
                truth=chosen.attrs["truth"],
                held_out=say.unit(str(chosen.attrs["held_out"])),
            ),
        ),
        tag("p", tag("b", say("threshold.placeholder"))) if found.assumptions_made_up else "",
        tag("div", _expected(chosen, say), class_="narrow"),
        tag("p", " ".join(notes.splitlines()), class_="faint notes") if notes else "",
        tag("div", _curve(chosen, say), class_="narrow"),
        tag("p", say("threshold.assumptions"), class_="keep"),
        tag("div", _assumptions(chosen, say), class_="narrow"),
        tag("p", tag("b", say("threshold.review"))),
    )


def _curve(chosen: xr.Dataset, say: Wording) -> Markup:
    return figure(
        plots.saving_curve(chosen), plots.describe_saving_curve(chosen), say("threshold.curve")
    )


def _expected(chosen: xr.Dataset, say: Wording) -> Markup:
    rows = []
    for name in map(str, chosen["quantity"].values):
        unit = f" {chosen.attrs['currency']}" if name.startswith("saving") else ""
        told = number(triple(chosen.sel(quantity=name)), _FORMS.get(name, ",.0f"))
        rows.append([say(f"threshold.{name}"), joined(told, unit)])
    return table([say("threshold.quantity"), say("threshold.value")], rows)


def _assumptions(chosen: xr.Dataset, say: Wording) -> Markup:
    assumed = json.loads(chosen.attrs["assumptions"])
    rows = [[say(f"threshold.meaning.{name}"), _told(value)] for name, value in assumed.items()]
    return table([say("threshold.assumption"), say("threshold.value")], rows)


def _told(value: object) -> str:
    if value is None:
        return UNDEFINED
    return f"{value:,g}" if isinstance(value, int | float | np.number) else str(value)
