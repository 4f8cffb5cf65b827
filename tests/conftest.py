"""What every test may use."""

import os
import sys
from pathlib import Path
from unittest import mock

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _take_in(folder: Path) -> None:
    """Let packages be imported that must not stand in the environment itself.

    torchaudio: its wheel for Linux on PyPI is built for CUDA. Installed beside a torch without CUDA
    it can't be imported, and keeps transformers from being imported too. But its features of sound,
    which three architectures need, are Python, and where it finds no libraries it does without.
    mistral-common, for Voxtral: it asks for an older numpy, and runs with this one.
    """
    found = Path.glob

    def without_libraries(at: Path, pattern: str):
        return [] if at == folder / "torchaudio" / "lib" else found(at, pattern)

    sys.path.append(str(folder))
    if (folder / "torchaudio").is_dir():
        with mock.patch.object(Path, "glob", without_libraries):
            import torchaudio  # noqa: F401


# Before transformers looks what is there.
if os.environ.get("SOTTOVOCE_TEST_PACKAGES"):
    _take_in(Path(os.environ["SOTTOVOCE_TEST_PACKAGES"]).resolve())


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with the real recordings (crema-d/, odd-audio/), where there is one."""
    folder = os.environ.get("SOTTOVOCE_TEST_DATA")
    if not folder:
        pytest.skip("SOTTOVOCE_TEST_DATA names no folder with crema-d/ and odd-audio/")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"SOTTOVOCE_TEST_DATA={folder} is not a folder")
    return path
