"""Qwen-Omni checkpoints hold a talker beside the thinker; only the thinker answers in text.

The automatic class would load both, and its ``generate`` takes settings under names of its own. The
thinker loads alone from a full checkpoint, and gives the same logits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import transformers

from sottovoce.models.interface import ChatInterface
from sottovoce.models.quirks.sight import hearing_half

if TYPE_CHECKING:
    from collections.abc import Mapping


class Qwen25Omni(ChatInterface):
    """The thinker of Qwen2.5-Omni."""

    _family: ClassVar[str] = "Qwen2_5Omni"

    def load_processor(self, location: str, config: Any, options: Mapping[str, Any]) -> Any:
        """Return the processor without its eyes."""
        del config
        return hearing_half(getattr(transformers, f"{self._family}Processor"), location, options)

    def load_model(
        self, location: str, config: Any, options: Mapping[str, Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return the thinker, from a full checkpoint or one of its own."""
        del config
        thinker = getattr(transformers, f"{self._family}ThinkerForConditionalGeneration")
        loaded: tuple[Any, Mapping[str, Any]] = thinker.from_pretrained(location, **options)
        return loaded

    def finish(self, model: Any, processor: Any) -> None:
        """Tell the model which token begins a picture: it looks for one, and may not know."""
        if not hasattr(model.config, "vision_start_token_id"):
            token = processor.vision_bos_token
            model.config.vision_start_token_id = processor.tokenizer.convert_tokens_to_ids(token)


class Qwen3Omni(Qwen25Omni):
    """The thinker of Qwen3-Omni."""

    _family = "Qwen3OmniMoe"
