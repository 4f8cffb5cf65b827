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
    groups = [line for name in assessment.groups for line in _group_lines(assessment, name, width)]
    return [*lines, "", *(part for line in told for part in _wrapped(line, width)), *groups]


def _group_lines(assessment: Assessment, by: str, width: int) -> list[str]:
    """Return the table by group of the best read-out, with the constants and the ceiling."""
    table, rows = assessment.groups[by], assessment.to_dict()["groups"][by]
    names = [str(name) for name in table["predictor"].values]
    readout = str(table.attrs["readout"])
    cells = [[by, "n", "speakers", *(name for name in names if name != "uniform")]]
    for row in rows:
        values = [
            _value(row[name], interval=name == readout) for name in names if name != "uniform"
        ]
        cells.append([row["group"], str(row["n"]), str(row["n_speakers"]), *values])
    heading = (
        f"By {by}, JS divergence of {readout} to {table.attrs['prompt']}, the best on these votes:"
    )
    notes = [
        part for note in str(table.attrs["notes"]).splitlines() for part in _wrapped(note, width)
    ]
    lines = table_lines(cells, right=range(1, len(cells[0])))
    return ["", *_wrapped(heading, width), *(INDENT + line for line in lines), *notes]


def _value(triple: dict[str, float | None], *, interval: bool) -> str:
    if triple["value"] is None:
        return "–"
    text = f"{triple['value']:.3f}"
    if interval and triple["low"] is not None:
        text += f" [{triple['low']:.3f}, {triple['high']:.3f}]"
    return text


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
