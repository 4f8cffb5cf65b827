"""Phi-4 multimodal loses its chat template on loading, and hears well only with its speech LoRA.

Its processor's constructor takes no template, so the one that was saved beside it is put back. The
LoRA for speech lies in a folder of the checkpoint and is not loaded with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import transformers

from sottovoce.models.interface import ChatInterface
from sottovoce.models.quirks.lora import add_lora
from sottovoce.models.quirks.sight import hearing_half

if TYPE_CHECKING:
    from collections.abc import Mapping

_LORA = "speech-lora"

# The form that the checkpoint's card gives, for checkpoints that bring none for processors.
_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'audio' %}AUDIO{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


class Phi4Multimodal(ChatInterface):
    """The generic way, with the template and the LoRA put back."""

    def load_processor(self, location: str, config: Any, options: Mapping[str, Any]) -> Any:
        """Return the processor without its eyes and with its template."""
        del config
        processor_class = transformers.Phi4MultimodalProcessor
        processor = hearing_half(processor_class, location, options)
        settings, _ = processor_class.get_processor_dict(location, **options)
        processor.chat_template = settings.get("chat_template") or _TEMPLATE.replace(
            "AUDIO", processor.audio_token
        )
        return processor

    def load_model(
        self, location: str, config: Any, options: Mapping[str, Any]
    ) -> tuple[Any, Mapping[str, Any]]:
        """Return the model with its LoRA for speech, if the checkpoint has it."""
        model, report = super().load_model(location, config, options)
        add_lora(model, location, options, _LORA)
        return model, report
