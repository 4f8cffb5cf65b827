"""The fixtures over the small models, for the rooms whose conftest.py takes them in.

Each model is saved once for a whole run of pytest, when a test first asks for it.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sottovoce.models import SpeechModel, load_model
from sottovoce.models.catalogue import architectures
from tiny_models.flamingo import save_audio_flamingo, save_glm_asr, save_music_flamingo
from tiny_models.fun_asr import save_fun_asr_nano
from tiny_models.gemma import save_gemma3n, save_gemma4
from tiny_models.granite import save_granite_speech, save_granite_speech_plus
from tiny_models.moss import save_moss
from tiny_models.omni import save_qwen2_5_omni_thinker, save_qwen3_omni_thinker
from tiny_models.phi4 import save_phi4_multimodal
from tiny_models.qwen import save_qwen2_audio, save_qwen3_asr
from tiny_models.vibevoice import save_vibevoice_asr
from tiny_models.voxtral import save_voxtral
from tiny_models.whisper import save_whisper

# By the architecture's name in transformers, which is the folder's name and so the model's too.
ARCHITECTURES: dict[str, Callable[[Path], Path]] = {
    "qwen2_audio": save_qwen2_audio,
    "qwen2_5_omni_thinker": save_qwen2_5_omni_thinker,
    "qwen3_omni_moe_thinker": save_qwen3_omni_thinker,
    "qwen3_asr": save_qwen3_asr,
    "audioflamingo3": save_audio_flamingo,
    "musicflamingo": save_music_flamingo,
    "glmasr": save_glm_asr,
    "gemma3n": save_gemma3n,
    "gemma4": save_gemma4,
    "phi4_multimodal": save_phi4_multimodal,
    "granite_speech": save_granite_speech,
    "granite_speech_plus": save_granite_speech_plus,
    "fun_asr_nano": save_fun_asr_nano,
    "moss_transcribe_diarize": save_moss,
    "vibevoice_asr": save_vibevoice_asr,
    "voxtral": save_voxtral,
    "whisper": save_whisper,
}


class Made(Mapping[str, Any]):
    """What is made for an architecture when it is first asked for."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(ARCHITECTURES)

    def __len__(self) -> int:
        return len(ARCHITECTURES)


_shared: dict[str, Made] = {}


def require_packages(name: str) -> None:
    """Skip the test, with the reason, where an architecture needs what cannot be imported here."""
    # The LoRA of a checkpoint needs peft; the small models have none.
    for package in (needed for needed in architectures()[name].needs if needed != "peft"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import_module(package.replace("-", "_"))
        except Exception as error:  # noqa: BLE001 - a broken package raises anything
            pytest.skip(f"{name} needs {package}: {type(error).__name__}: {error}".splitlines()[0])


def _save(name: str, folder: Path) -> Path:
    require_packages(name)
    return ARCHITECTURES[name](folder)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A folder with a small random model of each architecture."""
    if "folders" not in _shared:
        parent = tmp_path_factory.mktemp("models")
        _shared["folders"] = Made(lambda name: _save(name, parent / name))
    return _shared["folders"]


@pytest.fixture(scope="session")
def models(folders: Mapping[str, Path]) -> Mapping[str, SpeechModel]:
    """Each of the architectures, loaded."""
    if "models" not in _shared:
        _shared["models"] = Made(lambda name: load_model(folders[name]))
    return _shared["models"]


@pytest.fixture(params=ARCHITECTURES)
def model(request: pytest.FixtureRequest, models: Mapping[str, SpeechModel]) -> SpeechModel:
    """Each of the architectures in turn."""
    return models[request.param]


# For tests of what does not depend on the architecture: one that may not batch unequal recordings,
# one with windows over the past and soft-capped logits, and an encoder-decoder.
on_three_architectures = pytest.mark.parametrize(
    "model", ["qwen3_asr", "gemma4", "whisper"], indirect=True
)


@pytest.fixture
def qwen(models: Mapping[str, SpeechModel]) -> SpeechModel:
    """The architecture of the bundled model."""
    return models["qwen2_audio"]
