"""capture: recordings and prompts in, a labelled run out."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

from sottovoce.capture.asking import Asking, choose_sharing
from sottovoce.capture.assemble import run_coordinates
from sottovoce.capture.fitting import Long, longest_utterance, told_fit
from sottovoce.capture.memory import choose_batch_size, require_batch_size
from sottovoce.capture.modes import make_mode, require_positive
from sottovoce.capture.progress import as_progress
from sottovoce.capture.running import Questions, ask_all, block_size
from sottovoce.capture.sequences import prompt_ids
from sottovoce.capture.sinks import InMemory, OnDisk
from sottovoce.capture.utterances import Speakers, load_utterances
from sottovoce.dataset import hold_run, make_attrs
from sottovoce.errors import VocabularyError
from sottovoce.models import SpeechModel, load_model
from sottovoce.prompts import get_prompts
from sottovoce.vocabulary import as_token_set

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.asking import SharePrefix
    from sottovoce.capture.forced import Answers
    from sottovoce.capture.modes import ModeName
    from sottovoce.capture.progress import Progress
    from sottovoce.capture.sinks import Sink
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import TokenSet


def capture(
    model: SpeechModel | str,
    recordings: Any,
    prompts: str | Prompt | Sequence[str | Prompt] | None = None,
    tokens: TokenSet | Mapping[str, Sequence[str]] | str | None = None,
    *,
    mode: ModeName = "greedy",
    answer_prefix: str | Mapping[str, str] | None = None,
    answers: Answers | None = None,
    n_samples: int | None = None,
    seed: int | None = None,
    temperature: float | None = None,
    max_new_tokens: int = 64,
    batch_size: int | Literal["auto"] = "auto",
    share_prefix: SharePrefix = "auto",
    long: Long = "windows",
    window: float | None = None,
    overlap: float = 0.0,
    progress: bool | Progress = True,
    speakers: Speakers = None,
    out: str | os.PathLike[str] | None = None,
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
    mode
        How answers come about. "greedy": the likeliest token at every step. "answer_step": nothing
        is decoded; the one step after `answer_prefix` is read. "forced": `answers` are followed, by
        one pass, with a step for the end of each. "sample": tokens are drawn, `n_samples` answers
        to each prompt, which stand along the prompts as "one_word#1" with the coordinates
        `prompt_of` and `sample`. The logits are raw in all of them.
    answer_prefix
        The beginning of an answer, or prompt's name -> beginning. By default what fits the form of
        answer asked for: nothing where an emotion comes first, ``{"`` for JSON, "The speaker
        sounds" for a free question.
    answers
        Utterance -> answer, or utterance -> prompt -> answer; or ``run.answer`` of another run.
    n_samples, seed, temperature
        How many samples are drawn (5), by which seed (0), from logits divided by what (1). A sample
        depends on the seed, its number, the recording and the question, not on the others.
    max_new_tokens
        The number of steps after which an answer is cut.
    batch_size
        Rows (a question about a recording) that run together. "auto": as many as pay on a
        processor, or as free memory holds on a GPU, as tried out on the longest recording. The
        numbers do not depend on it beyond rounding. Where memory does not suffice it is halved.
    share_prefix
        Whether a recording runs once for all its prompts, which then continue from its cache.
        "auto": where the model allows it, as tried out on noise; if not, the run says why in its
        attribute `decoding`. True: or an error.
    long
        What becomes of a recording longer than the model hears: "windows" (each an utterance,
        named ``name@6.0s`` by its start), "pauses" (the stretches between its pauses are
        utterances, and windows where a stretch is too long), "error", or "cut" (only the start is
        heard, with a note). The coordinates `start` and `end` tell where an utterance lies.
    window
        Seconds of the longest utterance, by default as much as the model hears.
    overlap
        Seconds that a window has in common with the one before.
    progress
        Show progress bars; or a function that is called as ``progress(done, total)``, in answers,
        before each recording is loaded (done is 0, and windows of long recordings are not counted
        yet), before the first batch and after every batch. What it raises ends the capture and
        comes out of here as it is: so a capture is cancelled.
    speakers
        A mapping from recordings' names to speakers, or one speaker for each recording.
    out
        Where to write the run while it is made: ``name.zarr``. Some utterances at a time are
        written (four batches), so that a capture which was interrupted, in whatever way, goes on
        when the same call is made again: what is missing is asked, with the same numbers. What is
        there of another model, token set, prompt or recording is left alone, with an error that
        says in what it differs. By default the run is made in memory.

    Returns
    -------
    xarray.Dataset
        The run, dimensions (utterance, prompt, step, token): raw ``logit`` of the slice,
        ``log_normalizer`` and ``entropy`` of the whole vocabulary, what was emitted, the answer.
        Steps after the one that ended an answer are NaN. Utterances are in the order given. One
        that could not be read or answered is there with status "error" and the reason in
        ``message``. Its attributes say how it was made; only ``created`` differs between two equal
        runs. With `out`, the large variables are read from there when they are used.

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
        If the model fails on every recording, an option is out of range or belongs to another
        mode, or beam search is asked for, whose answers do not follow the recorded steps.
    RunError
        If `out` cannot be written, is being written by another process, or holds another run.

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
    require_positive("max_new_tokens", max_new_tokens)
    require_batch_size(batch_size)
    how = make_mode(
        mode,
        max_new_tokens=max_new_tokens,
        answer_prefix=answer_prefix,
        answers=answers,
        n_samples=n_samples,
        seed=seed,
        temperature=temperature,
    )
    watcher = as_progress(progress)
    questions, of_prompts = how.entries(get_prompts(prompts))
    token_set = as_token_set(tokens)
    with nullcontext() if out is None else hold_run(out) as store:
        if not isinstance(model, SpeechModel):
            model = load_model(model)
        resolved = token_set.resolve(model.tokenizer)
        if not resolved.ids:
            raise VocabularyError(
                f"The tokenizer of {model.id} writes no spelling of this token set as a token, so "
                "there is nothing to keep. Give other spellings."
            )
        # A prompt that the model cannot take is refused before hours are spent on the others.
        distinct = {question.text: question for question in questions}.values()
        asked = {question.text: prompt_ids(model, question) for question in distinct}
        sharing, shared = choose_sharing(model, questions, asked, share_prefix)
        utterances = load_utterances(
            recordings,
            rate=model.rate,
            max_seconds=longest_utterance(model, window),
            long=long,
            overlap=overlap,
            speakers=speakers,
            watch=lambda sources: watcher.loading(sources, len(questions)),
        )
        work = Questions.of(model, how, utterances, questions, asked)
        if batch_size == "auto" and store is not None and store.batch_size is not None:
            batch_size = store.batch_size  # of the capture that is gone on with
        n_steps = how.most_steps(work.longest_given)
        at_once = choose_batch_size(
            model, batch_size, longest=work.longest_seconds, n_steps=n_steps
        )
        attrs = make_attrs(
            model_id=model.id,
            model_revision=model.revision,
            dtype=str(model.dtype).removeprefix("torch."),
            tokenizer_hash=model.tokenizer_hash,
            token_set=token_set.to_dict(),
            token_set_hash=token_set.hash,
            decoding=how.told()
            | shared
            | model.told_batches()
            | told_fit(long, window, overlap)
            | {"batch_size": at_once, "device": model.device.type},
        )
        block = block_size(at_once)
        sink: Sink = InMemory(utterances, questions, resolved, of_prompts, attrs)
        if store is not None:
            block = store.block or block
            store.begin(
                run_coordinates(utterances, questions, resolved, of_prompts),
                attrs,
                n_steps=n_steps,
                block=block,
                asked=work.hash,
            )
            sink = OnDisk(store, utterances, len(questions), len(resolved))
        asking = Asking(model, how, resolved.ids, batch_size=at_once, sharing=sharing)
        ask_all(model, asking, work, work.blocks(block), sink, watcher)
        return sink.run()
