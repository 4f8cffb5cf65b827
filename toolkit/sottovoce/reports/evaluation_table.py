"""The evaluation on the page: every read-out with its interval, the constants beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sottovoce.markup import Markup, joined, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sottovoce.reports.assessment import Assessment

MEASURES = ("js", "bc", "accuracy", "entropy_rho")
SHORT_TITLES = {
    "js": "JS divergence",
    "bc": "Bhattacharyya",
    "accuracy": "accuracy, untied",
    "entropy_rho": "entropy, Spearman",
}
ARROWS = {"lower": "↓", "higher": "↑"}
UNDEFINED = "–"


@dataclass(frozen=True)
class Headings:
    """The words of the table, in the report's language.

    Parameters
    ----------
    readout, guesses, ceiling
        Above the names, the constants and the listeners.
    measures
        Name of a measure to its title.
    """

    readout: str = "read-out"
    guesses: str = "guesses that do not listen"
    ceiling: str = "the listeners themselves"
    measures: Mapping[str, str] = field(default_factory=lambda: SHORT_TITLES)


def evaluation_section(assessment: Assessment, n_speakers: int) -> Markup:
    """Return the table of the evaluation, and what it says in sentences."""
    content = assessment.to_dict()
    meta = content["meta"]
    told = [one.sentence() for one in assessment.comparisons]
    return joined(
        tag("h2", "Held against the listeners"),
        tag(
            "p",
            "Each way of reading the model, and two guesses that do not listen: equal shares, and "
            "the mean of all votes. A smooth guess does well on the first two measures and a "
            "popular one on the third; the last cannot be won without listening. In grey, "
            f"{meta['confidence']:.0%} intervals over {meta['resampled']}s"
            + (f"; with {n_speakers} voices they are rough." if n_speakers < 10 else "."),
        ),
        evaluation_table(content),
        tag("h3", "Tokens against text"),
        tag("ul", *(tag("li", sentence) for sentence in told)),
        tag("p", " ".join(assessment.remarks()), class_="faint"),
    )


def evaluation_table(content: Mapping[str, Any], headings: Headings | None = None) -> Markup:
    """Return every read-out by prompt, the constants, and the listeners themselves.

    Parameters
    ----------
    content
        From ``Assessment.to_dict``.
    headings
        The words; in English by default.
    """
    words = headings or Headings()
    measures = content["meta"]["measures"]
    head = [tag("th", words.readout), tag("th", "n", class_="number")] + [
        tag(
            "th",
            f"{words.measures[name]} {ARROWS[measures[name]['better']]}",
            class_="number",
            title=measures[name]["title"],
        )
        for name in MEASURES
    ]
    bodies = []
    for prompt, entries in groupby(content["results"], key=lambda entry: entry["prompt"]):
        lines = [_line(entry, "readout", best=i == 0) for i, entry in enumerate(entries)]
        bodies.append(_group(prompt, lines))
    constants = [_line(entry, "constant") for entry in content["constants"]]
    bodies.append(_group(words.guesses, constants))
    if content["ceiling"]:
        best = [_line(entry, "ceiling") for entry in content["ceiling"]]
        bodies.append(_group(words.ceiling, best))
    whole = tag("table", tag("thead", tag("tr", *head)), *bodies, class_="evaluation")
    return tag("div", whole, class_="scroll")


def _group(title: str, lines: list[Markup]) -> Markup:
    heading = tag("th", title, colspan=len(MEASURES) + 2, scope="colgroup")
    return tag("tbody", tag("tr", heading, class_="group"), *lines)


def _line(entry: Mapping[str, Any], kind: str, *, best: bool = False) -> Markup:
    cells = [tag("td", entry[kind]), tag("td", entry["n"], class_="number")]
    cells += [tag("td", _number(entry[name]), class_="number") for name in MEASURES]
    return tag("tr", *cells, class_="best" if best else None)


def _number(triple: Mapping[str, float | None]) -> Markup | str:
    if triple["value"] is None:
        return UNDEFINED
    value = f"{triple['value']:.3f}"
    if triple["low"] is None:
        return value
    return joined(value, tag("small", f"[{triple['low']:.3f}, {triple['high']:.3f}]"))
