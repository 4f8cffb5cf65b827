"""In short: what a reader who reads nothing else must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.pilot.findings import MODEL

if TYPE_CHECKING:
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def answer(found: Findings, say: Wording) -> Markup:
    """Return the answer in a few sentences, with what it is to be read against."""
    value, low, high = found.js()
    score = f"{value:.3f} [{low:.3f}, {high:.3f}]" if low == low else f"{value:.3f}"
    if found.tuning is not None:
        first = say(
            "answer.honest", held_out=say.unit(str(found.tuning.attrs["held_out"])), honest=score
        )
    else:
        first = say("answer.score", readout=found.way_of_reading, score=score)
    told = [
        joined(tag("b", first), " ", say(f"answer.{found.verdict}")),
        say(
            "answer.scale",
            uniform=f"{found.js('uniform')[0]:.3f}",
            mean=f"{found.js('corpus mean')[0]:.3f}",
        ),
    ]
    if found.has("half the votes"):
        told.append(
            say(
                "answer.scale_ceiling",
                half=f"{found.js('half the votes')[0]:.3f}",
                knowing=f"{found.js('perfect knowledge')[0]:.3f}",
            )
        )
        if found.verdict == "better":
            told.append(say("answer.way", part=f"{_way(found):.0%}"))
    if found.alerts is not None and not found.assumptions_made_up:
        saving = found.alerts.sel(quantity="saving")
        told.append(
            say(
                "answer.saving",
                rule=found.alerts.attrs["rule"],
                saving=f"{saving['value'].item():,.0f} "
                f"[{saving['low'].item():,.0f}, {saving['high'].item():,.0f}]",
                currency=found.alerts.attrs["currency"],
                months=f"{found.alerts.attrs['months']:g}",
                held_out=say.unit(str(found.alerts.attrs["held_out"])),
            )
        )
    return tag(
        "div",
        tag("h2", say("answer.heading")),
        *(tag("p", one) for one in told),
        class_="note answer",
    )


def _way(found: Findings) -> float:
    """Return how much of the way from the mean of all votes to perfect knowledge the model goes."""
    model, mean, knowing = (
        found.js(name)[0] for name in (MODEL, "corpus mean", "perfect knowledge")
    )
    return (mean - model) / (mean - knowing)
