"""Answers that are given: what a model weighs under them, without decoding.

The tokens that are given stand behind the prompt, and one forward pass tells what the model weighed
before each of them and after the last.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
import xarray as xr

from sottovoce.capture.recorder import Recorder, Steps
from sottovoce.capture.sequences import generate
from sottovoce.capture.trace import Trace, make_trace, require_numbers, trace_inputs
from sottovoce.errors import ModelError, PromptError

if TYPE_CHECKING:
    from sottovoce.capture.batching import Row
    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

Answers: TypeAlias = "Mapping[str, str | Mapping[str, str]] | xr.DataArray"

# What the logits of one pass may take.
LOGIT_BYTES = 2**29

# Where a prompt asks for a word, percentages or yes and no, an answer begins with what counts.
ANSWER_PREFIXES = {
    ("json", "en"): '{"',
    ("json", "ja"): '{"',
    ("free", "en"): "The speaker sounds",
    ("free", "ja"): "話者の感情は",
}


class AnswerStep:
    """Read what would come next after the beginning of an answer, which is given.

    Parameters
    ----------
    answer_prefix
        The beginning: one for all prompts, or prompt's name -> beginning. For those that are not
        named, the one that fits the form of answer asked for.

    Raises
    ------
    PromptError
        If a beginning ends with a space: it belongs to the next token in nearly all vocabularies.
    """

    def __init__(self, answer_prefix: str | Mapping[str, str] | None) -> None:
        self._wanted = answer_prefix
        self._prefixes: dict[str, str] = {}

    def entries(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], dict[str, list[Any]]]:
        """Return the prompts as they are, and take note of what begins their answers."""
        wanted = self._wanted
        if isinstance(wanted, str):
            wanted = {prompt.name: wanted for prompt in prompts}
        wanted = wanted or {}
        names = [prompt.name for prompt in prompts]
        if unknown := [name for name in wanted if name not in names]:
            raise PromptError(
                f"answer_prefix names {', '.join(map(repr, unknown))}, and the prompts are "
                f"{', '.join(map(repr, names))}"
            )
        for prompt in prompts:
            usual = ANSWER_PREFIXES.get((prompt.format, prompt.language), "")
            prefix = wanted.get(prompt.name, usual)
            if prefix != prefix.rstrip(" "):
                raise PromptError(
                    f"answer_prefix={prefix!r} ends with a space, which most vocabularies put at "
                    "the beginning of the next word. Leave it out."
                )
            self._prefixes[prompt.name] = prefix
        return list(prompts), {}

    def given(self, utterance: str, prompt: str) -> str:  # noqa: ARG002
        """Return the beginning of the answer."""
        return self._prefixes[prompt]

    def answer(
        self,
        model: SpeechModel,
        inputs: dict[str, Any],
        rows: Sequence[Row],  # noqa: ARG002
        token_ids: Sequence[int],
    ) -> list[Trace]:
        """Return traces of one step, the one after what is given."""
        return trace_inputs(model, inputs, token_ids, max_new_tokens=1)

    def most_steps(self, given: int) -> int:  # noqa: ARG002
        """Return 1."""
        return 1

    def told(self) -> dict[str, Any]:
        """Return the settings, for the run's attributes."""
        return {"mode": "answer_step", "answer_prefix": self._prefixes}


