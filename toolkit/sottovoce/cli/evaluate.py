"""sottovoce evaluate: a run, or a corpus that is captured first, held against votes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sottovoce.cli.capturing import capture_corpus, provenance
from sottovoce.cli.evaluation_text import evaluation_lines
from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import (
    BatchSize,
    Device,
    Dtype,
    Json,
    MaxNewTokens,
    Model,
    Out,
    Overwrite,
    Prompts,
    Tokens,
    read_pairs,
    require_free,
    write_json,
)
from sottovoce.cli.printing import complain, page_width, say

# Options that make no sense with a saved run.
CAPTURING = (
    "model",
    "prompts",
    "tokens",
    "out",
    "overwrite",
    "batch_size",
    "max_new_tokens",
    "device",
    "dtype",
)


def evaluate(
    context: typer.Context,
    run: Annotated[
        Path | None,
        typer.Argument(metavar="RUN", help="A saved run. Without it, --corpus is captured."),
    ] = None,
    votes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A table of votes for the recordings of RUN."),
    ] = None,
    corpus: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A name that sottovoce corpora lists, a folder of such a corpus, or a table of "
            "votes with its recordings beside it.",
        ),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the recordings of the corpus lie.")
    ] = None,
    actors: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Of CREMA-D, such as 1061-1070.")
    ] = None,
    modality: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose votes, in CREMA-D: voice, face or both."),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which answers count as which emotions, such as iemocap-basic; sottovoce corpora "
            "--labels lists them.",
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Of the corpus's reader, such as sessions=1-4 or split=Train. May be repeated.",
        ),
    ] = None,
    readouts: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Separated by commas, such as answer_step,mean_logprob:emotion,text:neutral. By "
            "default all.",
        ),
    ] = None,
    n_boot: Annotated[
        int, typer.Option("--n-boot", min=0, metavar="N", help="Resamples for the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the resampling.")] = 0,
    json: Json = None,
    model: Model = "bundled",
    prompts: Prompts = None,
    tokens: Tokens = None,
    out: Out = None,
    overwrite: Overwrite = False,
    batch_size: BatchSize = None,
    max_new_tokens: MaxNewTokens = 64,
    device: Device = None,
    dtype: Dtype = None,
) -> None:
    """Hold what a model weighed and said against what listeners voted.

    Give a saved run and its votes (--votes or --corpus), or a corpus alone: its recordings are
    then put to the model first. A recording longer than the model hears is heard in windows, and
    the mean over them is held against the votes on the whole.
    """
    _require_sense(context, run, votes, corpus)
    require_free(out, overwrite)
    from sottovoce.corpora import load_corpus, load_votes
    from sottovoce.dataset import open_run
    from sottovoce.reports import assess, failures, parse_readout

    names = [part for value in readouts or [] for part in value.split(",")]
    for name in names:
        parse_readout(name)
    known: Any
    if corpus is not None:
        named = {"actors": actors, "modality": modality, "labels": labels}
        given = read_pairs(option) | {k: v for k, v in named.items() if v is not None}
        known = load_corpus(corpus, root, **given)
        complain(repr(known))
    else:
        known = load_votes(str(votes), labels=labels)
    if run is not None:
        captured = open_run(run)
    else:
        captured = capture_corpus(
            known,
            model=model,
            prompts=prompts,
            tokens=tokens,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            out=out,
            overwrite=overwrite,
            max_new_tokens=max_new_tokens,
        )
    assessment = assess(captured, known, names or None, n_boot=n_boot, seed=seed)
    content = assessment.to_dict()
    content["meta"]["run"] = provenance(captured)
    write_json(content | {"failed": failures(captured)}, json)
    for line in evaluation_lines(assessment, page_width()):
        say(line)
    tell_failures(failures(captured), captured.sizes["utterance"])


def _require_sense(
    context: typer.Context, run: Path | None, votes: Path | None, corpus: str | None
) -> None:
    if votes is not None and corpus is not None:
        context.fail("give --votes or --corpus, not both")
    if run is None and corpus is None:
        context.fail(
            "name a saved run and its --votes, or a --corpus (a table of votes with recordings "
            "beside it is one too)"
        )
    if run is not None and votes is None and corpus is None:
        context.fail("say what the listeners voted: --votes FILE, or --corpus NAME")
    if run is not None:
        for name in CAPTURING:
            source = context.get_parameter_source(name)
            if source is not None and source.name == "COMMANDLINE":
                option = "--" + name.replace("_", "-")
                context.fail(f"{option} is for capturing, and {run} is captured already")
