"""Voxtral, with a tokenizer of mistral-common made from a handful of words."""

import base64
import json
from pathlib import Path

import torch
from transformers import (
    VoxtralConfig,
    VoxtralForConditionalGeneration,
    WhisperFeatureExtractor,
)

from tiny_models.parts import MEL_BINS, language_model, save_model, sinusoids

_SPECIAL = {
    0: "<unk>", 1: "<s>", 2: "</s>", 3: "[INST]", 4: "[/INST]", 5: "[AVAILABLE_TOOLS]",
    6: "[/AVAILABLE_TOOLS]", 7: "[TOOL_RESULTS]", 8: "[/TOOL_RESULTS]", 9: "[TOOL_CALLS]",
    10: "[IMG]", 11: "<pad>", 12: "[IMG_BREAK]", 13: "[IMG_END]", 14: "[PREFIX]",
    15: "[MIDDLE]", 16: "[SUFFIX]", 17: "[SYSTEM_PROMPT]",
    18: "[/SYSTEM_PROMPT]", 19: "[TOOL_CONTENT]", 24: "[AUDIO]", 25: "[BEGIN_AUDIO]",
    32: "[ARGS]", 33: "[CALL_ID]", 34: "[TRANSCRIBE]",
}  # fmt: skip
_N_SPECIAL = 40
_WORDS = (
    "ang angr angry hap happ happy sa sad ne neutral fe fear ye yes no",
    " a  an  ang  angr  angry  h  ha  hap  happ  happy  s  sa  sad  n  ne  f  fe  y  ye  yes  no",
)


def save_voxtral(folder: Path, *, seed: int = 0) -> Path:
    """Save a Voxtral."""
    folder.mkdir(parents=True)
    pieces = [bytes([value]) for value in range(256)]
    pieces += [word.encode() for word in _WORDS[0].split() if len(word) > 1]
    pieces += [f" {word}".encode() for word in _WORDS[1].split()]
    size = _N_SPECIAL + len(pieces)
    (folder / "tekken.json").write_text(json.dumps(_tekken(pieces, size)), encoding="utf-8")

    class Ids:
        eos_token_id, pad_token_id = 2, 11

        def __len__(self) -> int:
            return size

    config = VoxtralConfig(
        audio_config={
            "num_mel_bins": MEL_BINS,
            "hidden_size": 32,
            "intermediate_size": 128,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "initializer_range": 0.1,
        },
        text_config={"model_type": "llama", "head_dim": 32, **language_model(Ids())},
        audio_token_id=24,
    )
    torch.manual_seed(seed)
    model = VoxtralForConditionalGeneration(config)
    positions = model.model.audio_tower.embed_positions.weight
    positions.data.copy_(sinusoids(*positions.shape))
    save_model(model, Ids(), folder, eagerness_to_stop=3)
    WhisperFeatureExtractor(feature_size=MEL_BINS).save_pretrained(folder)
    content = {"processor_class": "VoxtralProcessor"}
    (folder / "processor_config.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def _tekken(pieces: list[bytes], size: int) -> dict[str, object]:
    return {
        "config": {
            "pattern": r"\p{N}| ?\p{L}+|[^\p{L}\p{N}]",
            "num_vocab_tokens": len(pieces),
            "default_vocab_size": size,
            "default_num_special_tokens": _N_SPECIAL,
            "version": "v11",
        },
        "vocab": [
            {"rank": rank, "token_bytes": base64.b64encode(piece).decode(), "token_str": None}
            for rank, piece in enumerate(pieces)
        ],
        "special_tokens": [
            {"rank": rank, "token_str": _SPECIAL.get(rank, f"<SPECIAL_{rank}>"), "is_control": True}
            for rank in range(_N_SPECIAL)
        ],
        "audio": {
            "sampling_rate": 16000,
            "frame_rate": 12.5,
            "audio_encoding_config": {"num_mel_bins": 128, "hop_length": 160, "window_size": 400},
            "chunk_length_s": 30,
        },
    }
