"""Which interface an architecture has: one of its own for a quirk, else the generic one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sottovoce.errors import ModelError
from sottovoce.models.interface import ChatInterface, Interface

if TYPE_CHECKING:
    from collections.abc import Callable

# An architecture's name in transformers, to a module of quirks/ and the class in it.
_QUIRKS = {
    "qwen2_audio": "qwen2_audio:Qwen2Audio",
    "qwen2_5_omni": "omni:Qwen25Omni",
    "qwen2_5_omni_thinker": "omni:Qwen25Omni",
    "qwen3_omni_moe": "omni:Qwen3Omni",
    "qwen3_omni_moe_thinker": "omni:Qwen3Omni",
    "gemma3n": "gemma:Gemma3n",
    "gemma4": "gemma:Gemma4",
    "granite_speech": "granite:GraniteSpeech",
    "granite_speech_plus": "granite:GraniteSpeech",
    "phi4_multimodal": "phi4:Phi4Multimodal",
    "vibevoice_asr": "vibevoice:VibeVoice",
    "voxtral": "voxtral:Voxtral",
    "whisper": "whisper:Whisper",
}
_registered: dict[str, Callable[[], Interface]] = {}


def register_interface(architecture: str, interface: Callable[[], Interface]) -> None:
    """Let :func:`sottovoce.load_model` use an interface for an architecture.

    Parameters
    ----------
    architecture
        The ``model_type`` in the model's config.json.
    interface
        Its class, or a function that makes one. It takes the place of one registered before, and
        of the one that comes with sottovoce.

    Raises
    ------
    ModelError
        If the two are not of these kinds.

    Examples
    --------
    >>> from sottovoce.models import ChatInterface, register_interface
    >>> class Martian(ChatInterface):
    ...     def rate(self, processor):
    ...         return 8000
    >>> register_interface("martian", Martian)
    >>> find_interface("martian").rate(processor=None)
    8000
    """
    if not isinstance(architecture, str) or not architecture or not callable(interface):
        raise ModelError(
            f"register_interface({architecture!r}, {interface!r}): give the model_type that stands "
            "in config.json, and a class of an interface."
        )
    _registered[architecture] = interface


def find_interface(architecture: str) -> Interface:
    """Return an interface for an architecture.

    Parameters
    ----------
    architecture
        The ``model_type`` in the model's config.json.

    Returns
    -------
    Interface
        The one registered, else the one for its quirk, else the generic one.
    """
    if architecture in _registered:
        return _registered[architecture]()
    if architecture in _QUIRKS:
        module, _, name = _QUIRKS[architecture].partition(":")
        interface: Interface = getattr(import_module(f"sottovoce.models.quirks.{module}"), name)()
        return interface
    return ChatInterface()
