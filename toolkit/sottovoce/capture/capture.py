"""capture: recordings and prompts in, a labelled run out."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.capture.assemble import assemble_run
from sottovoce.capture.batching import Row, make_batches
from sottovoce.capture.progress import as_progress
from sottovoce.capture.trace import Trace, trace_batch
from sottovoce.capture.utterances import Long, Speakers, in_words, load_utterances
from sottovoce.dataset import make_attrs
from sottovoce.errors import ModelError, SottovoceError, VocabularyError
from sottovoce.models import SpeechModel, load_model
from sottovoce.prompts import get_prompts
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.progress import Progress
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


def capture(
    model: SpeechModel | str,
    recordings: Any,
    prompts: str | Prompt | Sequence[str | Prompt] | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    *,
    max_new_tokens: int = 64,
    batch_size: int = 8,
    long: Long = "windows",
    progress: bool | Progress = True,
    speakers: Speakers = None,
) -> xr.Dataset:
    """Ask a model about recordings, and keep what it weighed at every step of its answers.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`, or a name for it.
    recordings
        A path, a folder, bytes of a file, ``(samples, rate)`` or a Recording; a sequence of them;
        or a mapping from names to them.
    prompts
        Names of the library, questions in free text, or Prompts. By default the three that ask for
        percentages, one word and JSON.
    tokens
        The slice of the vocabulary to keep: a TokenSet, a preset's name, or
        ``{concept: [spelling, ...]}``. By default emotions and percentages.
    max_new_tokens
        The number of steps after which an answer is cut.
    batch_size
        Rows (a question about a recording) that run together. The numbers do not depend on it
        beyond rounding.
    long
        What becomes of a recording longer than the model hears: "windows" (each an utterance,
        named ``name@6.0s`` by its start), "error", or "cut" (only the start is heard, with a note).
    progress
        Show progress bars; or a function that is called as ``progress(done, total)``, in answers,
        before each recording is loaded (done is 0, and windows of long recordings are not counted
        yet), before the first batch and after every batch. What it raises ends the capture and
        comes out of here as it is: so a capture is cancelled.
    speakers
        A mapping from recordings' names to speakers, or one speaker for each recording.

    Returns
    -------
    xarray.Dataset
        The run, dimensions (utterance, prompt, step, token): raw ``logit`` of the slice,
        ``log_normalizer`` and ``entropy`` of the whole vocabulary, what was emitted, the answer.
        Steps after the one that ended an answer are NaN. Utterances are in the order given. One
        that could not be read or answered is there with status "error" and the reason in
        ``message``. Its attributes say how it was made; only ``created`` differs between two equal
        runs.

    Raises
    ------
    RecordingError
        If no recordings are given or a folder holds none. A bad recording among others does not
        raise.
    PromptError
        If a prompt is unknown or holds control tokens that the model cannot take as text.
    VocabularyError
        If this model's tokenizer writes none of the spellings.
    ModelError
        If the model fails on every recording, or an option is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce import capture, load_model
    >>> tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(24000) / 16000)
    >>> recordings = {"tone": (tone, 16000), "lost": "lost.wav"}
    >>> run = capture(load_model(), recordings, "one_word", progress=False)
    >>> run.logit.dims
    ('utterance', 'prompt', 'step', 'token')
    >>> run.status.sel(prompt="one_word").values.tolist()
    ['ok', 'error']
    >>> run.message.sel(utterance="lost", prompt="one_word").item()
    'lost.wav: there is no such file...'
    """
    _require_positive("max_new_tokens", max_new_tokens)
    _require_positive("batch_size", batch_size)
    watcher = as_progress(progress)
    questions = get_prompts(prompts)
    token_set = as_token_set(tokens)
    if not isinstance(model, SpeechModel):
        model = load_model(model)
    resolved = token_set.resolve(model.tokenizer)
    if not resolved.ids:
        raise VocabularyError(
            f"The tokenizer of {model.id} writes no spelling of this token set as a token, so "
            "there is nothing to keep. Give other spellings."
        )
    _require_askable(model, questions)
    utterances = load_utterances(
        recordings,
        rate=model.rate,
        max_seconds=model.max_seconds,
        long=long,
        speakers=speakers,
        watch=lambda sources: watcher.loading(sources, len(questions)),
    )
    rows = [
        Row(u, p, utterance.recording.samples, prompt.text)
        for u, utterance in enumerate(utterances)
        if utterance.recording is not None
        for p, prompt in enumerate(questions)
    ]
    outcomes: dict[tuple[int, int], Trace | Exception] = {}
    with closing(watcher.asking(make_batches(rows, batch_size))) as batches:
        for batch in batches:
            for row, outcome in _outcomes(model, batch, resolved.ids, max_new_tokens):
                outcomes[row.utterance, row.prompt] = outcome
    _require_some_success(model, list(outcomes.values()))
    attrs = make_attrs(
        model_id=model.id,
        model_revision=model.revision,
        dtype=str(model.dtype).removeprefix("torch."),
        tokenizer_hash=model.tokenizer_hash,
        token_set=token_set.to_dict(),
        token_set_hash=token_set.hash,
        decoding={
            "mode": "greedy",
            "max_new_tokens": max_new_tokens,
            "batch_size": batch_size,
            "long": long,
            "device": model.device.type,
        },
    )
    told = {
        place: outcome if isinstance(outcome, Trace) else in_words(outcome)
        for place, outcome in outcomes.items()
    }
    return assemble_run(utterances, questions, resolved, told, attrs)


def _outcomes(
    model: SpeechModel, batch: Sequence[Row], token_ids: list[int], max_new_tokens: int
) -> Iterator[tuple[Row, Trace | Exception]]:
    """Yield the trace of each row; where a batch fails, run its rows alone and tell which."""
    samples = [row.samples for row in batch]
    try:
        traces = trace_batch(
            model, samples, [row.question for row in batch], token_ids, max_new_tokens
        )
    except Exception as error:  # noqa: BLE001 - told in the run, and raised if it is every row's
        if len(batch) == 1:
            yield batch[0], error
        else:
            for row in batch:
                yield from _outcomes(model, [row], token_ids, max_new_tokens)
    else:
        yield from zip(batch, traces, strict=True)


def _require_positive(name: str, value: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ModelError(f"{name}={value!r} must be a whole number of at least 1")


def _require_askable(model: SpeechModel, questions: Sequence[Prompt]) -> None:
    """Refuse a prompt that the model cannot take before hours are spent on the others."""
    noise = np.random.default_rng(0).normal(0, 0.1, model.rate).astype(np.float32)
    for prompt in questions:
        try:
            model.inputs([noise], [prompt.text])
        except SottovoceError:
            raise
        except Exception as error:
            raise ModelError(
                f"{model.id} cannot be asked the prompt {prompt.name!r}: {in_words(error)}"
            ) from error


def _require_some_success(model: SpeechModel, outcomes: list[Trace | Exception]) -> None:
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    if errors and len(errors) == len(outcomes):
        raise ModelError(
            f"{model.id} failed on every recording; on the first of {len(errors)}: "
            f"{in_words(errors[0])}"
        ) from errors[0]
