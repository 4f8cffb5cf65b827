"""How many rows run together: by what the model is and what memory there is."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from sottovoce.capture.by_vllm import ROWS_AT_ONCE
from sottovoce.capture.modes import require_positive
from sottovoce.capture.sequences import generate
from sottovoce.errors import ModelError
from sottovoce.models.vllm_model import VllmModel

if TYPE_CHECKING:
    from sottovoce.models import SpeechModel

LARGEST = 64
SMALLEST_ON_PROCESSOR = 4
# Parameters times rows at which a step's arithmetic takes far longer than calling it.
_PARAMETERS_AT_ONCE = 2 * 10**9
# What is left over is for what the probe cannot know: longer prompts, and other programs.
_SHARE_OF_MEMORY = 0.8
_QUESTION = "How does the speaker feel? Answer in percentages, one for each emotion."
_WORDS = ("out of memory", "can't allocate memory", "not enough memory")


def ran_out_of_memory(error: Exception) -> bool:
    """Return whether an error says that memory did not suffice, on whatever device.

    Examples
    --------
    >>> ran_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3.00 GiB"))
    True
    >>> ran_out_of_memory(RuntimeError("shape '[3]' is invalid for input of size 4"))
    False
    """
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)


def free_memory(failure: Exception, device: torch.device) -> None:
    """Let go of what the failed attempt holds, so that a smaller one finds room."""
    error: BaseException | None = failure
    while error is not None:
        error.__traceback__ = None  # its frames hold tensors
        error = error.__cause__ or error.__context__
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def require_batch_size(batch_size: Any) -> None:
    """Raise unless it is "auto" or a whole number of at least 1."""
    if isinstance(batch_size, str) and batch_size != "auto":
        raise ModelError(
            f"batch_size={batch_size!r} must be 'auto' or a whole number of at least 1"
        )
    if batch_size != "auto":
        require_positive("batch_size", batch_size)


def choose_batch_size(
    model: SpeechModel,
    batch_size: int | Literal["auto"],
    *,
    longest: float = 1.0,
    n_steps: int = 64,
) -> int:
    """Return how many rows run together.

    Parameters
    ----------
    model
        What runs.
    batch_size
        The option of :func:`sottovoce.capture`.
    longest
        Seconds of the longest recording.
    n_steps
        The number of steps that no answer exceeds.

    Examples
    --------
    >>> from sottovoce import load_model
    >>> choose_batch_size(load_model(), "auto"), choose_batch_size(load_model(), 3)
    (64, 3)
    """
    if batch_size != "auto":
        return batch_size
    if isinstance(model, VllmModel):
        return ROWS_AT_ONCE
    if model.device.type == "cuda":
        return rows_in_free_memory(model, longest, n_steps)
    parameters: int = sum(weights.numel() for weights in model.model.parameters())
    return max(SMALLEST_ON_PROCESSOR, _halved_from(LARGEST, _PARAMETERS_AT_ONCE // parameters))


def _halved_from(most: int, allowed: float) -> int:
    """Return the largest of most, most / 2, most / 4 ... 1 that is allowed."""
    while most > 1 and most > allowed:
        most //= 2
    return most


def rows_in_free_memory(model: SpeechModel, longest: float, n_steps: int) -> int:
    """Return how many rows fit on a GPU, from what two and four rows of such a length take.

    Parameters
    ----------
    model, longest, n_steps
        As above.
    """
    device = model.device
    noise = np.random.default_rng(0).normal(0, 0.1, round(longest * model.rate))
    settings = model.settings(n_steps)
    settings.min_new_tokens = n_steps

    def taken(rows: int) -> int:
        torch.cuda.reset_peak_memory_stats(device)
        inputs = model.inputs([noise.astype(np.float32)] * rows, [_QUESTION] * rows)
        with torch.inference_mode():
            generate(model, inputs, settings)
        return int(torch.cuda.max_memory_allocated(device))

    try:
        fewer, more = taken(2), taken(4)
    except Exception as error:  # noqa: BLE001 - whatever it is, the capture itself tells it by row
        free_memory(error, device)
        return 1
    torch.cuda.empty_cache()
    free, _ = torch.cuda.mem_get_info(device)
    # Two more rows took this. A shared beginning is there twice: itself, and continued by a prompt.
    of_row = max(1, more - fewer) / 2
    return _halved_from(LARGEST, _SHARE_OF_MEMORY * free / (2 * of_row))
