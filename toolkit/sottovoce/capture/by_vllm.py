"""Answers by vLLM: requests to it, and traces from what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.capture.forced import AnswerStep
from sottovoce.capture.modes import Greedy
from sottovoce.capture.trace import Trace, emitted_texts
from sottovoce.errors import ModelError
from sottovoce.models.vllm_model import MOST_TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.capture.modes import Mode
    from sottovoce.models.vllm_model import VllmModel

ROWS_AT_ONCE = 256
"""Requests that are handed to vLLM together, which makes its own batches of them."""


def answer_by_vllm(
    model: VllmModel, mode: Mode, rows: Sequence[Row], token_ids: Sequence[int]
) -> list[Trace]:
    """Let vLLM answer, and return the traces.

    Parameters
    ----------
    model
        From ``load_model(name, engine="vllm")``.
    mode
        Greedy or AnswerStep.
    rows
        What is asked.
    token_ids
        The slice of the vocabulary to keep.

    Raises
    ------
    ModelError
        If there are more tokens than vLLM gives, or the mode is another.
    """
    if len(token_ids) > MOST_TOKENS:
        raise ModelError(
            f"vLLM gives the log-probabilities of at most {MOST_TOKENS} tokens, and this token set "
            f"has {len(token_ids)} in this vocabulary. Follow fewer, such as tokens='emotions', or "
            "load the model with engine='transformers'."
        )
    from vllm import SamplingParams

    settings = SamplingParams(
        temperature=0.0,
        max_tokens=_n_steps(mode),
        logprob_token_ids=list(token_ids),
        stop_token_ids=list(model.end_tokens),
        detokenize=False,
    )
    requests = [model.request(row.samples, row.question, row.given) for row in rows]
    outputs = model.engine.generate(requests, settings, use_tqdm=False)
    return [make_vllm_trace(model.tokenizer, output.outputs[0], token_ids) for output in outputs]


def make_vllm_trace(tokenizer: Any, completion: Any, token_ids: Sequence[int]) -> Trace:
    """Return the trace of one answer.

    Parameters
    ----------
    tokenizer
        Of the model.
    completion
        A ``vllm.outputs.CompletionOutput``: ``token_ids``, and ``logprobs``, which for each step
        maps the ids that were asked for, and the one that was emitted, to their ``Logprob``.
    token_ids
        The slice of the vocabulary to keep.

    Raises
    ------
    ModelError
        If vLLM gave something else.
    """
    chosen = [int(token) for token in completion.token_ids]
    steps = list(completion.logprobs or ())
    wanted = set(token_ids)
    if len(steps) != len(chosen) or any(
        not wanted | {token} <= set(step) for token, step in zip(chosen, steps, strict=False)
    ):
        raise ModelError(
            f"vLLM returned {len(steps)} steps of log-probabilities for {len(chosen)} tokens, or "
            "not those of the tokens that were asked for. A version that knows logprob_token_ids "
            "is needed."
        )
    log_p = np.array([[step[token].logprob for token in token_ids] for step in steps], np.float32)
    nothing = np.full(len(chosen), np.nan, np.float32)
    return Trace(
        logit=log_p.reshape(len(chosen), len(token_ids)),
        log_normalizer=np.zeros(len(chosen), np.float32),
        entropy=nothing,
        chosen_token=np.asarray(chosen, np.int64),
        chosen_logit=np.array(
            [step[token].logprob for token, step in zip(chosen, steps, strict=True)], np.float32
        ),
        chosen_text=emitted_texts(tokenizer, chosen),
        answer=tokenizer.decode(chosen, skip_special_tokens=True),
    )


def _n_steps(mode: Mode) -> int:
    if isinstance(mode, Greedy):
        return int(mode.told()["max_new_tokens"])
    if isinstance(mode, AnswerStep):
        return 1
    raise ModelError(
        f"mode={mode.told()['mode']!r} is not for vLLM, which takes 'greedy' and 'answer_step'. "
        "Load the model with engine='transformers'."
    )
