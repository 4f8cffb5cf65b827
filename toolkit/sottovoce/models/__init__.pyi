from .adapter import Adapter as Adapter
from .adapter import ChatAdapter as ChatAdapter
from .catalogue import Architecture as Architecture
from .catalogue import architectures as architectures
from .load import load_model as load_model
from .registry import register_adapter as register_adapter
from .speech_model import SpeechModel as SpeechModel
