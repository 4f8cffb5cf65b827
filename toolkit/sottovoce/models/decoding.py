"""The decoding settings of a capture, with everything taken out that would bend the logits."""

from __future__ import annotations

from typing import Any

from transformers import GenerationConfig

# Of a fixed size, so that a step can be compiled once. They keep what any cache keeps.
STATIC_CACHES = ("static", "offloaded_static")


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Return the ids of the tokens that end an answer.

    They are asked of the generation settings first, then of the configuration, then of the
    tokenizer, since each of them is left empty by some model.
    """
    configs = (model.generation_config, model.config.get_text_config(), tokenizer)
    for config in configs:
        found = getattr(config, "eos_token_id", None)
        if found is not None:
            return sorted({found} if isinstance(found, int) else set(found))
    return []


def neutral_settings(model: Any, tokenizer: Any) -> GenerationConfig:
    """Return settings for a greedy answer that follows the raw logits.

    A model may ship settings of its own (Qwen2-Audio-Instruct: sampling, top-k and a penalty on
    repetition), and ``generate`` fills in from them whatever a call leaves open. Only the ids of
    the end and the padding are taken over, and a static cache with what compiles the model's steps.

    Parameters
    ----------
    model, tokenizer
        As transformers loads them.

    Returns
    -------
    transformers.GenerationConfig
        Greedy, one beam, no penalty, no suppressed or forced token.
    """
    ends = end_tokens(model, tokenizer)
    own = model.generation_config
    padding = own.pad_token_id
    if padding is None:
        padding = tokenizer.pad_token_id
    if padding is None and ends:
        padding = ends[0]
    start = own.decoder_start_token_id
    if start is None:
        start = getattr(model.config, "decoder_start_token_id", None)
    static = own.cache_implementation in STATIC_CACHES
    return GenerationConfig(
        cache_implementation=own.cache_implementation if static else None,
        compile_config=own.compile_config if static else None,
        disable_compile=own.disable_compile,
        do_sample=False,
        num_beams=1,
        eos_token_id=ends or None,
        pad_token_id=padding,
        bos_token_id=own.bos_token_id,
        decoder_start_token_id=start,
    )
