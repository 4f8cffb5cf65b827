"""sottovoce fetch: download a corpus that may be passed on."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import say


def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The corpus: crema-d.")],
    root: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder for it; by default one of its name here."),
    ] = None,
    actors: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Only these, such as 1061-1070.")
    ] = None,
    raters: Annotated[
        bool, typer.Option(help="Bring the file that says who heard what, too.")
    ] = True,
    json: Json = None,
) -> None:
    """Download a corpus from its makers; run it again to go on where it broke off.

    Every file is checked by the checksum that the repository keeps for it, and nothing that is
    there and whole is brought again.
    """
    from sottovoce.corpora import fetch as bring

    fetched = bring(name, root, actors=actors, raters=raters, progress=sys.stderr.isatty())
    write_json(
        {
            "root": str(fetched.root),
            "commit": fetched.commit,
            "new": list(fetched.new),
            "present": list(fetched.present),
            "failed": fetched.failed,
        },
        json,
    )
    say(str(fetched))
    n_files = len(fetched.new) + len(fetched.present) + len(fetched.failed)
    tell_failures(fetched.failed, n_files, kind="files")
