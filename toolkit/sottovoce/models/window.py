"""How much of a recording a model hears: some cut what is longer in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_USUAL_WINDOW = 30.0


def longest_audio(
    processor: Any, rate: int, encode: Callable[..., Mapping[str, Any]]
) -> float | None:
    """Return the seconds beyond which a model would cut a recording in silence.

    Some processors state a limit, others hear one window and drop the rest without a word. So it
    is measured: if twice the window makes no more tokens than the window, the rest is dropped.

    Parameters
    ----------
    processor
        Of the model.
    rate
        Its sampling rate, in Hz.
    encode
        What makes a batch's inputs of a processor, recordings and questions.

    Returns
    -------
    float or None
        Seconds; None if no limit was found.
    """
    extractor = feature_extractor(processor)
    window = float(getattr(extractor, "chunk_length", None) or _USUAL_WINDOW)
    stated = getattr(processor, "max_audio_len", None)
    if stated:
        # These processors cut whole windows only: 655 s of 30 s windows are 630 s.
        return max(1, int(stated // window)) * window

    def n_tokens(seconds: float) -> int:
        noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * rate))
        inputs = encode(processor, [noise.astype(np.float32)], ["?"])
        return int(inputs["input_ids"].shape[1])

    return window if n_tokens(2 * window) <= n_tokens(window) else None


def feature_extractor(processor: Any) -> Any:
    """Return the part of a processor that takes sound, None if it has none.

    Parameters
    ----------
    processor
        Of a model; some call that part their audio processor.
    """
    found = getattr(processor, "feature_extractor", None)
    return getattr(processor, "audio_processor", None) if found is None else found
