"""How many rows run together: by what the model is and what memory there is."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Literal

import torch

from sottovoce.capture.by_vllm import ROWS_AT_ONCE
from sottovoce.capture.modes import require_positive
from sottovoce.errors import ModelError
from sottovoce.models.vllm_model import VllmModel

if TYPE_CHECKING:
    from sottovoce.models import SpeechModel

LARGEST_ON_PROCESSOR = 64
SMALLEST_ON_PROCESSOR = 4
# Parameters times rows at which a step's arithmetic takes far longer than calling it.
_PARAMETERS_AT_ONCE = 2 * 10**9
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


def choose_batch_size(model: SpeechModel, batch_size: int | Literal["auto"]) -> int:
    """Return how many rows run together.

    Parameters
    ----------
    model
        What runs.
    batch_size
        The option of :func:`sottovoce.capture`.

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
    parameters: int = sum(weights.numel() for weights in model.model.parameters())
    rows = 1 << max(0, (_PARAMETERS_AT_ONCE // max(1, parameters)).bit_length() - 1)
    return max(SMALLEST_ON_PROCESSOR, min(rows, LARGEST_ON_PROCESSOR))
