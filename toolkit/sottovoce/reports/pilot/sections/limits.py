"""What the report cannot tell, and what law and good practice ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, joined, tag

if TYPE_CHECKING:
    from sottovoce.reports.pilot.wording import Wording

PARAGRAPHS = ("fallible", "other", "law", "practice", "local")


def limits(say: Wording) -> Markup:
    """Return the section, the same in every report."""
    told = [tag("p", say(f"limits.{name}")) for name in PARAGRAPHS]
    return joined(tag("h2", say("limits.heading"), id="limits"), *told)
