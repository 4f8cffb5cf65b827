"""sottovoce demo: the whole way, from the sample recordings to a page."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from sottovoce.cli.answer_table import answer_lines
from sottovoce.cli.capturing import capture_corpus, provenance
from sottovoce.cli.evaluation_text import evaluation_lines
from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import Json, write_json
from sottovoce.cli.printing import page_width, say

FOLDER = Path("out/demo")


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where to write.")
    ] = FOLDER,
    json: Json = None,
) -> None:
    """Put the sample recordings to the bundled model, and write a page to look at.

    Needs no network. Voices and votes of the samples are synthetic.
    """
    started = time.monotonic()
    # Pictures are written, never shown, so no window system is asked for.
    os.environ.setdefault("MPLBACKEND", "Agg")
    from sottovoce.corpora import load_corpus
    from sottovoce.reports import answer_rows, assess, failures, write_demo

    corpus = load_corpus("sample")
    say(repr(corpus))
    run = capture_corpus(corpus, model="bundled", prompts=None, tokens=None)
    assessment = assess(run, corpus)
    rows = answer_rows(run, assessment.predictions.shares["answer_step"], corpus)
    written = write_demo(run, corpus, assessment, out)
    content = assessment.to_dict()
    content["meta"]["run"] = provenance(run)
    write_json(content | {"answers": [row.to_dict() for row in rows]}, json)

    first = rows[0].prompt
    say()
    say(f"What was said and weighed, asked for {first} ({run.sizes['prompt']} questions in all):")
    say()
    for line in answer_lines([row for row in rows if row.prompt == first], page_width()):
        say(line)
    say()
    for line in evaluation_lines(assessment, page_width()):
        say(line)
    say()
    say(f"Done in {time.monotonic() - started:.0f} s. Voices and votes are synthetic.")
    say()
    say(f"Look at it         {written[0]}")
    say("Its commands       source .venv/bin/activate, where make set it up")
    say("Your recordings    sottovoce analyse my_recordings/ --out my_run.zarr")
    say("The notebook       make lab")
    tell_failures(failures(run), run.sizes["utterance"])
