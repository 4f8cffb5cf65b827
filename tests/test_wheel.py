"""What travels in the wheel, and that it works where nothing else of the project is."""

import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HAS_WEIGHTS = (ROOT / "data" / "model" / "model.safetensors").is_file()


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel, built and unpacked into an empty folder."""
    for module in ("build", "hatchling"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed, so no wheel can be built")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("sottovoce-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_data_and_text_files_are_inside(unpacked):
    package = unpacked / "sottovoce"
    for name in (
        "py.typed",
        "__init__.pyi",
        "data/samples/votes.csv",
        "prompts/library.toml",
        "vocabulary/presets/emotions-ja.toml",
        "reports/page.css",
        "widgets/explorer/explorer.css",
        "widgets/shared/elements.js",
        "cli/dashboard_page/voila/templates/sottovoce/index.html.j2",
    ):
        assert (package / name).is_file(), name
    assert len(list((package / "data" / "samples").glob("*.flac"))) >= 24


def test_nothing_else_is_inside(unpacked):
    parts = {path.name for path in unpacked.iterdir()}
    assert len(parts) == 2
    assert "sottovoce" in parts
    assert not list(unpacked.rglob("__pycache__"))


@pytest.mark.skipif(not HAS_WEIGHTS, reason="data/model holds no weights")
def test_it_analyses_a_sample_from_another_folder(unpacked, tmp_path):
    code = (
        "import sottovoce; print(sottovoce.__file__)\n"
        "from sottovoce.cli import app; from sottovoce.paths import data_folder\n"
        "app(['analyse', str(data_folder() / 'samples' / 'anna_sad.flac'), '--out', 'run.zarr',"
        " '--prompts', 'one_word', '--max-new-tokens', '8'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str(unpacked / "sottovoce" / "__init__.py")
    assert "anna_sad" in done.stdout
    assert (tmp_path / "run.zarr").is_dir()
