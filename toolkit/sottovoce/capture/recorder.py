"""The recorder: a slice of the raw logits of every decoding step, taken as the model runs.

The hook sits on the model as a whole and not on its head, so that what a model does after its head
(soft-capping, for instance) is in the numbers; and it reads what comes out of the forward pass, so
that nothing that `generate` does to scores afterwards is.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from sottovoce.capture.distribution import summarise
from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

# Logits of a whole prompt that take less than this are left as they are: only then does a single
# run equal `generate` to the bit, since a matrix product of another shape rounds differently.
PREFILL_BYTES = 64 * 2**20
# Steps are worked off in blocks, since on a small vocabulary the calls cost more than the numbers.
BLOCK_BYTES = 2**20


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
    positions
        The last positions of every forward pass that are steps: 1 while decoding, more where
        several tokens are given at once and one pass tells what was weighed before each.
    prefill_bytes
        Logits of a whole prompt that take more than this are not made; PREFILL_BYTES by default.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce import load_model
    >>> model = load_model()
    >>> noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    >>> inputs = model.inputs([noise], ["Which emotion does the speaker express?"])
    >>> settings = model.settings(max_new_tokens=1)
    >>> with Recorder(model.model, torch.tensor([5, 9])) as recorder:
    ...     sequences = model.model.generate(**inputs, generation_config=settings)
    >>> recorder.steps(n_steps=1).logit.shape
    torch.Size([1, 1, 2])
    """

    def __init__(
        self,
        model: Any,
        token_ids: torch.Tensor,
        *,
        positions: int = 1,
        prefill_bytes: int | None = None,
    ) -> None:
        self._model = model
        self._positions = positions
        self._prefill_bytes = PREFILL_BYTES if prefill_bytes is None else prefill_bytes
        self._token_ids = token_ids.to(model.device)
        self._pending: list[torch.Tensor] = []
        self._recorded: list[tuple[torch.Tensor, ...]] = []
        self._hook_rests = False
        self._undo: list[Callable[[], Any]] = []

    def __enter__(self) -> Recorder:
        self._pending.clear()
        self._recorded.clear()
        model = self._model
        self._undo.append(model.register_forward_hook(self._hook).remove)
        head = model.get_output_embeddings()
        keeps_last = "logits_to_keep" in inspect.signature(model.forward).parameters
        if head is not None and not keeps_last:
            self._undo.append(head.register_forward_pre_hook(self._cut_prefill).remove)
        self._watch_compiled()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._undo:
            self._undo.pop()()

    def _watch_compiled(self) -> None:
        """Record what comes out of a compiled model too.

        A hook is compiled into its graph, or left out of one that was compiled before. So what
        calls the graph is wrapped, and meanwhile the hook does nothing.
        """
        model = self._model
        compiled = getattr(model, "_compiled_call_impl", None)
        if compiled is not None:  # by torch.nn.Module.compile
            model._compiled_call_impl = self._watched(compiled)
            self._undo.append(partial(setattr, model, "_compiled_call_impl", compiled))
        if hasattr(model, "get_compiled_call"):  # by generate, where the cache is a static one
            get = model.get_compiled_call
            model.get_compiled_call = lambda *args: self._watched(get(*args))
            self._undo.append(partial(delattr, model, "get_compiled_call"))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            if torch.compiler.is_compiling():
                return call(*args, **kwargs)
            self._hook_rests = True
            try:
                output = call(*args, **kwargs)
            finally:
                self._hook_rests = False
            self._record(output)
            return output

        return watched

    # A hook's return value would replace the model's output, so this returns None.
    def _hook(self, _module: Any, _args: Any, output: Any) -> None:
        if not torch.compiler.is_compiling() and not self._hook_rests:
            self._record(output)

    def _record(self, output: Any) -> None:
        last = output.logits[:, -self._positions :]
        if last.nbytes >= BLOCK_BYTES:
            self._work_off()
            self._keep(last)
            return
        # A view would keep the whole prompt's logits alive, and a graph's memory is used again.
        self._pending.append(last.clone())
        if sum(logits.nbytes for logits in self._pending) >= BLOCK_BYTES:
            self._work_off()

    def _work_off(self) -> None:
        """Keep what is asked for of the pending steps, and let their whole vocabulary go."""
        if self._pending:
            logits = torch.cat(self._pending, dim=1)
            self._pending.clear()
            self._keep(logits)

    def _keep(self, logits: torch.Tensor) -> None:
        whole = summarise(logits.flatten(0, 1))
        kept = logits[..., self._token_ids].float()
        self._recorded.append((kept, *(one.unflatten(0, logits.shape[:2]) for one in whole)))

    def _cut_prefill(
        self, head: Any, args: tuple[torch.Tensor, ...]
    ) -> tuple[torch.Tensor, ...] | None:
        """Keep the last positions before the head, for models that would keep all of the prompt.

        Nothing reads the others, and the whole of them, prompt x vocabulary, can take gigabytes.
        """
        hidden, *rest = args
        vocabulary = head.weight.shape[0]
        if hidden[..., 0].numel() * vocabulary * hidden.element_size() <= self._prefill_bytes:
            return None
        return (hidden[:, -self._positions :], *rest)

    def steps(self, n_steps: int) -> Steps:
        """Return what was recorded in the first `n_steps` steps.

        On some devices ``generate`` looks one step ahead and throws that step away; it is left out
        here too.

        Raises
        ------
        ModelError
            If the model ran fewer steps than that.
        """
        self._work_off()
        parts = [torch.cat(blocks, dim=1) for blocks in zip(*self._recorded, strict=True)]
        ran = parts[0].shape[1] if parts else 0
        if ran < n_steps:
            raise ModelError(
                f"The model generated {n_steps} tokens in {ran} forward passes, so its steps "
                "cannot be told apart. Switch speculative decoding off."
            )
        return Steps(*(part[:, :n_steps] for part in parts))
