"""The sections of the pilot's report, one a file."""

from sottovoce.reports.pilot.sections.answer import answer
from sottovoce.reports.pilot.sections.corrections import corrections
from sottovoce.reports.pilot.sections.data import data
from sottovoce.reports.pilot.sections.examples import examples
from sottovoce.reports.pilot.sections.groups import groups
from sottovoce.reports.pilot.sections.limits import limits
from sottovoce.reports.pilot.sections.made import made
from sottovoce.reports.pilot.sections.question import question
from sottovoce.reports.pilot.sections.results import results
from sottovoce.reports.pilot.sections.threshold import threshold

__all__ = [
    "answer",
    "corrections",
    "data",
    "examples",
    "groups",
    "limits",
    "made",
    "question",
    "results",
    "threshold",
]
