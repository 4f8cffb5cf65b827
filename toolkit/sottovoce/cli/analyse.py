"""sottovoce analyse: your own recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sottovoce.cli.answer_table import answer_lines
from sottovoce.cli.capture_options import (
    AnswerPrefix,
    Answers,
    Long,
    Mode,
    Overlap,
    Samples,
    Seed,
    Temperature,
    Window,
    read_mode,
)
from sottovoce.cli.capturing import capture_run, provenance
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
    require_free,
    write_json,
)
from sottovoce.cli.printing import complain, page_width, say

if TYPE_CHECKING:
    from sottovoce.reports import AnswerRow


def analyse(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="Recordings, or folders of them.")
    ],
    model: Model = "bundled",
    prompts: Prompts = None,
    tokens: Tokens = None,
    readout: Annotated[
        str,
        typer.Option(
            metavar="NAME", help='How shares are read, such as "answer_step" or "mean_prob".'
        ),
    ] = "answer_step",
    out: Out = None,
    json: Json = None,
    overwrite: Overwrite = False,
    batch_size: BatchSize = None,
    max_new_tokens: MaxNewTokens = 64,
    mode: Mode = "greedy",
    answer_prefix: AnswerPrefix = None,
    answers: Answers = None,
    samples: Samples = None,
    seed: Seed = None,
    temperature: Temperature = None,
    long: Long = "windows",
    window: Window = None,
    overlap: Overlap = 0.0,
    device: Device = None,
    dtype: Dtype = None,
) -> None:
    """Put recordings to a model, and show what it said and what it weighed.

    A recording that cannot be used is listed, and the others go on.
    """
    require_free(out, overwrite)
    from sottovoce.readout import read_out
    from sottovoce.reports import answer_rows, failures, parse_readout

    name, options = parse_readout(readout)
    how = read_mode(
        mode,
        answer_prefix=answer_prefix,
        answers=answers,
        samples=samples,
        seed=seed,
        temperature=temperature,
        max_new_tokens=max_new_tokens,
    )
    _require_something(paths)
    run = capture_run(
        paths,
        model=model,
        prompts=prompts,
        tokens=tokens,
        device=device,
        dtype=dtype,
        batch_size=batch_size,
        out=out,
        overwrite=overwrite,
        long=long,
        window=window,
        overlap=overlap,
        **how,
    )
    shares = read_out(run, name, **options)
    rows = answer_rows(run, shares)
    write_json(
        {
            "meta": provenance(run) | {"readout": readout},
            "answers": [_without_votes(row) for row in rows],
            "failed": failures(run),
        },
        json,
    )
    for line in answer_lines(rows, page_width(), readout):
        say(line)
    for utterance, note in zip(run["utterance"].values, run["notes"].values, strict=True):
        if note:
            complain(f"{utterance}: {note}")
    if fallbacks := shares.attrs.get("n_answer_step_fallback"):
        complain(
            f"{fallbacks} of {len(rows)} answers name no emotion; the step at which one was "
            "likeliest was read."
        )
    if out is None:
        complain("The run was not saved; --out my_run.zarr saves it for read-outs and plots.")
    tell_failures(failures(run), run.sizes["utterance"])


def _require_something(paths: list[Path]) -> None:
    """Refuse, before a model is loaded, paths of which none holds a recording."""
    from sottovoce.audio import find_recordings
    from sottovoce.errors import RecordingError

    if not any(path.exists() for path in find_recordings(paths)):
        raise RecordingError(
            f"There is no recording at {', '.join(map(str, paths))}. Give files, or folders of "
            "them."
        )


def _without_votes(row: "AnswerRow") -> dict[str, object]:
    return {key: value for key, value in row.to_dict().items() if key not in ("listeners", "js")}
