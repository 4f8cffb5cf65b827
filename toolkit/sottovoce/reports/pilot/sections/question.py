"""The question of the pilot, and what the model was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, joined, tag

if TYPE_CHECKING:
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def question(found: Findings, say: Wording, asked: str | None) -> Markup:
    """Return what the pilot was to find out, in the team's own words if they gave some."""
    run = found.run
    prompts = [
        joined(tag("dt", name), tag("dd", tag("q", text)))
        for name, text in zip(run["prompt"].values, run["prompt_text"].values, strict=True)
    ]
    return joined(
        tag("h2", say("question.heading")),
        tag("p", asked or say("question.default")),
        tag("p", say("question.asked")),
        tag("dl", *prompts),
    )
