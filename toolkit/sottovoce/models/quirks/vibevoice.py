"""VibeVoice adds random noise to what it hears, and differs from itself unless told not to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sottovoce.models.interface import ChatInterface

if TYPE_CHECKING:
    from collections.abc import Mapping


class VibeVoice(ChatInterface):
    """The generic way, without noise."""

    generate_options: ClassVar[Mapping[str, Any]] = {"sample": False}
