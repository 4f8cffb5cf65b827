import sys
from pathlib import Path

import numpy as np
import pytest

import sottovoce
from sottovoce.audio import Recording
from sottovoce.models import SpeechModel

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from spoken import sample  # noqa: E402
from tiny_models.fixtures import folders, model, models, qwen  # noqa: E402, F401

PLANTED = (1.0, 2.0)  # seconds


@pytest.fixture(scope="session")
def bundled() -> SpeechModel:
    return sottovoce.load_model()


@pytest.fixture(scope="session")
def planted() -> Recording:
    """A neutral sentence, within which a second is spoken angrily by the same voice."""
    neutral, angry = (sample(f"tom_{emotion}").samples for emotion in ("neutral", "angry"))
    at = round(PLANTED[0] * 16000)
    second = angry[3200 : 3200 + round((PLANTED[1] - PLANTED[0]) * 16000)]
    return Recording(np.concatenate([neutral[:at], second, neutral[at:]]), 16000, "planted")
