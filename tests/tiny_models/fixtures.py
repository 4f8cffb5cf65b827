"""The fixtures over the small models, for the rooms whose conftest.py takes them in.

Each model is saved once for a whole run of pytest, when a test first asks for it.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sottovoce.models import SpeechModel, load_model
from tiny_models.flamingo import save_audio_flamingo, save_glm_asr, save_music_flamingo
from tiny_models.moss import save_moss
from tiny_models.qwen import save_qwen2_audio, save_qwen3_asr

# By the architecture's name in transformers, which is the folder's name and so the model's too.
ARCHITECTURES: dict[str, Callable[[Path], Path]] = {
    "qwen2_audio": save_qwen2_audio,
    "glmasr": save_glm_asr,
    "audioflamingo3": save_audio_flamingo,
    "musicflamingo": save_music_flamingo,
    "qwen3_asr": save_qwen3_asr,
    "moss_transcribe_diarize": save_moss,
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


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A folder with a small random model of each architecture."""
    if "folders" not in _shared:
        parent = tmp_path_factory.mktemp("models")
        _shared["folders"] = Made(lambda name: ARCHITECTURES[name](parent / name))
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


@pytest.fixture
def qwen(models: Mapping[str, SpeechModel]) -> SpeechModel:
    """The architecture of the bundled model."""
    return models["qwen2_audio"]
