"""content_free: a recording without what it says, to ask a model what it answers to nothing."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sottovoce.errors import RecordingError, require_one_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sottovoce.audio.recording import Recording

ContentFree = Literal["silence", "noise", "shuffled"]

PIECE = 0.05
FADE = 0.005


def content_free(
    recording: Recording, kind: ContentFree = "silence", *, seed: int = 0
) -> Recording:
    """Return a recording of the same length, rate and name that says nothing.

    Parameters
    ----------
    recording
        From :func:`load_recording`.
    kind
        "silence": zeros. "noise": white noise as loud as the recording (RMS). "shuffled": its own
        pieces of 50 ms in random order, with the edges of each faded over 5 ms; words and melody
        are gone, loudness and the colour of the voice are not, and they may still sound like an
        emotion.
    seed
        Of noise and order. Recordings of different names get different ones.

    Returns
    -------
    Recording
        With a note that says what it is; its content hash is its own.

    Raises
    ------
    RecordingError
        If there is no such kind.

    References
    ----------
    T. Zhao, E. Wallace, S. Feng, D. Klein, S. Singh, "Calibrate before use: improving few-shot
    performance of language models", ICML 2021, arXiv:2102.09690, with texts in the place of sound.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce.audio import load_recording
    >>> talk = load_recording((0.1 * np.random.default_rng(0).normal(size=16000), 16000), id="talk")
    >>> silence = content_free(talk)
    >>> silence, float(np.abs(silence.samples).max())
    (Recording('talk', 1.00 s at 16000 Hz; silent; content-free: silence), 0.0)
    """
    require_one_of("kind", kind, get_args(ContentFree), RecordingError)
    # A name's number, so that clips of a corpus do not share one noise.
    generator = np.random.default_rng([seed, zlib.crc32(recording.id.encode())])
    samples = recording.samples
    if kind == "silence":
        made = np.zeros_like(samples)
    elif kind == "noise":
        loudness = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
        made = (loudness * generator.standard_normal(len(samples))).astype(np.float32)
    else:
        made = _shuffled(samples, recording.rate, generator)
    notes = [note for note in recording.notes if note != "silent"]
    if kind == "silence":
        notes.append("silent")
    return replace(
        recording, samples=made, content_hash="", notes=(*notes, f"content-free: {kind}")
    )


def _shuffled(
    samples: NDArray[np.float32], rate: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    size, fade = max(1, round(PIECE * rate)), max(1, round(FADE * rate))
    edges = list(range(0, len(samples), size))
    pieces = [samples[start : start + size].copy() for start in edges]
    for piece in pieces:
        ramp = np.linspace(0, 1, min(fade, len(piece)), dtype=np.float32)
        piece[: len(ramp)] *= ramp
        piece[len(piece) - len(ramp) :] *= ramp[::-1]
    return np.concatenate([pieces[place] for place in generator.permutation(len(pieces))])
