import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "reports")]

from made_up import make_run  # noqa: E402
from tiny_models import save_glm_asr  # noqa: E402

from sottovoce.cli import app  # noqa: E402
from sottovoce.corpora import load_corpus  # noqa: E402
from sottovoce.dataset import save_run  # noqa: E402


@pytest.fixture
def call(monkeypatch):
    """Run a command line; returns its exit code, what it printed, and what it complained."""
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def numbers(call, tmp_path):
    """Run a command line with --json; returns its result and the numbers."""

    def run(*arguments):
        path = tmp_path / "numbers" / "out.json"
        result = call(*arguments, "--json", path)
        return result, json.loads(path.read_text(encoding="utf-8"))

    return run


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    """A small random model of another architecture than the bundled one's."""
    return save_glm_asr(tmp_path_factory.mktemp("models") / "another")


@pytest.fixture(scope="session")
def saved_run(tmp_path_factory):
    """A saved run over the sample recordings, one of which failed."""
    run = make_run(load_corpus("sample"), failed=["tom_sad"])
    return save_run(run, tmp_path_factory.mktemp("runs") / "sample.zarr")


@pytest.fixture
def recordings(tmp_path):
    """A folder of recordings of one's own."""
    folder = tmp_path / "my recordings"
    folder.mkdir()
    for number, pitch in enumerate((110, 220, 330), start=1):
        time = np.arange(12_000) / 16_000
        soundfile.write(
            folder / f"clip_{number}.wav", 0.3 * np.sin(2 * np.pi * pitch * time), 16_000
        )
    return folder
