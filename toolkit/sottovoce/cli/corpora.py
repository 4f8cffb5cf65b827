"""sottovoce corpora: the corpora that are known by name."""

from __future__ import annotations

from typing import Annotated

import typer

from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import say, table_lines


def corpora(
    labels: Annotated[
        bool,
        typer.Option("--labels", help="List the label sets instead: what counts as which emotion."),
    ] = False,
    json: Json = None,
) -> None:
    """List the corpora that can be read: what each is, its licence, how to get it, what is read."""
    from dataclasses import asdict

    from sottovoce.corpora import catalogue, label_sets
    from sottovoce.corpora.github import sources

    found = catalogue.corpora().values()
    sets = label_sets().values()
    write_json(
        {
            "corpora": [asdict(one) | {"can_be_fetched": one.name in sources()} for one in found],
            "labels": [
                {
                    "name": one.name,
                    "about": one.about,
                    "emotions": one.emotions,
                    "merge": dict(one.merge),
                    "open": one.open,
                }
                for one in sets
            ],
        },
        json,
    )
    if labels:
        rows = [["labels", "emotions", "merged", "what it is"]]
        for one in sets:
            merged = ", ".join(f"{answer} as {emotion}" for answer, emotion in one.merge.items())
            rows.append([one.name, ", ".join(one.emotions), merged, one.about])
        for line in table_lines(rows):
            say(line)
        return
    for entry in found:
        say(f"{entry.name}: {entry.about}")
        for told, text in (
            ("licence", entry.licence),
            ("to get it", f"{entry.get} {entry.website}".strip()),
            ("read", entry.reads),
        ):
            say(f"  {told:<9}  {text}")
