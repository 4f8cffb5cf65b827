"""The lens: what stands in the inner layers of a language model, read, or put in from elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from sottovoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sottovoce.models import SpeechModel

LEAST_RUN = 2  # tokens of one kind in a row that are the sound's
TOLERANCE = 1e-3  # of the largest logit, between what the lens reads at the end and the model says


class Lens:
    """A view into the layers of a model's language model.

    The logit lens (nostalgebraist 2020): what a layer gives is passed through the norm after the
    last layer and through the head, as if the layers in between were not there. Only the rows of
    the head that belong to some tokens are multiplied.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    token_ids
        The slice of the vocabulary.

    Raises
    ------
    ModelError
        If the layers, the norm after them, or the head are not where a lens looks for them.
    """

    def __init__(self, model: SpeechModel, token_ids: Sequence[int]) -> None:
        decoder = None if model.is_encoder_decoder else model.model.get_decoder()
        head = model.model.get_output_embeddings()
        if not (hasattr(decoder, "layers") and hasattr(decoder, "norm")) or head is None:
            raise ModelError(
                f"{model.id} ({model.model.config.model_type}) cannot be looked into: its layers, "
                "the norm after them and its head are not found where a lens looks. `sottovoce "
                "models` tells which architectures have a lens."
            )
        self._model = model
        self._decoder: Any = decoder
        self._ids = torch.tensor(list(token_ids), dtype=torch.long, device=head.weight.device)
        self._head = head
        self._text = model.model.config.get_text_config()

    @property
    def n_layers(self) -> int:
        """How many layers there are."""
        return len(self._decoder.layers)

    @torch.inference_mode()
    def hidden(self, inputs: dict[str, Any]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what each layer gives, and the model's own logits of the slice at the end.

        Parameters
        ----------
        inputs
            From the model's ``inputs``.

        Returns
        -------
        hidden : torch.Tensor
            Shape (layer, row, position, width); layer 0 is what goes into the first.
        logit : torch.Tensor
            Of the slice, at the last position, shape (row, token).

        Raises
        ------
        ModelError
            If a layer gives something else than a vector for each position.
        """
        kept: list[torch.Tensor] = []
        hooks = [
            self._decoder.layers[0].register_forward_pre_hook(
                lambda _module, args, options: kept.append(_vector(args, options)),
                with_kwargs=True,
            ),
            *(
                layer.register_forward_hook(
                    lambda _module, _args, output: kept.append(_first(output).detach())
                )
                for layer in self._decoder.layers
            ),
        ]
        try:
            logit = self.last(inputs)
        finally:
            for hook in hooks:
                hook.remove()
        shape = (logit.shape[0], kept[0].shape[1], self._head.weight.shape[1])
        if len(kept) != self.n_layers + 1 or any(one.shape != shape for one in kept):
            raise ModelError(
                f"{self._model.id} ({self._model.model.config.model_type}) cannot be looked into: "
                f"its layers give {tuple(kept[-1].shape)} in place of a vector for each position, "
                f"{shape}."
            )
        return torch.stack(kept), logit

    @torch.inference_mode()
    def last(self, inputs: dict[str, Any]) -> torch.Tensor:
        """Return the model's own logits of the slice at the last position, shape (row, token)."""
        output = self._model.model(**inputs, **self._model.generate_options)
        logit: torch.Tensor = output.logits[:, -1].float()[:, self._ids]
        return logit

    @torch.inference_mode()
    def read(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the logits of the slice that the model would give if it ended here.

        Parameters
        ----------
        hidden
            Shape (..., width).

        Returns
        -------
        torch.Tensor
            Shape (..., token), float32.
        """
        normed = self._decoder.norm(hidden)
        bias = getattr(self._head, "bias", None)
        logit = torch.nn.functional.linear(
            normed, self._head.weight[self._ids], None if bias is None else bias[self._ids]
        ).float()
        scaling = float(getattr(self._text, "logits_scaling", None) or 1.0)
        cap = getattr(self._text, "final_logit_softcapping", None)
        logit = logit / scaling
        return logit if cap is None else torch.tanh(logit / cap) * cap

    def require_faithful(self, hidden: torch.Tensor, logit: torch.Tensor) -> None:
        """Raise unless the lens reads in the last layer what the model says.

        Parameters
        ----------
        hidden, logit
            From :meth:`hidden`.

        Raises
        ------
        ModelError
            If it does not: then something lies between the layers and the logits that the lens
            leaves out.
        """
        read = self.read(hidden[-1][:, -1])
        # What is the same for every token changes no share.
        missed = (read - logit) - (read - logit).mean(dim=-1, keepdim=True)
        largest = float(missed.abs().max())
        rounding = 1 if hidden.dtype == torch.float32 else 50
        if largest > rounding * TOLERANCE * max(1.0, float(logit.abs().max())):
            raise ModelError(
                f"{self._model.id} ({self._model.model.config.model_type}) cannot be looked into: "
                "the lens reads logits in its last layer that differ from its own by "
                f"{largest:.2g}."
            )

    @contextmanager
    def patched(self, layer: int, vectors: torch.Tensor, positions: torch.Tensor) -> Iterator[None]:
        """Put vectors from elsewhere in the place of what a layer gives.

        Parameters
        ----------
        layer
            As in :meth:`hidden`: 0 is what goes into the first layer.
        vectors
            Shape (position, width), for all positions of a row.
        positions
            Where each row of the batch takes them over, bool, shape (row, position).
        """

        def put(hidden: torch.Tensor) -> torch.Tensor:
            return torch.where(positions[..., None], vectors[None].to(hidden.dtype), hidden)

        def before(_module: Any, args: Any, options: Any) -> Any:
            if args:
                return (put(args[0]), *args[1:]), options
            return args, options | {"hidden_states": put(options["hidden_states"])}

        def after(_module: Any, _args: Any, output: Any) -> Any:
            if isinstance(output, tuple):
                return (put(output[0]), *output[1:])
            return put(output)

        if layer == 0:
            hook = self._decoder.layers[0].register_forward_pre_hook(before, with_kwargs=True)
        else:
            hook = self._decoder.layers[layer - 1].register_forward_hook(after)
        try:
            yield
        finally:
            hook.remove()


def sound_positions(ids: Sequence[int]) -> range:
    """Return where the sound lies in a prompt: the longest run of one token.

    Examples
    --------
    >>> sound_positions([1, 7, 7, 7, 2, 3, 3])
    range(1, 4)
    """
    best = range(0)
    start = 0
    for place in range(1, len(ids) + 1):
        if place == len(ids) or ids[place] != ids[start]:
            if place - start > max(len(best), LEAST_RUN - 1):
                best = range(start, place)
            start = place
    return best


def _first(output: Any) -> torch.Tensor:
    tensor: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return tensor


def _vector(args: Any, options: Any) -> torch.Tensor:
    tensor: torch.Tensor = args[0] if args else options["hidden_states"]
    return tensor.detach()
