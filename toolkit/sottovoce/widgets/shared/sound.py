"""A recording as a browser takes it: a file to play, and an outline to draw."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sottovoce.audio import Recording

COLUMNS = 800


def wav_bytes(recording: Recording) -> bytes:
    """Return a recording as a WAV file, 16 bits at its own rate; what is over full scale clips.

    Examples
    --------
    >>> from sottovoce.audio import Recording
    >>> tone = Recording(np.zeros(8000, dtype="float32"), 16000, id="tone")
    >>> wav_bytes(tone)[:4], len(wav_bytes(tone))
    (b'RIFF', 16044)
    """
    import soundfile

    buffer = io.BytesIO()
    samples = np.clip(recording.samples, -1, 1)
    soundfile.write(buffer, samples, recording.rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def envelope(recording: Recording, columns: int = COLUMNS) -> dict[str, list[float]]:
    """Return the lowest and the highest sample of each column of a drawing.

    Parameters
    ----------
    recording
        The sound.
    columns
        How many, at most; no more than there are samples.

    Returns
    -------
    dict
        "low" and "high", a number a column, parts of the recording's own peak, so that a whisper
        can be seen too.

    Examples
    --------
    >>> from sottovoce.audio import Recording
    >>> rise = Recording(np.array([0, 0.1, -0.2, 0.4], dtype="float32"), 16000, id="rise")
    >>> envelope(rise, 2)
    {'low': [0.0, -0.5], 'high': [0.25, 1.0]}
    """
    samples = recording.samples
    starts = np.linspace(0, len(samples), min(columns, len(samples)), endpoint=False).astype(int)
    peak = max(float(np.abs(samples).max(initial=0.0)), 1e-9)
    return {
        "low": (np.minimum.reduceat(samples, starts) / peak).round(3).astype(float).tolist(),
        "high": (np.maximum.reduceat(samples, starts) / peak).round(3).astype(float).tolist(),
    }