class Forced:
    """Follow answers that are given, to the end of each.

    Parameters
    ----------
    answers
        Utterance -> answer, or utterance -> prompt -> answer; or the ``answer`` of another run.

    Raises
    ------
    ModelError
        If no answers are given.
    """

    def __init__(self, answers: Answers | None) -> None:
        if isinstance(answers, xr.DataArray):
            answers = {
                str(row["utterance"].item()): {
                    str(one["prompt"].item()): str(one.item()) for one in row
                }
                for row in answers.transpose("utterance", "prompt")
            }
        if not isinstance(answers, Mapping) or not answers:
            raise ModelError(
                "mode='forced' needs answers: a mapping from utterances to texts, from utterances "
                "to mappings from prompts to texts, or the answer of another run"
            )
        self._answers = answers

    def entries(self, prompts: Sequence[Prompt]) -> tuple[list[Prompt], dict[str, list[Any]]]:
        """Return the prompts as they are."""
        return list(prompts), {}

    def given(self, utterance: str, prompt: str) -> str:
        """Return the answer.

        Raises
        ------
        ModelError
            If there is none for this utterance and prompt.
        """
        answer = self._answers.get(utterance)
        if isinstance(answer, Mapping):
            answer = answer.get(prompt)
        if not isinstance(answer, str):
            known = ", ".join(map(repr, list(self._answers)[:3]))
            raise ModelError(
                f"answers has none for the utterance {utterance!r} and the prompt {prompt!r}; it "
                f"begins with {known}"
            )
        return answer

    def answer(
        self,
        model: SpeechModel,
        inputs: dict[str, Any],
        rows: Sequence[Row],
        token_ids: Sequence[int],
    ) -> list[Trace]:
        """Return traces with a step for each token that is given, and one for the end."""
        answers = [[*row.given, *end_token(model)] for row in rows]
        kept = sorted({token for answer in answers for token in answer} - set(token_ids))
        longest = max(map(len, answers))
        steps = read_positions(
            model, inputs, [*token_ids, *kept], [len(row.given) + 1 for row in rows]
        )
        place = {token: column for column, token in enumerate([*token_ids, *kept])}
        columns = [[place[token] for token in row] + [0] * (longest - len(row)) for row in answers]
        index = torch.tensor(columns, device=steps.logit.device)
        chosen_logit = steps.logit.gather(2, index[..., None])[..., 0]
        sliced = replace(steps, logit=steps.logit[..., : len(token_ids)])
        return [
            make_trace(model.tokenizer, sliced, row, tokens, chosen_logit)
            for row, tokens in enumerate(answers)
        ]

    def most_steps(self, given: int) -> int:
        """Return the number of steps of the longest answer: its tokens and its end."""
        return given + 1

    def told(self) -> dict[str, Any]:
        """Return the settings, for the run's attributes."""
        return {"mode": "forced"}


def end_token(model: SpeechModel) -> list[int]:
    """Return the token that ends an answer, the tokenizer's own if there are several; or none."""
    ends = model.end_tokens
    own = model.tokenizer.eos_token_id
    return [own] if own in ends else list(ends[:1])


@torch.inference_mode()
def read_positions(
    model: SpeechModel, inputs: dict[str, Any], token_ids: Sequence[int], lengths: Sequence[int]
) -> Steps:
    """Return what a model weighs at the last positions of its inputs, by one forward pass.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    inputs
        Padded on the left.
    token_ids
        The slice of the vocabulary to keep.
    lengths
        How many positions of each row are read, the last one included.

    Returns
    -------
    Steps
        Of which row ``i`` holds something in its first ``lengths[i]`` steps.
    """
    longest = max(lengths)
    # Models that do not know the option have their head cut by the recorder.
    knows = "logits_to_keep" in inspect.signature(model.model.forward).parameters
    options = {"logits_to_keep": longest} if knows else {}
    slice_ids = torch.tensor(token_ids, dtype=torch.long)
    with Recorder(model.model, slice_ids, positions=longest, prefill_bytes=0) as recorder:
        generate(model, inputs, model.settings(1), **options)
    steps = recorder.steps(longest)
    first = longest - torch.tensor(lengths, device=model.device)
    index = (first[:, None] + torch.arange(longest, device=model.device)).clamp(max=longest - 1)
    aligned = Steps(
        steps.logit.gather(1, index[..., None].expand(-1, -1, len(token_ids))),
        *(
            getattr(steps, name).gather(1, index)
            for name in ("log_normalizer", "entropy", "top_token", "top_logit")
        ),
    )
    require_numbers(aligned, lengths)
    return aligned


def rows_at_once(model: SpeechModel, lengths: Sequence[int], batch_size: int) -> int:
    """Return how many rows can be read in one pass, whose logits are all there at once."""
    vocabulary: int = model.model.get_output_embeddings().weight.shape[0]
    row = 4 * vocabulary * (max(lengths, default=0) + 1)
    return min(batch_size, max(1, LOGIT_BYTES // row))
