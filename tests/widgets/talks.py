"""A long recording whose speaker changes the emotion, with a pause between."""

import numpy as np

import sottovoce
from sottovoce.audio import Recording, load_recording

SECONDS = 3.0
TURNS = ("angry", "sad", "happy")
PAUSE = 2  # the place of the silent window


def talk(name="talk"):
    """Anna angry for two windows, silence for one, then sad for two and happy for two."""
    files = sottovoce.load_corpus("sample").recordings
    rate = 16000
    length = round(SECONDS * rate)
    windows = []
    for emotion in TURNS:
        said = load_recording(files[f"anna_{emotion}"], rate=rate).samples
        windows += [np.resize(said, length)] * 2
    windows.insert(PAUSE, np.zeros(length, dtype=np.float32))
    return Recording(np.concatenate(windows).astype(np.float32), rate, id=name)
