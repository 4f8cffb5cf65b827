"""What every test may use."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


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
