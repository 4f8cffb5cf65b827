"""One answer with its trace: run a batch, and tell its rows apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import torch

from sottovoce.capture.recorder import Recorder, Steps
from sottovoce.capture.sequences import generate
from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.models import SpeechModel

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"
# What each token of a tokenizer writes when it stands alone.
_pieces: WeakKeyDictionary[Any, dict[int, str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Trace:
    """An answer and what was weighed at each of its steps, the one that ended it included.

    Parameters
    ----------
    logit
        Raw logits of the slice, shape (step, token), float32.
    log_normalizer, entropy, chosen_logit
        Shape (step,), float32.
    chosen_token
        Ids of the emitted tokens, shape (step,).
    chosen_text
        What each of them adds to the text.
    answer
        The text without control tokens.
    """

    logit: NDArray[np.float32]
    log_normalizer: NDArray[np.float32]
    entropy: NDArray[np.float32]
    chosen_token: NDArray[np.int64]
    chosen_logit: NDArray[np.float32]
    chosen_text: list[str]
    answer: str


class Chooser(Protocol):
    """What chooses the tokens in place of the likeliest ones: a logits processor that keeps notes.

    Attributes
    ----------
    chosen_logit
        The raw logits of the chosen tokens, a step each, shape (row,).
    """

    chosen_logit: list[torch.Tensor]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores of which the chosen tokens have the highest."""


def trace_batch(
    model: SpeechModel,
    samples: Sequence[NDArray[np.float32]],
    prompts: Sequence[str],
    token_ids: Sequence[int],
    max_new_tokens: int,
) -> list[Trace]:
    """Ask one question about each recording, greedily, and return the traces.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    samples
        One recording a row, mono float32 at the model's rate.
    prompts
        One question a row.
    token_ids, max_new_tokens
        As for :func:`trace_inputs`.

    Returns
    -------
    list of Trace
        A row each, in the same order.
    """
    return trace_inputs(model, model.inputs(samples, prompts), token_ids, max_new_tokens)


@torch.inference_mode()
def trace_inputs(
    model: SpeechModel,
    inputs: dict[str, Any],
    token_ids: Sequence[int],
    max_new_tokens: int,
    chooser: Chooser | None = None,
) -> list[Trace]:
    """Let a model answer, and return the traces.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    inputs
        From its ``inputs``, or with a cache that holds their beginning.
    token_ids
        The slice of the vocabulary to keep.
    max_new_tokens
        The number of steps after which an answer is cut.
    chooser
        What chooses the tokens; by default the likeliest are emitted.

    Returns
    -------
    list of Trace
        A row each, in the same order.

    Raises
    ------
    ModelError
        If the logits hold no numbers, or an answer does not follow them.
    """
    options = {} if chooser is None else {"logits_processor": [chooser]}
    # What continues from a cache has other shapes than a single run anyway.
    prefill_bytes = 0 if "past_key_values" in inputs else None
    slice_ids = torch.tensor(token_ids, dtype=torch.long)
    with Recorder(model.model, slice_ids, prefill_bytes=prefill_bytes) as recorder:
        chosen = generate(model, inputs, model.settings(max_new_tokens), **options)
    steps = recorder.steps(chosen.shape[1])
    lengths = _lengths(chosen, model.end_tokens)
    require_numbers(steps, lengths)
    if chooser is None:
        _require_raw(steps, chosen, lengths)
        chosen_logit = steps.top_logit
    else:
        chosen_logit = torch.stack(chooser.chosen_logit[: chosen.shape[1]], dim=1)
    return [
        make_trace(model.tokenizer, steps, row, chosen[row, :length].tolist(), chosen_logit)
        for row, length in enumerate(lengths)
    ]


def _lengths(chosen: torch.Tensor, end_tokens: Sequence[int]) -> list[int]:
    """Return the number of steps of each row, up to and with the one that emitted an end."""
    ended = torch.isin(chosen, torch.tensor(end_tokens, dtype=torch.long, device=chosen.device))
    first = ended.int().argmax(dim=1)
    return torch.where(ended.any(dim=1), first + 1, chosen.shape[1]).tolist()


