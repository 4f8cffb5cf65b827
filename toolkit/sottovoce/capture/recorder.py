"""The recorder: a slice of the raw logits of every decoding step, taken as the model runs.

The hook sits on the model as a whole and not on its head, so that what a model does after its head
(soft-capping, for instance) is in the numbers; and it reads what comes out of the forward pass, so
that nothing that `generate` does to scores afterwards is.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from types import TracebackType

# Logits of a whole prompt that take less than this are left as they are: only then does a single
# run equal `generate` to the bit, since a matrix product of another shape rounds differently.
PREFILL_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Steps:
    """What was recorded, float32, on the model's device.

    Parameters
    ----------
    logit
        Raw logits of the slice, shape (row, step, token).
    log_normalizer
        Log-sum-exp over the whole vocabulary, shape (row, step).
    entropy
        Of the whole vocabulary's distribution, in nats, shape (row, step).
    top_token, top_logit
        The likeliest token of the whole vocabulary and its raw logit, shape (row, step).
    """

    logit: torch.Tensor
    log_normalizer: torch.Tensor
    entropy: torch.Tensor
    top_token: torch.Tensor
    top_logit: torch.Tensor


class Recorder:
    """Record the logits of some tokens at every step of ``generate``.

    Use it as a context manager; its hooks are gone afterwards, whatever happened in between.

    Parameters
    ----------
    model
        A model of transformers that generates.
    token_ids
        The slice: ids within the vocabulary, shape (token,).

    Examples
    --------
    >>> with Recorder(model.model, torch.tensor([5, 9])) as recorder:  # doctest: +SKIP
    ...     sequences = model.model.generate(**inputs, generation_config=model.settings(8))
    >>> recorder.steps(n_steps=8).logit.shape  # doctest: +SKIP
    torch.Size([1, 8, 2])
    """

    def __init__(self, model: Any, token_ids: torch.Tensor) -> None:
        self._model = model
        self._token_ids = token_ids.to(model.device)
        self._recorded: list[tuple[torch.Tensor, ...]] = []
        self._hooks: list[Any] = []

    def __enter__(self) -> Recorder:
        self._recorded.clear()
        self._hooks.append(self._model.register_forward_hook(self._record))
        head = self._model.get_output_embeddings()
        keeps_last = "logits_to_keep" in inspect.signature(self._model.forward).parameters
        if head is not None and not keeps_last:
            self._hooks.append(head.register_forward_pre_hook(_cut_prefill))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    # A hook's return value would replace the model's output, so this returns None.
    def _record(self, _module: Any, _args: Any, output: Any) -> None:
        logits = output.logits[:, -1].float()
        log_normalizer = logits.logsumexp(dim=-1)
        probability = (logits - log_normalizer[:, None]).exp()
        top = logits.max(dim=-1)
        self._recorded.append(
            (
                logits[:, self._token_ids],
                log_normalizer,
                torch.special.entr(probability).sum(dim=-1),
                top.indices,
                top.values,
            )
        )

    def steps(self, n_steps: int) -> Steps:
        """Return what was recorded in the first `n_steps` steps.

        On some devices ``generate`` looks one step ahead and throws that step away; it is left out
        here too.

        Raises
        ------
        ModelError
            If the model ran fewer steps than that.
        """
        if len(self._recorded) < n_steps:
            raise ModelError(
                f"The model generated {n_steps} tokens in {len(self._recorded)} forward passes, so "
                "its steps cannot be told apart. Switch speculative decoding off."
            )
        return Steps(
            *(torch.stack(parts, dim=1) for parts in zip(*self._recorded[:n_steps], strict=True))
        )


def _cut_prefill(head: Any, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...] | None:
    """Keep the prompt's last position before the head, for models that would keep all of them.

    ``generate`` reads no other, and the whole of them, prompt x vocabulary, can take gigabytes.
    """
    hidden, *rest = args
    vocabulary = head.weight.shape[0]
    if hidden[..., 0].numel() * vocabulary * hidden.element_size() <= PREFILL_BYTES:
        return None
    return (hidden[:, -1:], *rest)
