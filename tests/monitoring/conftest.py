import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from sottovoce.audio import load_recording
from sottovoce.models import load_model
from sottovoce.monitoring import Monitor
from sottovoce.paths import data_folder


@pytest.fixture(scope="session")
def bundled():
    return load_model()


@pytest.fixture(scope="session")
def talk():
    """Three samples one after the other, with a pause: eleven seconds at 16 kHz."""
    names = ("anna_sad", "tom_angry", "tom_sad")
    clips = [load_recording(data_folder() / "samples" / f"{name}.flac").samples for name in names]
    pause = np.zeros(16_000 * 2, dtype=np.float32)
    return np.concatenate([clips[0], clips[1], pause, clips[2]])


@pytest.fixture
def monitor(bundled):
    def make(rules="angry above .5 for 2 windows running", **options):
        options = {"seconds": 1.5, "hop": 0.7, "source": "talk", "mode": "answer_step"} | options
        return Monitor(bundled, rules, **options)

    return make
