import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from tiny_models import save_audio_flamingo, save_glm_asr, save_qwen2_audio  # noqa: E402

from sottovoce.models import SpeechModel, load_model  # noqa: E402

ARCHITECTURES = {
    "qwen2_audio": save_qwen2_audio,
    "glmasr": save_glm_asr,
    "audioflamingo3": save_audio_flamingo,
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder with a small random model of each architecture."""
    parent = tmp_path_factory.mktemp("models")
    return {name: save(parent / name) for name, save in ARCHITECTURES.items()}


@pytest.fixture(scope="session")
def models(folders: dict[str, Path]) -> dict[str, SpeechModel]:
    return {name: load_model(folder) for name, folder in folders.items()}


@pytest.fixture(params=ARCHITECTURES)
def model(request: pytest.FixtureRequest, models: dict[str, SpeechModel]) -> SpeechModel:
    """Each of the architectures in turn."""
    return models[request.param]


@pytest.fixture
def qwen(models: dict[str, SpeechModel]) -> SpeechModel:
    return models["qwen2_audio"]
