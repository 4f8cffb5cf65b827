"""A model that brings its own code, as a repository on the hub does, and the interface for it."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from sottovoce.models import ChatInterface
from tiny_models.parts import language_model, make_tokenizer

CONFIGURATION = """
from transformers import PreTrainedConfig, Qwen2Config


class MartianConfig(PreTrainedConfig):
    model_type = "martian"

    def __init__(self, text_config=None, bands=4, **kwargs):
        self.text_config = Qwen2Config(**(text_config or {}))
        self.bands = bands
        super().__init__(**kwargs)
"""

MODELING = """
import torch
from safetensors.torch import save_file
from transformers import GenerationMixin, PreTrainedModel, Qwen2ForCausalLM

from .configuration_martian import MartianConfig


class MartianForSpeech(PreTrainedModel, GenerationMixin):
    config_class = MartianConfig

    def __init__(self, config):
        super().__init__(config)
        self.language_model = Qwen2ForCausalLM(config.text_config)
        self.ear = torch.nn.Linear(config.bands, config.text_config.hidden_size)
        self.post_init()

    def get_input_embeddings(self):
        return self.language_model.get_input_embeddings()

    def get_output_embeddings(self):
        return self.language_model.get_output_embeddings()

    def forward(self, input_ids, attention_mask=None, position_ids=None, loudness=None,
                past_key_values=None, use_cache=None, **kwargs):
        embedded = self.get_input_embeddings()(input_ids) + self.ear(loudness)[:, None]
        return self.language_model(
            inputs_embeds=embedded, attention_mask=attention_mask, position_ids=position_ids,
            past_key_values=past_key_values, use_cache=use_cache,
        )
"""


def save_martian(folder: Path) -> Path:
    """Save a model whose architecture transformers does not know."""
    folder.mkdir()
    tokenizer = make_tokenizer()
    tokenizer.save_pretrained(folder)
    text = language_model(tokenizer)
    (folder / "configuration_martian.py").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "modeling_martian.py").write_text(MODELING, encoding="utf-8")
    config = {
        "model_type": "martian",
        "architectures": ["MartianForSpeech"],
        "auto_map": {
            "AutoConfig": "configuration_martian.MartianConfig",
            "AutoModelForCausalLM": "modeling_martian.MartianForSpeech",
        },
        "text_config": text,
        "bands": 4,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    ear, language = torch.nn.Linear(4, text["hidden_size"]), Qwen2ForCausalLM(Qwen2Config(**text))
    torch.nn.init.normal_(ear.weight)
    weights = {f"language_model.{name}": weight for name, weight in language.state_dict().items()}
    weights |= {f"ear.{name}": weight for name, weight in ear.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


class Martian(ChatInterface):
    """Hears how loud four bands are, at 8 kHz and for ten seconds, and takes a bare question."""

    def load_processor(self, location, config, options):
        tokenizer = AutoTokenizer.from_pretrained(location, **options)
        return SimpleNamespace(tokenizer=tokenizer, bands=config.bands)

    def load_model(self, location, config, options):
        return AutoModelForCausalLM.from_pretrained(location, **options)

    def why_deaf(self, model, processor):
        return None

    def rate(self, processor):
        return 8000

    def longest(self, processor):
        return 10.0

    def encode(self, processor, samples, prompts):
        asked = processor.tokenizer(
            list(prompts),
            padding=True,
            add_special_tokens=False,
            split_special_tokens=True,
            return_tensors="pt",
        )
        return {**asked, "loudness": torch.stack([self._loudness(s, processor) for s in samples])}

    def _loudness(self, sound, processor):
        bands = np.array_split(np.abs(np.fft.rfft(sound)), processor.bands)
        return torch.tensor([np.log1p(band.mean()) for band in bands], dtype=torch.float32)
