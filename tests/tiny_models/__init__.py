"""Small random speech models with tokenizers of their own, saved like real ones.

They hear, answer and stop within milliseconds, and what they say means nothing. Their weights are
scaled so that logits spread, recordings matter, and answers end now and then.
"""

from tiny_models.flamingo import save_audio_flamingo, save_glm_asr, save_music_flamingo
from tiny_models.moss import save_moss
from tiny_models.parts import AUDIO_TOKEN, TURN_END, make_tokenizer
from tiny_models.qwen import save_qwen2_audio, save_qwen3_asr

__all__ = [
    "AUDIO_TOKEN",
    "TURN_END",
    "make_tokenizer",
    "save_audio_flamingo",
    "save_glm_asr",
    "save_moss",
    "save_music_flamingo",
    "save_qwen2_audio",
    "save_qwen3_asr",
]
