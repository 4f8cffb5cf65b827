"""Small folders of recordings with votes."""

import numpy as np
import pytest
import soundfile


@pytest.fixture
def add_recordings():
    """Write short tones under the names given."""

    def add(folder, names):
        samples = 0.3 * np.sin(np.arange(4000) * 0.1)
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, samples, 16000)

    return add


@pytest.fixture
def write(tmp_path):
    """Write a table and return its path."""

    def write(content, name="votes.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write
