"""What every test may use."""

import os
import sys
from pathlib import Path
from unittest import mock

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _import_torchaudio(folder: Path) -> None:
    """Import torchaudio from a folder of its own, without its compiled half.

    Its wheel for Linux on PyPI is built for CUDA. Installed beside a torch without CUDA it can't be
    imported, and keeps transformers from being imported too. But its features of sound, which
    three architectures need, are Python, and where it finds no libraries it does without them.
    """
    found = Path.glob

    def without_libraries(at: Path, pattern: str):
        return [] if at == folder / "torchaudio" / "lib" else found(at, pattern)

    sys.path.append(str(folder))
    with mock.patch.object(Path, "glob", without_libraries):
        import torchaudio  # noqa: F401


# Before transformers looks whether it is there.
_folder = Path(os.environ.get("SOTTOVOCE_TEST_TORCHAUDIO") or "nowhere").resolve()
if (_folder / "torchaudio").is_dir():
    _import_torchaudio(_folder)


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
