"""sottovoce pilot: from a folder of recordings and votes to the report, in one go."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sottovoce.cli.capturing import capture_content_free, capture_corpus, load, read_questions
from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import (
    BatchSize,
    Device,
    Dtype,
    MaxNewTokens,
    Model,
    Prompts,
    Tokens,
    read_token_set,
    write_json,
)
from sottovoce.cli.printing import complain, say
from sottovoce.cli.reporting import (
    Assume,
    Language,
    Question,
    RuleText,
    Title,
    WithAudio,
    read_assumptions,
)


def pilot(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", exists=True, help="The recordings, or a corpus.")
    ],
    votes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A table of votes. By default FOLDER is a corpus, or holds a votes.csv.",
        ),
    ] = None,
    actors: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Of CREMA-D, such as 1061-1070.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where to write.")
    ] = Path("pilot"),
    model: Model = "bundled",
    prompts: Prompts = None,
    tokens: Tokens = None,
    batch_size: BatchSize = None,
    max_new_tokens: MaxNewTokens = 64,
    device: Device = None,
    dtype: Dtype = None,
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
) -> None:
    """Put recordings with votes to a model, and write the report on whether it is good enough.

    Writes run.zarr (all that was captured), silence.zarr (what the model answers to nothing),
    findings.json and report.html. Stopped and started
    again with the same settings, it goes on where it was.
    """
    import os

    os.environ.setdefault("MPLBACKEND", "Agg")
    from sottovoce.corpora import load_corpus
    from sottovoce.reports import find, write_report

    assumptions = read_assumptions(assume)
    given = {"actors": actors} if actors is not None else {}
    corpus = load_corpus(folder, **given) if votes is None else load_corpus(votes, folder, **given)
    complain(repr(corpus))
    out.mkdir(parents=True, exist_ok=True)
    read_questions(prompts), read_token_set(tokens)  # wrong names are told before any work
    capturing: dict[str, Any] = {
        "model": load(model, device, dtype),
        "prompts": prompts,
        "tokens": tokens,
        "batch_size": batch_size,
        "max_new_tokens": max_new_tokens,
    }
    run = capture_corpus(corpus, out=out / "run.zarr", **capturing)
    silence = capture_content_free(corpus, "silence", out=out / "silence.zarr", **capturing)
    complain("Working out what the votes say ...")
    found = find(
        run,
        corpus,
        rule=rule,
        assumptions=assumptions,
        content_free=silence,
        n_boot=n_boot,
        seed=seed,
    )
    write_json(found.to_dict(), out / "findings.json")
    written = write_report(
        found,
        out / "report.html",
        title=title,
        question=question,
        language=language,  # type: ignore[arg-type]
        with_audio=with_audio,
    )
    say(f"Look at it: {written}")
    tell_failures(found.failed, found.run.sizes["utterance"])
