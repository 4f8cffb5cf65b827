"""Every read-out held against the listeners, and the one that stands for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce import plots
from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.evaluation_table import MEASURES, Headings, evaluation_table
from sottovoce.reports.pilot.findings import MODEL
from sottovoce.reports.pilot.sections.cells import figure, table

if TYPE_CHECKING:
    from sottovoce.evaluation import Tuning
    from sottovoce.reports.comparison import Comparison
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording

LEADING = 6


def results(found: Findings, say: Wording) -> Markup:
    """Return the table of read-outs, token against text, and two pictures of the chosen one."""
    content = found.assessment.to_dict()
    # What no answer allows is told among the notes.
    content["results"] = [entry for entry in content["results"] if entry["n"]]
    meta = content["meta"]
    headings = Headings(
        readout=say("results.readout"),
        guesses=say("results.guesses"),
        ceiling=say("results.ceiling"),
        measures={name: say(f"results.{name}") for name in MEASURES},
    )
    corpus = found.corpus
    # The title of a picture tells what is drawn.
    shares = found.shares.assign_attrs(
        readout=MODEL if found.tuning is None else f"{MODEL}, held out"
    )
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
            say("results.chosen", readout=found.way_of_reading, why=_why(found, say)),
        ),
        _candidates(found.tuning, say) if found.tuning is not None else "",
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
        tag("ul", *(tag("li", one) for one in found.assessment.remarks()), class_="faint notes"),
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


def _candidates(tuning: Tuning, say: Wording) -> Markup:
    """Return the leading candidates of the search, and further ones that won a fold."""
    every = tuning.candidates
    rows = [
        [
            one.candidate,
            say("results.yes" if one.calibrated else "results.no"),
            f"{one.score:.3f}",
            f"{one.folds} / {tuning.attrs['n_folds']}",
        ]
        for one in every[(every.index < LEADING) | (every["folds"] > 0)].itertuples()
    ]
    head = [say(f"results.{name}") for name in ("candidate", "calibrated", "js", "folds")]
    return joined(
        tag("h3", say("results.candidates")),
        tag(
            "p",
            say("results.candidates_lead", n=len(every), unit=say.unit(tuning.attrs["held_out"])),
        ),
        tag("div", table(head, rows, texts=2), class_="candidates"),
    )
