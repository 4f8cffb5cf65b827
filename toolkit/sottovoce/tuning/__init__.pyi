from .lora.tune import TunedAdapter as TunedAdapter
from .lora.tune import tune_model as tune_model
