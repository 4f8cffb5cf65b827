"""Which of transformers' automatic classes loads a speech model's architecture."""

from __future__ import annotations

from typing import Any

import transformers
from transformers.models.auto import modeling_auto

from sottovoce.errors import ModelError

# Which class loads an architecture stands in these maps; some speech models are in the last only.
_MAPS = {
    "AutoModelForMultimodalLM": "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "AutoModelForSpeechSeq2Seq": "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES",
    "AutoModelForSeq2SeqLM": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
}


def auto_class(config: Any, *, trust_remote_code: bool = False) -> Any:
    """Return the first automatic class that knows an architecture.

    Parameters
    ----------
    config
        The model's configuration.
    trust_remote_code
        Whether classes of the model's own repository count.

    Raises
    ------
    ModelError
        If none knows it.
    """
    remote = getattr(config, "auto_map", None) if trust_remote_code else None
    for name, mapping in _MAPS.items():
        known = getattr(modeling_auto, mapping, {})
        if config.model_type in known or (remote and name in remote):
            return getattr(transformers, name)
    raise ModelError(
        f"{config.model_type} is not among the speech models that transformers "
        f"{transformers.__version__} knows; a text-only model cannot hear. Choose a speech model, "
        "such as Qwen/Qwen2-Audio-7B-Instruct. If it brings code of its own, it needs an "
        "interface: load_model(..., interface=...), see sottovoce.models.Interface."
    )
