"""Sample recordings, as the bundled model hears them."""

import sottovoce
from sottovoce.audio import Recording


def sample(name: str) -> Recording:
    """A sample recording, as the bundled model hears it."""
    return sottovoce.load_recording(sottovoce.load_corpus("sample").recordings[name])
