"""What every test may use."""

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


# Packages that must not stand in the environment itself, where `make test` put them: torchaudio,
# whose wheel for Linux is built for CUDA and, beside a torch without, keeps transformers from being
# imported (without its libraries, which `make` takes out, its features of sound are Python alone);
# and mistral-common, which asks for an older numpy, and runs with this one.
if folder := os.environ.get("SOTTOVOCE_TEST_PACKAGES"):
    sys.path.append(str(Path(folder).resolve()))


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
