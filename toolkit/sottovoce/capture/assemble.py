"""From traces to a run: arrays filled where there is an answer, NaN everywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.capture.trace import Trace
from sottovoce.dataset import build_run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr

    from sottovoce.capture.utterances import Utterance
    from sottovoce.prompts import Prompt
    from sottovoce.vocabulary import ResolvedTokens


def assemble_run(
    utterances: Sequence[Utterance],
    prompts: Sequence[Prompt],
    tokens: ResolvedTokens,
    outcomes: Mapping[tuple[int, int], Trace | str],
    attrs: Mapping[str, Any],
    more_of_prompts: Mapping[str, Sequence[Any]] | None = None,
) -> xr.Dataset:
    """Return the run of a capture.

    Parameters
    ----------
    utterances, prompts, tokens
        What runs along the dimensions.
    outcomes
        For positions (utterance, prompt): the trace, or in words why there is none. Utterances
        that could not be loaded need no entry.
    attrs
        How the run was made.
    more_of_prompts
        What else is known of each prompt.

    Returns
    -------
    xarray.Dataset
        With as many steps as the longest answer has, and at least one.
    """
    arrays = answer_arrays(utterances, range(len(utterances)), len(prompts), len(tokens), outcomes)
    return build_run(
        arrays, run_coordinates(utterances, prompts, tokens, more_of_prompts or {}), attrs
    )


def answer_arrays(
    utterances: Sequence[Utterance],
    block: range,
    n_prompts: int,
    n_tokens: int,
    outcomes: Mapping[tuple[int, int], Trace | str],
) -> dict[str, Any]:
    """Return the variables of a run for some of its utterances.

    Parameters
    ----------
    utterances
        All of them.
    block
        Which of them.
    n_prompts, n_tokens
        The lengths of these dimensions.
    outcomes
        As above, for the utterances of the block.

    Returns
    -------
    dict of str to numpy.ndarray
        With as many steps as the longest of these answers has, and at least one.
    """
    traces = {key: value for key, value in outcomes.items() if isinstance(value, Trace)}
    n_steps = max((len(trace.chosen_token) for trace in traces.values()), default=1)
    arrays = _empty_arrays((len(block), n_prompts), n_steps, n_tokens)
    for (utterance, p), trace in traces.items():
        u, length = utterance - block.start, len(trace.chosen_token)
        arrays["logit"][u, p, :length] = trace.logit
        arrays["log_normalizer"][u, p, :length] = trace.log_normalizer
        arrays["entropy"][u, p, :length] = trace.entropy
        arrays["chosen_token"][u, p, :length] = trace.chosen_token
        arrays["chosen_logit"][u, p, :length] = trace.chosen_logit
        arrays["chosen_text"][u, p, :length] = trace.chosen_text
        arrays["answer"][u, p] = trace.answer
        arrays["n_steps"][u, p] = length
        arrays["status"][u, p] = "ok"
    for u in block:
        for p in range(n_prompts):
            outcome = outcomes.get((u, p), utterances[u].message)
            arrays["message"][u - block.start, p] = outcome if isinstance(outcome, str) else ""
    return arrays


def run_coordinates(
    utterances: Sequence[Utterance],
    prompts: Sequence[Prompt],
    tokens: ResolvedTokens,
    more_of_prompts: Mapping[str, Sequence[Any]],
) -> dict[str, Any]:
    """Return all coordinates of a run, by the schema's names."""
    table = tokens.table
    return {
        **utterance_coordinates(utterances),
        **prompt_coordinates(prompts),
        **more_of_prompts,
        **{name: table[name].to_numpy() for name in table.columns},
    }


def _empty_arrays(answers: tuple[int, int], n_steps: int, n_tokens: int) -> dict[str, Any]:
    steps = (*answers, n_steps)
    missing = {
        name: np.full(steps, np.nan, dtype=np.float32)
        for name in ("log_normalizer", "entropy", "chosen_logit")
    }
    return missing | {
        "logit": np.full((*steps, n_tokens), np.nan, dtype=np.float32),
        "chosen_token": np.full(steps, -1, dtype=np.int64),
        "chosen_text": np.full(steps, "", dtype=object),
        "answer": np.full(answers, "", dtype=object),
        "n_steps": np.zeros(answers, dtype=np.int64),
        "status": np.full(answers, "error", dtype=object),
        "message": np.full(answers, "", dtype=object),
    }


def utterance_coordinates(utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Return what is known of each utterance, by the schema's names."""
    heard = [one.recording for one in utterances]
    return {
        "utterance": [one.id for one in utterances],
        "path": [one.path for one in utterances],
        "speaker": [one.speaker for one in utterances],
        "duration": [sound.duration if sound else np.nan for sound in heard],
        "content_hash": [sound.content_hash if sound else "" for sound in heard],
        "notes": ["; ".join(sound.notes) if sound else "" for sound in heard],
        "recording": [one.part_of or one.id for one in utterances],
        "start": [one.start for one in utterances],
        "end": [
            one.start + one.recording.duration if one.recording else np.nan for one in utterances
        ],
    }


def prompt_coordinates(prompts: Sequence[Prompt]) -> dict[str, Any]:
    """Return what is known of each prompt, by the schema's names."""
    return {
        "prompt": [prompt.name for prompt in prompts],
        "prompt_text": [prompt.text for prompt in prompts],
        "prompt_format": [prompt.format for prompt in prompts],
        "prompt_language": [prompt.language for prompt in prompts],
    }
