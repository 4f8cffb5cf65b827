"""sottovoce evaluate: a run, or a corpus that is captured first, held against votes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sottovoce.cli.capturing import (
    capture_content_free,
    capture_corpus,
    load,
    provenance,
    read_questions,
)
from sottovoce.cli.evaluation_text import evaluation_lines
from sottovoce.cli.exits import tell_failures
from sottovoce.cli.options import (
    RUN_SUFFIXES,
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
    read_token_set,
    require_free,
    write_json,
)
from sottovoce.cli.printing import complain, page_width, say

BATCH_MEAN = "batch-mean"
CONTENT_FREE = ("silence", "noise", "shuffled")
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
    correct: Annotated[
        str | None,
        typer.Option(
            metavar="PRIOR",
            help="Show every read-out also with the model's prior divided out: batch-mean, a saved "
            "run over content-free recordings, or, when capturing, silence, noise or shuffled.",
        ),
    ] = None,
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate",
            help="Show every read-out also calibrated, each speaker by the votes on the others.",
        ),
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="Break the best read-out down, by speaker, emotion, ambiguity or what the corpus "
            "tells, such as sex, age. Separated by commas.",
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
    _require_prior(context, run, correct)
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
    prior: Any = "batch_mean" if correct == BATCH_MEAN else None
    if correct is not None and Path(correct).suffix in RUN_SUFFIXES:
        prior = open_run(correct)
    if run is not None:
        captured = open_run(run)
    else:
        read_questions(prompts), read_token_set(tokens)  # wrong names are told before any work
        capturing: dict[str, Any] = {
            "model": load(model, device, dtype),
            "prompts": prompts,
            "tokens": tokens,
            "batch_size": batch_size,
            "max_new_tokens": max_new_tokens,
        }
        captured = capture_corpus(known, out=out, overwrite=overwrite, **capturing)
        if correct in CONTENT_FREE:
            prior = capture_content_free(known, correct, **capturing)  # type: ignore[arg-type]
    assessment = assess(
        captured,
        known,
        names or None,
        content_free=prior,
        calibrated=calibrate,
        by=[part.strip() for value in by or [] for part in value.split(",")],
        n_boot=n_boot,
        seed=seed,
    )
    content = assessment.to_dict()
    content["meta"]["run"] = provenance(captured)
    write_json(content | {"failed": failures(captured)}, json)
    for line in evaluation_lines(assessment, page_width()):
        say(line)
    tell_failures(failures(captured), captured.sizes["utterance"])


def _require_prior(context: typer.Context, run: Path | None, correct: str | None) -> None:
    if correct is None or correct == BATCH_MEAN or Path(correct).suffix in RUN_SUFFIXES:
        return
    if correct not in CONTENT_FREE:
        context.fail(
            f"--correct {correct} is none of {BATCH_MEAN}, {', '.join(CONTENT_FREE)}, and no saved "
            "run, whose name ends in .zarr or .nc"
        )
    if run is not None:
        context.fail(
            f"--correct {correct} asks the model, and {run} is captured already; give a saved run "
            f"over content-free recordings, or {BATCH_MEAN}"
        )


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
