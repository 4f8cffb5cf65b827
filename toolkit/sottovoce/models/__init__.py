"""Speech models: the bundled one, a folder, or one of the hub, all through one path."""

from sottovoce.models import telemetry  # noqa: F401 - before anything of the hub is imported
from sottovoce.models.adapter import Adapter, ChatAdapter
from sottovoce.models.load import load_model
from sottovoce.models.registry import register_adapter
from sottovoce.models.speech_model import SpeechModel

__all__ = ["Adapter", "ChatAdapter", "SpeechModel", "load_model", "register_adapter"]