def require_numbers(steps: Steps, lengths: Sequence[int]) -> None:
    """Raise unless the logits of every answer hold numbers."""
    if not torch.isfinite(steps.log_normalizer[_live(steps, lengths)]).all():
        raise ModelError(
            "The model's logits hold values that are not numbers. If it runs in float16, load it "
            "with dtype='bfloat16' or 'float32'."
        )


def _live(steps: Steps, lengths: Sequence[int]) -> torch.Tensor:
    """Return which steps belong to an answer, shape (row, step)."""
    position = torch.arange(steps.log_normalizer.shape[1], device=steps.log_normalizer.device)
    return position < torch.tensor(lengths, device=position.device)[:, None]


def _require_raw(steps: Steps, chosen: torch.Tensor, lengths: Sequence[int]) -> None:
    """Raise unless every answer follows the logits that were recorded."""
    strayed = (steps.top_token != chosen) & _live(steps, lengths)
    if strayed.any():
        row, step = strayed.nonzero()[0].tolist()
        raise ModelError(
            f"At step {step} the model emitted token {chosen[row, step]} where its raw logits "
            f"favour {steps.top_token[row, step]}: something between them changes the scores."
        )


def make_trace(
    tokenizer: Any, steps: Steps, row: int, tokens: list[int], chosen_logit: torch.Tensor
) -> Trace:
    """Return the trace of one row from what was recorded of all.

    Parameters
    ----------
    tokenizer
        Of the model.
    steps
        What was recorded.
    row
        Which of its rows.
    tokens
        What was emitted there.
    chosen_logit
        The raw logits of what was emitted, shape (row, step).
    """

    def recorded(tensor: torch.Tensor) -> NDArray[np.float32]:
        return tensor[row, : len(tokens)].float().cpu().numpy()

    return Trace(
        logit=recorded(steps.logit),
        log_normalizer=recorded(steps.log_normalizer),
        entropy=recorded(steps.entropy),
        chosen_token=np.asarray(tokens, dtype=np.int64),
        chosen_logit=recorded(chosen_logit),
        chosen_text=emitted_texts(tokenizer, tokens),
        answer=tokenizer.decode(tokens, skip_special_tokens=True),
    )


def emitted_texts(tokenizer: Any, tokens: Sequence[int]) -> list[str]:
    """Return what each token adds to the text, control tokens included.

    A token may hold only some bytes of a character (an emoji, a kanji); such a character stands
    with the token that completes it, and the ones before it add nothing.

    Parameters
    ----------
    tokenizer
        Of transformers.
    tokens
        The ids of one answer.

    Returns
    -------
    list of str
        As many as tokens; joined, they are the decoded text.
    """
    pieces = _pieces.setdefault(tokenizer, {})
    for token in set(tokens) - set(pieces):
        pieces[token] = tokenizer.decode([token], skip_special_tokens=False)
    texts = [pieces[token] for token in tokens]
    # Most tokens are whole characters and read alike in any company, and that is told at once.
    whole = not any(_INCOMPLETE in text for text in texts)
    if whole and "".join(texts) == tokenizer.decode(tokens, skip_special_tokens=False):
        return texts
    return _texts_in_company(tokenizer, tokens)


def _texts_in_company(tokenizer: Any, tokens: Sequence[int]) -> list[str]:
    texts: list[str] = []
    before = ""
    for count in range(1, len(tokens) + 1):
        after = tokenizer.decode(tokens[:count], skip_special_tokens=False)
        if after.endswith(_INCOMPLETE) and count < len(tokens):
            texts.append("")
        elif after.startswith(before):
            texts.append(after[len(before) :])
            before = after
        else:
            texts.append(tokenizer.decode([tokens[count - 1]], skip_special_tokens=False))
            before = after
    return texts
