"""Qwen2-Audio fails on a recording of one audio token: it takes it for a prompt of its older kind.

So a recording of less than two tokens, which are seven frames, is padded with silence.
"""

from __future__ import annotations

from typing import Any

from sottovoce.models.interface import ChatInterface


class Qwen2Audio(ChatInterface):
    """The generic way, with a shortest recording."""

    def shortest(self, processor: Any) -> int:
        """Return the number of samples in seven frames."""
        return 7 * int(processor.feature_extractor.hop_length)
