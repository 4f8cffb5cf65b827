"""One step of an answer with gradients: what comes next behind the questions of a batch."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import torch

from sottovoce.capture.forced import AnswerStep
from sottovoce.capture.sequences import extended
from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.capture.batching import Row
    from sottovoce.models import SpeechModel

# Single precision through some dozens of layers; what another position of a token does is far more.
TOLERANCE = 1e-3


def next_logits(model: SpeechModel, rows: Sequence[Row]) -> torch.Tensor:
    """Return the logits of the token that follows each row, with gradients where they are on.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    rows
        Recordings and questions, with the beginnings of the answers.

    Returns
    -------
    torch.Tensor
        Shape (row, vocabulary).
    """
    inputs = model.inputs([row.samples for row in rows], [row.question for row in rows])
    inputs = extended(model, inputs, [row.given for row in rows])
    known = inspect.signature(model.model.forward).parameters
    options: dict[str, Any] = {"use_cache": False}
    options |= {name: value for name, value in model.generate_options.items() if name in known}
    head = model.model.get_output_embeddings()
    if "logits_to_keep" in known:
        output = model.model(**inputs, **options, logits_to_keep=1)
    else:
        # Prompt x vocabulary would take gigabytes, and gradients twice that.
        cut = head.register_forward_pre_hook(lambda _, args: (args[0][:, -1:], *args[1:]))
        try:
            output = model.model(**inputs, **options)
        finally:
            cut.remove()
    logits: torch.Tensor = output.logits[:, -1]
    return logits


def require_same_as_captured(
    model: SpeechModel, rows: Sequence[Row], token_ids: Sequence[int]
) -> None:
    """Raise a ModelError unless what is trained is what a capture reads.

    Transformers prepares positions and masks in ``generate``, which knows no gradients; a model
    whose plain forward pass prepares them otherwise would be taught something else.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    rows
        A batch of them.
    token_ids
        The slice of the vocabulary to compare.
    """
    inputs = model.inputs([row.samples for row in rows], [row.question for row in rows])
    inputs = extended(model, inputs, [row.given for row in rows])
    captured = AnswerStep(None).answer(model, inputs, rows, token_ids)
    with torch.inference_mode():
        trained = next_logits(model, rows)[:, list(token_ids)].float().cpu()
    read = torch.stack([torch.as_tensor(trace.logit[0]) for trace in captured])
    difference = float((trained - read).abs().max())
    spread = float(read.std()) if read.numel() > 1 else 1.0
    if not difference <= TOLERANCE * max(1.0, spread):
        raise ModelError(
            f"{model.id} weighs other things in a plain forward pass than when it answers (logits "
            f"differ by up to {difference:.2g}), so what it learned would not be what is read. "
            "Try batch_size=1, or dtype='float32' in load_model."
        )
