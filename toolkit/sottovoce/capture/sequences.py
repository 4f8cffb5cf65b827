"""Token sequences: what a prompt ends in, what follows it, and the tensors that run along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import GenerationMixin

from sottovoce.errors import ModelError, PromptError, SottovoceError, VocabularyError
from sottovoce.models.chat import added_tokens, control_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import GenerationConfig

    from sottovoce.models import SpeechModel
    from sottovoce.prompts import Prompt

# The inputs with a value for each token. Others may have their shape by chance.
_ALONG_TOKENS = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")
_ALONG_DECODER = ("decoder_input_ids", "decoder_attention_mask")


def prompt_ids(model: SpeechModel, prompt: Prompt, seconds: float = 1.0) -> list[int]:
    """Return a prompt's tokens, with those of a recording of noise before or within.

    Raises
    ------
    PromptError
        If the prompt holds control tokens that cannot be taken as text.
    ModelError
        If the processor breaks on it, by which prompt and how.
    """
    samples = np.random.default_rng(0).normal(0, 0.1, round(model.rate * seconds))
    try:
        inputs = model.inputs([samples.astype(np.float32)], [prompt.text])
    except SottovoceError:
        raise
    except Exception as error:
        raise ModelError(
            f"{model.id} cannot be asked the prompt {prompt.name!r}: "
            f"{type(error).__name__}: {error}"
        ) from error
    ids: list[int] = inputs[ids_name(model)][0].tolist()
    return ids


def ids_name(model: SpeechModel) -> str:
    """Return the name of the input that an answer continues."""
    return "decoder_input_ids" if model.is_encoder_decoder else "input_ids"


def along_tokens(model: SpeechModel, inputs: Mapping[str, Any]) -> list[str]:
    """Return the names of the inputs with a value for each token of the prompt."""
    names = _ALONG_DECODER if model.is_encoder_decoder else _ALONG_TOKENS
    return [name for name in names if name in inputs]


def continuation_ids(model: SpeechModel, prompt: Sequence[int], text: str) -> list[int]:
    """Return the tokens of a text as they follow a prompt.

    What a tokenizer makes of a word depends on what stands before it: some put a space before the
    first word of a text. So the text is encoded behind the end of the prompt, from its last control
    token on. Where a token would reach over the boundary, which an answer cannot do, the text is
    encoded alone.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    prompt
        The prompt's tokens.
    text
        What follows.

    Returns
    -------
    list of int

    Raises
    ------
    PromptError
        If the text holds control tokens of the model.
    VocabularyError
        If the tokenizer cannot write it.
    """
    tokenizer = model.tokenizer
    if found := control_tokens(model.processor, text):
        raise PromptError(
            f"The answer {text!r} holds {', '.join(map(repr, found))}, by which this model is "
            "controlled. Leave it out."
        )
    known = set(added_tokens(tokenizer).values())
    last = max((place for place, token in enumerate(prompt) if token in known), default=0)
    ending = list(prompt[last:])
    before = tokenizer.decode(ending, skip_special_tokens=False)
    whole = tokenizer.encode(before + text, add_special_tokens=False)
    if whole[: len(ending)] == ending:
        ids: list[int] = whole[len(ending) :]
    else:
        ids = tokenizer.encode(text, add_special_tokens=False)
    if text and (not ids or tokenizer.unk_token_id in ids):
        raise VocabularyError(f"The tokenizer of {model.id} cannot write {text!r}.")
    return ids


def extended(
    model: SpeechModel, inputs: dict[str, torch.Tensor], continuations: Sequence[Sequence[int]]
) -> dict[str, torch.Tensor]:
    """Return inputs in which something follows each prompt, padded on the left to one length."""
    longest = max(map(len, continuations))
    if not longest:
        return inputs
    name = ids_name(model)
    ids = inputs[name]
    following = padded(continuations, longest, padding_id(model)).to(ids.device)
    exists = padded([[1] * len(one) for one in continuations], longest, 0).to(ids.device)
    # Padding must come first, so each row is rolled: [prompt, padding, text] would part them.
    order = torch.stack(
        [
            torch.cat(
                [
                    torch.arange(ids.shape[1], ids.shape[1] + longest - len(one)),
                    torch.arange(ids.shape[1]),
                    torch.arange(ids.shape[1] + longest - len(one), ids.shape[1] + longest),
                ]
            )
            for one in continuations
        ]
    ).to(ids.device)
    longer = dict(inputs)
    for along in along_tokens(model, inputs):
        if along == name:
            added = following
        elif along.endswith("attention_mask"):
            added = exists
        else:
            added = torch.zeros_like(following)
        joined = torch.cat([inputs[along], added.to(inputs[along].dtype)], dim=1)
        longer[along] = joined.gather(1, order)
    return longer


def padded(rows: Sequence[Sequence[int]], length: int, value: int) -> torch.Tensor:
    """Return rows of unequal length as one tensor, padded on the left.

    Examples
    --------
    >>> padded([[5], [6, 7]], 3, 0)
    tensor([[0, 0, 5],
            [0, 6, 7]])
    """
    return torch.tensor([[value] * (length - len(row)) + list(row) for row in rows])


def padding_id(model: SpeechModel) -> int:
    """Return the token that stands where nothing is."""
    found = model.model.generation_config.pad_token_id
    return int(model.tokenizer.pad_token_id if found is None else found)


def generate(
    model: SpeechModel, inputs: dict[str, Any], settings: GenerationConfig, **options: Any
) -> torch.Tensor:
    """Run a model's ``generate``, and return what it emitted, shape (row, step).

    Where the recording is in a cache already, transformers' own ``generate`` runs in place of the
    model's: Granite Speech's would take the missing sound for a text-only question, and switch the
    adapters off by which it hears.
    """
    options |= model.generate_options
    cache = inputs.get("past_key_values")
    if cache is not None and cache.get_seq_length():
        sequences = GenerationMixin.generate(
            model.model, **inputs, generation_config=settings, **options
        )
    else:
        sequences = model.model.generate(**inputs, generation_config=settings, **options)
    emitted: torch.Tensor = sequences[:, model.prompt_length(inputs) :]
    return emitted
