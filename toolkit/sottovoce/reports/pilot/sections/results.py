"""Every read-out held against the listeners, and the one that stands for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce import plots
from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.evaluation_table import MEASURES, Headings, evaluation_table
from sottovoce.reports.pilot.sections.cells import figure

if TYPE_CHECKING:
    from sottovoce.reports.comparison import Comparison
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def results(found: Findings, say: Wording) -> Markup:
    """Return the table of read-outs, token against text, and two pictures of the chosen one."""
    content = found.assessment.to_dict()
    meta = content["meta"]
    headings = Headings(
        readout=say("results.readout"),
        guesses=say("results.guesses"),
        ceiling=say("results.ceiling"),
        measures={name: say(f"results.{name}") for name in MEASURES},
    )
    shares, corpus = found.shares, found.corpus
    return joined(
        tag("h2", say("results.heading")),
        tag(
            "p",
            say(
                "results.lead",
                confidence=f"{meta['confidence']:.0%}",
                resampled=say.unit(meta["resampled"]),
            ),
        ),
        evaluation_table(content, headings),
        tag("h3", say("results.tokens_against_text")),
        tag("ul", *(tag("li", _compared(one, say)) for one in found.assessment.comparisons)),
        tag(
            "p",
            say("results.chosen", readout=found.readout, prompt=found.prompt, why=_why(found, say)),
        ),
        tag(
            "div",
            figure(
                plots.reliability(shares, corpus),
                plots.describe_reliability(shares, corpus),
                say("results.reliability"),
            ),
            figure(
                plots.ambiguity_scatter(shares, corpus),
                plots.describe_ambiguity_scatter(shares, corpus),
                say("results.ambiguity"),
            ),
            class_="side-by-side",
        ),
        tag("h3", say("results.notes")),
        tag("p", " ".join(found.assessment.remarks()), class_="faint notes"),
    )


def _compared(one: Comparison, say: Wording) -> str:
    """Say how far a read-out is from the text, with the interval of the difference."""
    low, high = sorted((abs(one.low), abs(one.high)))
    size = f"{abs(one.difference):.3f} [{low:.3f}, {high:.3f}]"
    if one.verdict == "undecided":
        size = f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
    return say(
        f"results.{one.verdict}",
        prompt=one.prompt,
        readout=one.readout,
        against=one.against,
        size=size,
    )


def _why(found: Findings, say: Wording) -> str:
    if found.tuning is None:
        return say(f"results.why_{found.why}")
    return say(
        "results.why_tuned",
        n=len(found.tuning.candidates),
        flattering=f"{found.tuning.flattering:.3f}",
        optimism=f"{found.tuning.optimism:.3f}",
    )
