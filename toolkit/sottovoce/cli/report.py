"""sottovoce report: a saved run and its votes as one page on which a decision can rest."""

from pathlib import Path
from typing import Annotated

import typer

from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import say
from sottovoce.cli.reporting import (
    Assume,
    Language,
    Question,
    RuleText,
    Title,
    WithAudio,
    read_assumptions,
)


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A saved run.")],
    votes: Annotated[
        Path, typer.Option(metavar="FILE", help="A table of votes for the recordings of RUN.")
    ],
    root: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the recordings lie, if not beside the table."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", dir_okay=False, help="Where to write.")
    ] = Path("report.html"),
    language: Language = "en",
    title: Title = None,
    question: Question = None,
    with_audio: WithAudio = False,
    rule: RuleText = None,
    assume: Assume = None,
    n_boot: Annotated[
        int, typer.Option("--n-boot", min=0, metavar="N", help="Resamples for the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of every draw.")] = 0,
    json: Json = None,
) -> None:
    """Write a pilot's report: one HTML file that fetches nothing and prints well.

    It tells how far the model is from the listeners, between the guesses that do not listen and
    what the listeners themselves reach, for which groups, with examples, and what alerts would
    cost and save.
    """
    import os

    os.environ.setdefault("MPLBACKEND", "Agg")
    from sottovoce.corpora import load_corpus
    from sottovoce.dataset import open_run
    from sottovoce.reports import find, write_report

    assumptions = read_assumptions(assume)
    found = find(
        open_run(run),
        load_corpus(votes, root),
        rule=rule,
        assumptions=assumptions,
        n_boot=n_boot,
        seed=seed,
    )
    write_json(found.to_dict(), json)
    written = write_report(
        found,
        out,
        title=title,
        question=question,
        language=language,  # type: ignore[arg-type]
        with_audio=with_audio,
    )
    say(f"Look at it: {written}")
    tell_failures(found.failed, found.run.sizes["utterance"])
