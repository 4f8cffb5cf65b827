"""Recordings and questions to a model's inputs, by its own chat template."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sottovoce.errors import ModelError, PromptError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


def added_tokens(tokenizer: Any) -> dict[str, int]:
    """Return the tokens that stand beside a tokenizer's vocabulary of text, and their ids.

    Parameters
    ----------
    tokenizer
        Of transformers; that of mistral-common knows them by another name.

    Returns
    -------
    dict of str to int
    """
    try:
        found: dict[str, int] = tokenizer.added_tokens_encoder
    except AttributeError:
        return dict(zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True))
    return found


def control_tokens(processor: Any, text: str) -> list[str]:
    """Return the control tokens of a model that stand in a text.

    Parameters
    ----------
    processor
        Of the model.
    text
        Anything, for example a prompt that somebody typed.

    Returns
    -------
    list of str
        The longest first.
    """
    known = set(added_tokens(processor.tokenizer))
    audio_token = getattr(processor, "audio_token", None)
    if isinstance(audio_token, str):
        known.add(audio_token)
    found = [token for token in known if not token.isspace() and token in text]
    return sorted(found, key=lambda token: (-len(token), token))


def encode(
    processor: Any, samples: Sequence[NDArray[np.float32]], prompts: Sequence[str]
) -> Mapping[str, Any]:
    """Return the inputs of one batch: a user's turn each, the recording before the question.

    Parameters
    ----------
    processor
        Of the model, with its tokenizer padding on the left.
    samples
        One recording a row, mono, at the processor's rate.
    prompts
        One question a row. Control tokens within are taken as the text that they look like.

    Returns
    -------
    mapping of str to torch.Tensor

    Raises
    ------
    PromptError
        If a question holds a control token that this model cannot take as text.
    ModelError
        If the processor leaves the recordings out.
    """
    conversations = [
        [
            {
                "role": "user",
                "content": [{"type": "audio", "audio": sound}, {"type": "text", "text": prompt}],
            }
        ]
        for sound, prompt in zip(samples, prompts, strict=True)
    ]
    options: dict[str, Any] = {}
    written = {prompt: control_tokens(processor, prompt) for prompt in prompts}
    if any(written.values()):
        options = _as_text(processor, written)
    try:
        inputs: Mapping[str, Any] = processor.apply_chat_template(
            conversations,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            add_generation_prompt=True,
            # Flat, it would reach the feature extractor too, and change the padding of the audio.
            processor_kwargs={"text_kwargs": {"padding": True}},
            **options,
        )
    except (ValueError, NotImplementedError) as error:
        if options:
            raise PromptError(_refusal(written, str(error))) from error
        raise
    if not any(tensor.is_floating_point() for tensor in inputs.values()):
        raise ModelError(
            f"{type(processor).__name__} leaves the recording out: it makes {', '.join(inputs)} "
            "and no features of a sound, so the model would answer unheard."
        )
    return inputs


def _as_text(processor: Any, written: Mapping[str, list[str]]) -> dict[str, bool]:
    """Return the option that turns control tokens into text, where the processor has it."""
    known = inspect.signature(processor.apply_chat_template).parameters
    if "sanitize_control_tokens" not in known:
        raise PromptError(_refusal(written, "its processor has no option for it"))
    return {"sanitize_control_tokens": True}


def _refusal(written: Mapping[str, list[str]], reason: str) -> str:
    prompt, tokens = next((prompt, tokens) for prompt, tokens in written.items() if tokens)
    return (
        f"The prompt {prompt!r} holds {', '.join(map(repr, tokens))}, by which this model is "
        f"controlled, and which it cannot take as text ({reason}). Leave it out or write it apart."
    )
