"""Loading a model and capturing, as the commands do it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from sottovoce.cli.options import read_token_set, split_names
from sottovoce.cli.printing import complain
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import xarray as xr

    from sottovoce.audio.content_free import ContentFree
    from sottovoce.corpora import Corpus
    from sottovoce.models import SpeechModel

MOST_CONTENT_FREE = 20
PROVENANCE = (
    "model_id",
    "model_revision",
    "dtype",
    "tokenizer_hash",
    "token_set_hash",
    "created",
    "sottovoce_version",
)


def capture_run(
    recordings: Any,
    *,
    model: str | SpeechModel,
    prompts: Sequence[str] | None,
    tokens: str | None,
    device: str | None = None,
    dtype: str | None = None,
    batch_size: int | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    **options: Any,
) -> xr.Dataset:
    """Load the model, unless it is loaded, capture, and save the run if it shall be saved.

    Questions and token set are read first, since loading a model can take minutes. Progress is
    shown where somebody watches.
    """
    questions, token_set = read_questions(prompts), read_token_set(tokens)
    from sottovoce.capture import capture
    from sottovoce.dataset import remove_run, save_run

    loaded = load(model, device, dtype) if isinstance(model, str) else model
    options |= {"batch_size": batch_size or "auto", "progress": sys.stderr.isatty()}
    grows = out is not None and out.suffix == ".zarr"
    if out is not None and grows and overwrite:
        remove_run(out)
    if grows:
        options["out"] = out
    run = capture(loaded, recordings, questions, token_set, **options)
    if out is not None:
        complain(f"Saved {out if grows else save_run(run, out, overwrite=overwrite)}")
    return run


def load(model: str, device: str | None = None, dtype: str | None = None) -> SpeechModel:
    """Load a model, and say so, since it can take minutes."""
    complain(f"Loading the model {model} ...")
    from sottovoce.models import load_model

    loaded = load_model(model, device=device, dtype=dtype)
    complain(repr(loaded))
    return loaded


def capture_content_free(corpus: Corpus, kind: ContentFree, **options: Any) -> xr.Dataset:
    """Capture what a model answers to nothing, of the lengths that some recordings have."""
    from sottovoce.audio import content_free, load_recording

    files: list[tuple[str, Any]] = list(corpus.recordings.items())
    made = []
    for name, source in files[:: max(1, len(files) // MOST_CONTENT_FREE)]:
        try:
            made.append(content_free(load_recording(source, id=name), kind))
        except RecordingError:
            continue  # the corpus's own capture tells of it
        if len(made) == MOST_CONTENT_FREE:
            break
    complain(f"Asking about {len(made)} recordings of {kind} ...")
    return capture_run(made, long="cut", **options)


def capture_corpus(corpus: Corpus, **options: Any) -> xr.Dataset:
    """Capture the recordings of a corpus, those that are longer than the model hears in windows."""
    run = capture_run(
        corpus.recordings,
        speakers=corpus.utterances["speaker"].to_dict(),
        long="windows",
        **options,
    )
    of_longer = run["recording"].values[run["recording"].values != run["utterance"].values]
    if len(of_longer):
        n = len(set(map(str, of_longer)))
        recordings = "1 recording" if n == 1 else f"{n} recordings"
        complain(f"Longer than the model hears: {recordings}, heard in {len(of_longer)} windows.")
    return run


def read_questions(prompts: Sequence[str] | None) -> Any:
    """Return the prompts that the texts name."""
    from sottovoce.prompts import get_prompts

    return get_prompts(split_names(prompts))


def provenance(run: xr.Dataset) -> dict[str, Any]:
    """Return how a run was made, as plain values."""
    told = {key: str(run.attrs[key]) for key in PROVENANCE}
    questions = zip(run["prompt"].values, run["prompt_text"].values, strict=True)
    return told | {
        "decoding": json.loads(run.attrs["decoding"]),
        "versions": json.loads(run.attrs["versions"]),
        "prompts": {str(name): str(text) for name, text in questions},
    }
