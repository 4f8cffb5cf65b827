"""Small random speech models with tokenizers of their own, saved like real ones.

They hear, answer and stop within milliseconds, and what they say means nothing. Their weights are
scaled so that logits spread, recordings matter, and answers end now and then.
"""

from tiny_models.flamingo import save_audio_flamingo, save_glm_asr, save_music_flamingo
from tiny_models.fun_asr import save_fun_asr_nano
from tiny_models.gemma import save_gemma3n, save_gemma4
from tiny_models.granite import save_granite_speech, save_granite_speech_plus
from tiny_models.moss import save_moss
from tiny_models.omni import save_qwen2_5_omni_thinker, save_qwen3_omni_thinker
from tiny_models.parts import AUDIO_TOKEN, TURN_END, make_tokenizer
from tiny_models.phi4 import save_phi4_multimodal
from tiny_models.qwen import save_qwen2_audio, save_qwen3_asr
from tiny_models.vibevoice import save_vibevoice_asr
from tiny_models.whisper import save_whisper

__all__ = [
    "AUDIO_TOKEN",
    "TURN_END",
    "make_tokenizer",
    "save_audio_flamingo",
    "save_fun_asr_nano",
    "save_gemma3n",
    "save_gemma4",
    "save_glm_asr",
    "save_granite_speech",
    "save_granite_speech_plus",
    "save_moss",
    "save_music_flamingo",
    "save_phi4_multimodal",
    "save_qwen2_5_omni_thinker",
    "save_qwen2_audio",
    "save_qwen3_asr",
    "save_qwen3_omni_thinker",
    "save_vibevoice_asr",
    "save_whisper",
]
