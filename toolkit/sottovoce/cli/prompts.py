"""sottovoce prompts: the library of named questions."""

from __future__ import annotations

from typing import Annotated

import typer

from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import page_width, say, table_lines


def prompts(
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only these: en or ja.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help="Only these: percentages, word, json, yes_no or free."
        ),
    ] = None,
    json: Json = None,
) -> None:
    """List the named questions that can be put to a model."""
    from dataclasses import asdict

    from sottovoce.prompts import list_prompts

    found = list_prompts(language, form)  # type: ignore[arg-type]  # refused in words if unknown
    write_json({"prompts": [asdict(prompt) for prompt in found]}, json)
    rows = [["name", "language", "answer", "question"]]
    rows += [[prompt.name, prompt.language, prompt.format, prompt.text] for prompt in found]
    rest = page_width() - max(len(row[0]) for row in rows) - 27
    for line in table_lines(rows, most={3: max(rest, 20)}):
        say(line)
