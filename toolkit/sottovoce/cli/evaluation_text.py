"""An evaluation as a table and sentences."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from sottovoce.cli.printing import display_width, table_lines

if TYPE_CHECKING:
    from sottovoce.reports import Assessment

INDENT = "  "
LONGEST_LINE = 100


def evaluation_lines(assessment: Assessment, width: int) -> list[str]:
    """Return the read-outs by prompt, the best first, the constants, and what they say.

    Where the intervals do not fit into the width, the table goes without and says so.
    """
    lines = _table(assessment, intervals=True)
    widest = max(map(display_width, lines))
    if widest > width:
        lines = _table(assessment, intervals=False)
        lines += ["", f"The intervals need {widest} columns: widen the terminal, or use --json."]
    evaluation = assessment.evaluation
    shown = [name for name in lines[0].split() if name in evaluation["measure"].values]
    titles = [
        f"{name}: {evaluation['title'].sel(measure=name).item()} "
        f"({evaluation['better'].sel(measure=name).item()} is better)"
        for name in shown
    ]
    sentences = [one.sentence() for one in assessment.comparisons]
    told = [*titles, "", *assessment.remarks(), "", *sentences]
    return [*lines, "", *(part for line in told for part in _wrapped(line, width))]


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, min(width, LONGEST_LINE), subsequent_indent=INDENT) or [""]


def _table(assessment: Assessment, *, intervals: bool) -> list[str]:
    from sottovoce.evaluation import to_table

    table = to_table(assessment.evaluation, intervals=intervals)
    rows: list[list[str]] = [["", *table.columns]]
    headings: dict[int, str] = {}
    cells = [cell for cell in assessment.order() if cell in table.index]
    cells += [cell for cell in table.index if cell[0] in ("constant", "listeners")]
    for prompt, name in cells:
        if prompt not in headings.values():
            headings[len(rows)] = prompt
        rows.append([name, *map(str, table.loc[(prompt, name), :])])
    lines = table_lines(rows, right=range(1, len(rows[0])))
    return [
        line
        for number, row in enumerate(lines)
        for line in ([headings[number]] if number in headings else []) + [INDENT + row]
    ]
