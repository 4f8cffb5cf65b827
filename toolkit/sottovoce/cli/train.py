"""sottovoce train: the bundled model again, from a folder of CREMA-D."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sottovoce.cli.capturing import capture_corpus
from sottovoce.cli.evaluation_text import evaluation_lines
from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import page_width, say


def train(
    crema_d: Annotated[
        Path,
        typer.Option(
            "--crema-d", metavar="DIR", exists=True, file_okay=False, help="The corpus's folder."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where to write.")
    ] = Path("out/bundled-model"),
    processes: Annotated[
        int, typer.Option(min=1, metavar="N", help="Processes of the last lesson; one a core.")
    ] = 2,
    seed: Annotated[int, typer.Option(metavar="N", help="Of everything.")] = 0,
    json: Json = None,
) -> None:
    """Train the bundled model again, measure it on actors 1061-1070 and write its card.

    Takes one to two hours on two cores. Interrupted, it goes on where it was when started again;
    clips and checkpoints are kept in FOLDER-work. Needs espeak-ng and the extra "tune".
    """
    from sottovoce.corpora import load_corpus
    from sottovoce.reports import assess, write_model_card
    from sottovoce.tuning.bundled.recipe import VALIDATION_ACTORS, Settings, train_bundled_model

    settings = Settings()
    train_bundled_model(crema_d, out, processes=processes, seed=seed, settings=settings)
    corpus = load_corpus("crema-d", crema_d, actors=VALIDATION_ACTORS)
    run = capture_corpus(corpus, model=str(out), prompts=None, tokens=None, batch_size=32)
    assessment = assess(run, corpus)
    results = assessment.to_dict()
    card = write_model_card(
        out,
        results,
        command=f"sottovoce evaluate --corpus crema-d --root DIR --actors {VALIDATION_ACTORS}",
        settings=settings._asdict(),
    )
    write_json(results, json)
    for line in evaluation_lines(assessment, page_width()):
        say(line)
    say(f"The model and its card are in {card.parent}.")
