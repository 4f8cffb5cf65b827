"""Gemma's eyes would need torchvision, and for Gemma 3n timm, which its weights need all the same.

Both hear thirty seconds, and what is longer is cut in silence; that is measured as for any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import transformers

from sottovoce.models.interface import ChatInterface
from sottovoce.models.quirks.sight import hearing_half

if TYPE_CHECKING:
    from collections.abc import Mapping


class Gemma4(ChatInterface):
    """Gemma 4."""

    _processor: ClassVar[str] = "Gemma4Processor"

    def load_processor(self, location: str, config: Any, options: Mapping[str, Any]) -> Any:
        """Return the processor without its eyes."""
        del config
        return hearing_half(getattr(transformers, self._processor), location, options)


class Gemma3n(Gemma4):
    """Gemma 3n."""

    _processor = "Gemma3nProcessor"
