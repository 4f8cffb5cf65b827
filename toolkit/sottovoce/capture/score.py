"""score: how likely whole words and sentences are as the answer, without decoding."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.capture.asking import choose_sharing
from sottovoce.capture.assemble import prompt_coordinates, utterance_coordinates
from sottovoce.capture.batching import Row, make_batches
from sottovoce.capture.candidates import Scorer, Scores, packs
from sottovoce.capture.fitting import Long, longest_utterance, told_fit
from sottovoce.capture.memory import free_memory, ran_out_of_memory
from sottovoce.capture.modes import require_positive
from sottovoce.capture.progress import as_progress
from sottovoce.capture.sequences import continuation_ids, prompt_ids
from sottovoce.capture.trace import emitted_texts
from sottovoce.capture.utterances import Speakers, Utterance, in_words, load_utterances
from sottovoce.dataset import make_attrs
from sottovoce.errors import ModelError, VocabularyError
from sottovoce.models import SpeechModel, load_model
from sottovoce.prompts import get_prompts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sottovoce.capture.asking import SharePrefix
    from sottovoce.capture.progress import Progress
    from sottovoce.prompts import Prompt

_STEPS = ("utterance", "prompt", "candidate", "piece")


def score(
    model: SpeechModel | str,
    recordings: Any,
    prompts: str | Prompt | Sequence[str | Prompt] | None,
    candidates: Sequence[str],
    *,
    include_end: bool = False,
    batch_size: int = 8,
    share_prefix: SharePrefix = "auto",
    long: Long = "windows",
    window: float | None = None,
    overlap: float = 0.0,
    progress: bool | Progress = True,
    speakers: Speakers = None,
) -> xr.Dataset:
    """Return the log-probability of candidates as the answer of a model.

    A candidate may be a word, a sentence or a number: its tokens are given to the model behind the
    prompt, as its tokenizer writes them there, and what each of them was weighed is added up. So
    nothing is decoded, and words of several tokens compare with words of one.

    Parameters
    ----------
    model, recordings, prompts
        As for :func:`sottovoce.capture`.
    candidates
        The answers to score, such as ``["very angry", "angry", "45%"]``.
    include_end
        False: how likely an answer begins with the candidate. True: how likely the candidate is the
        whole answer, its end included.
    batch_size
        Recordings, or candidates where these cannot share a row, that run together. Where memory
        does not suffice it is halved.
    share_prefix, long, window, overlap, progress, speakers
        As for :func:`sottovoce.capture`.

    Returns
    -------
    xarray.Dataset
        ``log_probability``, dimensions (utterance, prompt, candidate), in nats;
        ``token_log_probability``, with a further dimension piece: a value for each token, and one
        for the end if it is included; ``n_tokens`` and ``token_text`` of each candidate;
        ``status`` and ``message`` as in a run. The attribute `decoding` says how it was computed.

    Raises
    ------
    VocabularyError
        If a candidate is empty, comes twice, or cannot be written by the model's tokenizer.
    PromptError
        If a prompt is unknown, or a candidate holds control tokens.
    RecordingError
        If no recordings are given or a folder holds none.
    ModelError
        If the model fails on every recording, or an option is out of range.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> scores = score(
    ...     sottovoce.load_model(), clip, "one_word", ["sad", "very sad"], progress=False
    ... )
    >>> dict(scores.log_probability.sizes)
    {'utterance': 1, 'prompt': 1, 'candidate': 2}
    >>> bool(scores.log_probability.sel(candidate="sad") > scores.log_probability.sel(
    ...     candidate="very sad"))
    True
    """
    require_positive("batch_size", batch_size)
    watcher = as_progress(progress)
    questions = get_prompts(prompts)
    words = _words(candidates)
    if not isinstance(model, SpeechModel):
        model = load_model(model)
    asked = {prompt.text: prompt_ids(model, prompt) for prompt in questions}
    tokens = [
        [continuation_ids(model, asked[one.text], word) for word in words] for one in questions
    ]
    if include_end and not model.end_tokens:
        raise ModelError(f"{model.id} names no token that ends an answer; set include_end=False.")
    sharing, shared = choose_sharing(model, questions, asked, share_prefix, alone=True)
    scorer = Scorer(
        model,
        [prompt.text for prompt in questions],
        tokens,
        include_end=include_end,
        batch_size=batch_size,
        sharing=sharing,
        packed=sharing is not None and packs(model, sharing),
    )
    utterances = load_utterances(
        recordings,
        rate=model.rate,
        max_seconds=longest_utterance(model, window),
        long=long,
        overlap=overlap,
        speakers=speakers,
        watch=lambda sources: watcher.loading(sources, 1),
    )
    rows = [
        Row(u, 0, utterance.recording.samples, "")
        for u, utterance in enumerate(utterances)
        if utterance.recording is not None
    ]
    outcomes: dict[int, Scores | Exception] = {}
    batches = make_batches(rows, scorer.recordings_at_once, model.grouping)
    with closing(watcher.asking(batches, len(rows))) as watched:
        for batch in watched:
            outcomes |= dict(_outcomes(scorer, batch))
    errors = [outcome for outcome in outcomes.values() if isinstance(outcome, Exception)]
    if errors and len(errors) == len(outcomes):
        raise ModelError(
            f"{model.id} failed on every recording; on the first of {len(errors)}: "
            f"{in_words(errors[0])}"
        ) from errors[0]
    attrs = make_attrs(
        model_id=model.id,
        model_revision=model.revision,
        dtype=str(model.dtype).removeprefix("torch."),
        tokenizer_hash=model.tokenizer_hash,
        token_set={},
        token_set_hash="",
        decoding={"mode": "score", "include_end": include_end, "candidates": scorer.way}
        | model.told_batches()
        | shared
        | told_fit(long, window, overlap)
        | {"batch_size": batch_size, "device": model.device.type},
    )
    for name in ("schema_version", "token_set", "token_set_hash"):
        del attrs[name]
    return _assemble(
        model, utterances, questions, words, tokens, outcomes, include_end
    ).assign_attrs(attrs)


def _words(candidates: Sequence[str]) -> list[str]:
    words = [candidates] if isinstance(candidates, str) else list(candidates)
    strange = [word for word in words if not isinstance(word, str) or not word]
    texts = [word for word in words if isinstance(word, str) and word]
    repeated = sorted({word for word in texts if texts.count(word) > 1})
    if not words or strange or repeated:
        raise VocabularyError(
            "candidates must be texts, at least one, none empty and each once; "
            f"empty or no text: {strange}, more than once: {repeated}"
        )
    return words


def _outcomes(scorer: Scorer, batch: Sequence[Row]) -> Iterator[tuple[int, Scores | Exception]]:
    """Yield the scores of each recording; where a batch fails, score its recordings alone.

    Where memory does not suffice, fewer run together from there on.
    """
    most = scorer.recordings_at_once
    if len(batch) > most:
        for start in range(0, len(batch), most):
            yield from _outcomes(scorer, batch[start : start + most])
        return
    try:
        scores = scorer.score([row.samples for row in batch])
    except Exception as error:  # noqa: BLE001 - told in the dataset, and raised if it is every one's
        failure = error
    else:
        for number, row in enumerate(batch):
            yield row.utterance, {place: one for place, one in scores.items() if place[0] == number}
        return
    if ran_out_of_memory(failure) and scorer.batch_size > 1:
        scorer.batch_size //= 2
        free_memory(failure, scorer.device)
        yield from _outcomes(scorer, batch)
    elif len(batch) == 1:
        yield batch[0].utterance, failure
    else:
        for row in batch:
            yield from _outcomes(scorer, [row])


def _assemble(
    model: SpeechModel,
    utterances: Sequence[Utterance],
    prompts: Sequence[Prompt],
    words: Sequence[str],
    tokens: Sequence[Sequence[Sequence[int]]],
    outcomes: Mapping[int, Scores | Exception],
    include_end: bool,
) -> xr.Dataset:
    sizes = (len(utterances), len(prompts), len(words))
    n_tokens = np.array([[len(ids) for ids in one] for one in tokens])
    pieces = int(n_tokens.max()) + include_end
    along = np.full((*sizes, pieces), np.nan, dtype=np.float32)
    total = np.full(sizes, np.nan)
    text = np.full((*sizes[1:], pieces), "", dtype=object)
    for p, one in enumerate(tokens):
        for c, ids in enumerate(one):
            text[p, c, : len(ids)] = emitted_texts(model.tokenizer, ids)
    status = np.full(sizes[:2], "error", dtype=object)
    message = np.full(sizes[:2], "", dtype=object)
    for u, utterance in enumerate(utterances):
        outcome = outcomes.get(u)
        if outcome is None:
            message[u] = utterance.message
        elif isinstance(outcome, Exception):
            message[u] = in_words(outcome)
        else:
            status[u] = "ok"
            for (_, p, c), log_p in outcome.items():
                along[u, p, c, : len(log_p)] = log_p
                total[u, p, c] = log_p.sum()
    candidate = ("prompt", "candidate")
    variables: dict[str, tuple[tuple[str, ...], Any, str]] = {
        "log_probability": (_STEPS[:3], total, "log-probability of the candidate"),
        "token_log_probability": (_STEPS, along, "log-probability of each of its tokens"),
        "n_tokens": (candidate, n_tokens, "number of its tokens, without the end"),
        "token_text": ((*candidate, "piece"), text, "what each token adds to the text"),
        "status": (_STEPS[:2], status, "ok or error"),
        "message": (_STEPS[:2], message, "why it failed, empty if it did not"),
    }
    coordinates = {
        **{name: ("utterance", one) for name, one in utterance_coordinates(utterances).items()},
        **{name: ("prompt", one) for name, one in prompt_coordinates(prompts).items()},
        "candidate": ("candidate", list(words)),
    }
    return xr.Dataset(
        {
            name: xr.Variable(
                dims,
                values,
                {"long_name": meaning} | ({"units": "nat"} if "log_" in name else {}),
            )
            for name, (dims, values, meaning) in variables.items()
        },
        coords=coordinates,
    )
