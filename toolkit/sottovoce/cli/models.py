"""sottovoce models: the table of speech architectures."""

from __future__ import annotations

from typing import Annotated

import typer

from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import say, table_lines


def models(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the README's table, the same everywhere.")
    ] = False,
    json: Json = None,
) -> None:
    """List the speech architectures that can be loaded, and what is known of each."""
    from dataclasses import asdict

    from sottovoce.models.catalogue import architectures, refused
    from sottovoce.models.table import markdown_lines, table_rows

    found = architectures().values()
    write_json(
        {
            "architectures": [asdict(one) | {"status": one.status} for one in found],
            "refused": refused(),
        },
        json,
    )
    lines = (
        markdown_lines(table_rows(found)) if markdown else table_lines(table_rows(found, here=True))
    )
    for line in lines:
        say(line)
    if not markdown:
        say()
        say("These hear too, and cannot be asked a question:")
        for line in table_lines([["", name, reason] for name, reason in refused().items()]):
            say(line)
