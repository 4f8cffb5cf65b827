"""What six emotions do to a voice: one prosody prototype each, and mixtures of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sottovoce.errors import VocabularyError

Weights = Mapping[str, float] | Sequence[float] | NDArray[np.floating]


@dataclass(frozen=True)
class Prosody:
    """How something is said, relative to the speaker's plain voice.

    Parameters
    ----------
    pitch
        Shift of the mean pitch, semitones.
    pitch_range
        Factor on the distance of the pitch from its mean (1 leaves it, 0 is monotone).
    slope
        Drift of the pitch from the first to the last moment, semitones.
    tempo
        Speaking rate as a factor; above 1 is faster.
    level
        Level of the loud frames (90th percentile of 20 ms frames), dBFS.
    tilt
        Change of the spectral slope above 500 Hz, dB per octave; above 0 is brighter.
    breathiness
        Share of the periodic energy that becomes noise, 0 to 1, more so at high frequencies.
    tremor
        Depth of a 6.5 Hz vibration of the pitch, semitones; the level trembles with it.
    jitter
        Standard deviation of fast random pitch changes, semitones: a rough or creaky voice.
    onset
        Sharpness of onsets: the local contrast of the level is multiplied by 1 + onset.
    """

    pitch: float
    pitch_range: float
    slope: float
    tempo: float
    level: float
    tilt: float
    breathiness: float
    tremor: float
    jitter: float
    onset: float

    def to_array(self) -> NDArray[np.float64]:
        """Return the parameters in the order of the fields, shape (10,)."""
        return np.array([getattr(self, field.name) for field in fields(self)], dtype=np.float64)


PROTOTYPES: dict[str, Prosody] = {
    "angry": Prosody(1.0, 1.5, -4.0, 1.15, -13.5, 4.0, 0.0, 0.0, 0.45, 0.7),
    "disgusted": Prosody(-3.5, 0.9, -5.0, 0.80, -26.0, 0.5, 0.10, 0.0, 0.90, 0.2),
    "fearful": Prosody(7.5, 0.5, 2.0, 1.30, -22.0, -0.5, 0.55, 1.6, 0.15, -0.1),
    "happy": Prosody(5.0, 2.6, 4.0, 0.96, -19.0, 1.5, 0.0, 0.0, 0.0, 0.3),
    "neutral": Prosody(0.0, 0.8, -1.0, 1.02, -26.5, 0.0, 0.0, 0.0, 0.0, 0.0),
    "sad": Prosody(-1.0, 0.35, -2.0, 0.72, -34.0, -4.0, 0.65, 0.35, 0.05, -0.5),
}
"""One prototype per emotion, in the order of the six emotions.

The directions follow the reviews of vocal expression: anger is loud, fast, bright and sharply
attacked; fear high, fast, narrow in range, breathy and trembling; joy high, wide and rising;
sadness quiet, slow, dark, narrow and soft in its attacks (Juslin & Laukka 2003,
doi:10.1037/0033-2909.129.5.770, table 11); disgust low and slow with a falling, rough voice (Banse
& Scherer 1996, doi:10.1037/0022-3514.70.3.614). The sizes were chosen by this project so that the
six differ in several dimensions at once; they are not measurements.
"""

EMOTIONS: tuple[str, ...] = tuple(PROTOTYPES)

VARIATION = Prosody(0.45, 0.07, 0.5, 0.025, 0.9, 0.25, 0.025, 0.06, 0.03, 0.04)
"""Standard deviation of the differences between two clips with the same weights."""

_LEAST = Prosody(-6.0, 0.2, -8.0, 0.6, -38.0, -6.0, 0.0, 0.0, 0.0, -0.6)
_MOST = Prosody(10.0, 3.0, 6.0, 1.5, -11.0, 5.0, 0.9, 2.0, 1.3, 1.0)


def mixture(weights: Weights) -> NDArray[np.float64]:
    """Return weights over the six emotions that sum to 1.

    Parameters
    ----------
    weights
        A mapping from emotion to weight (what is left out is 0), or six numbers in the order of
        `EMOTIONS`.

    Returns
    -------
    ndarray of float64, shape (6,)

    Raises
    ------
    VocabularyError
        If an emotion is unknown, a weight is negative or not finite, or all are 0.

    Examples
    --------
    >>> mixture({"angry": 3, "neutral": 1}).tolist()
    [0.75, 0.0, 0.0, 0.0, 0.25, 0.0]
    """
    if isinstance(weights, Mapping):
        unknown = sorted(set(weights) - set(EMOTIONS))
        if unknown:
            raise VocabularyError(
                f"weights names {', '.join(map(repr, unknown))}; "
                f"the emotions are {', '.join(EMOTIONS)}"
            )
        weights = [weights.get(emotion, 0.0) for emotion in EMOTIONS]
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (len(EMOTIONS),):
        raise VocabularyError(
            f"weights has the shape {values.shape}; give six numbers in the order "
            f"{', '.join(EMOTIONS)}, or a mapping from emotion to weight"
        )
    if not np.isfinite(values).all() or (values < 0).any() or values.sum() <= 0:
        raise VocabularyError(f"weights={values.tolist()} must be finite, 0 or more, and not all 0")
    return np.asarray(values / values.sum(), dtype=np.float64)


def mixed_prosody(weights: Weights, generator: np.random.Generator | None = None) -> Prosody:
    """Return the weighted mean of the prototypes.

    Parameters
    ----------
    weights
        See `mixture`.
    generator
        Where the small variation of a clip is drawn from (see `VARIATION`); None for none.

    Examples
    --------
    >>> mixed_prosody({"angry": 0.5, "neutral": 0.5}).level
    -20.0
    """
    mean = mixture(weights) @ np.stack([p.to_array() for p in PROTOTYPES.values()])
    if generator is not None:
        drawn = np.clip(generator.standard_normal(mean.size), -2, 2)
        mean = np.clip(mean + drawn * VARIATION.to_array(), _LEAST.to_array(), _MOST.to_array())
    return Prosody(*(float(value) for value in mean))
