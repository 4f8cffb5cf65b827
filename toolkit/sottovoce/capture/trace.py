"""One answer with its trace: run a batch, and tell its rows apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sottovoce.capture.recorder import Recorder, Steps
from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.models import SpeechModel

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"


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


@torch.inference_mode()
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
    token_ids
        The slice of the vocabulary to keep.
    max_new_tokens
        The number of steps after which an answer is cut.

    Returns
    -------
    list of Trace
        A row each, in the same order.

    Raises
    ------
    ModelError
        If the logits hold no numbers, or an answer does not follow them.
    """
    inputs = model.inputs(samples, prompts)
    with Recorder(model.model, torch.tensor(token_ids, dtype=torch.long)) as recorder:
        sequences = model.model.generate(**inputs, generation_config=model.settings(max_new_tokens))
    chosen = sequences[:, inputs["input_ids"].shape[1] :]
    steps = recorder.steps(chosen.shape[1])
    lengths = _lengths(chosen, model.end_tokens)
    _require_raw(steps, chosen, lengths)
    return [
        _trace(model.tokenizer, steps, row, chosen[row, :length].tolist())
        for row, length in enumerate(lengths)
    ]


def _lengths(chosen: torch.Tensor, end_tokens: Sequence[int]) -> list[int]:
    """Return the number of steps of each row, up to and with the one that emitted an end."""
    ended = torch.isin(chosen, torch.tensor(end_tokens, dtype=torch.long, device=chosen.device))
    first = ended.int().argmax(dim=1)
    return torch.where(ended.any(dim=1), first + 1, chosen.shape[1]).tolist()


def _require_raw(steps: Steps, chosen: torch.Tensor, lengths: Sequence[int]) -> None:
    """Raise unless every answer follows the logits that were recorded."""
    position = torch.arange(chosen.shape[1], device=chosen.device)
    live = position < torch.tensor(lengths, device=chosen.device)[:, None]
    if not torch.isfinite(steps.log_normalizer[live]).all():
        raise ModelError(
            "The model's logits hold values that are not numbers. If it runs in float16, load it "
            "with dtype='bfloat16' or 'float32'."
        )
    strayed = (steps.top_token != chosen) & live
    if strayed.any():
        row, step = strayed.nonzero()[0].tolist()
        raise ModelError(
            f"At step {step} the model emitted token {chosen[row, step]} where its raw logits "
            f"favour {steps.top_token[row, step]}: something between them changes the scores."
        )


def _trace(tokenizer: Any, steps: Steps, row: int, tokens: list[int]) -> Trace:
    def recorded(tensor: torch.Tensor) -> NDArray[np.float32]:
        return tensor[row, : len(tokens)].cpu().numpy()

    return Trace(
        logit=recorded(steps.logit),
        log_normalizer=recorded(steps.log_normalizer),
        entropy=recorded(steps.entropy),
        chosen_token=np.asarray(tokens, dtype=np.int64),
        chosen_logit=recorded(steps.top_logit),
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
