"""Granite Speech switches the LoRA by which it hears on and off, and leaves its logits unscaled.

Its ``generate`` switches the LoRA off where no sound is given, as when sound is in a cache already:
so it is switched on for good, and the plain ``generate`` takes its place. The logits that the
language model was trained with are divided by ``logits_scaling``, which Granite Speech leaves out:
undivided they are too sharp, though the likeliest token stays the same.
"""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationMixin

from sottovoce.models.interface import ChatInterface
from sottovoce.models.quirks.lora import require_peft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class GraniteSpeech(ChatInterface):
    """The generic way, with the LoRA always on and the logits divided."""

    def load_model(
        self, location: str, config: Any, options: Mapping[str, Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return the model, or raise where its LoRA could not be read."""
        if config.has_lora_adapter:
            require_peft("What this model knows of speech")
        return super().load_model(location, config, options)

    def finish(self, model: Any, processor: Any) -> None:
        """Switch the LoRA on for good, and divide the logits."""
        del processor
        model.generate = partial(GenerationMixin.generate, model)
        if getattr(model, "_hf_peft_config_loaded", False):
            model.enable_adapters()
        scaling = float(getattr(model.config.text_config, "logits_scaling", None) or 1.0)
        # A later version of transformers may divide by itself.
        if scaling != 1 and not _divides(model):
            model.forward = _divided(model.forward, scaling)


def _divided(forward: Callable[..., Any], scaling: float) -> Callable[..., Any]:
    @wraps(forward)
    def divided(*args: Any, **options: Any) -> Any:
        output = forward(*args, **options)
        output.logits = output.logits / scaling
        return output

    return divided


@torch.inference_mode()
def _divides(model: Any) -> bool:
    """Return whether a model's logits differ from what its head gives."""
    given: list[torch.Tensor] = []
    hook = model.get_output_embeddings().register_forward_hook(
        lambda _module, _args, output: given.append(output)
    )
    try:
        logits = model(input_ids=torch.zeros(1, 1, dtype=torch.long, device=model.device)).logits
    finally:
        hook.remove()
    return not torch.equal(logits, given[0])
