"""change_voice: a recording with another pitch, tempo, loudness, breath, colour or channel."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.audio.world import Analysis, analyse, synthesise
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sottovoce.audio.recording import Recording

CORNER_HZ = 500.0
"""Where tilt begins: below it lies the pitch, whose level stays."""
TELEPHONE = (300.0, 3400.0)
QUIETEST_NOISE = -60.0


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed in a voice, and by how much; as it stands, nothing.

    Parameters
    ----------
    pitch
        Shift of the whole melody, semitones, -24 to 24.
    pitch_range
        Factor on the distance of the pitch from its mean, in semitones: 0 is monotone. 0 to 4.
    tempo
        Factor on the speed; the pitch stays. 0.5 to 2.
    loudness
        Gain, dB, -60 to 40. What would be beyond full scale is not clipped.
    breathiness
        Share of the voiced sound that becomes breath, more so at high frequencies. 0 to 1.
    tilt
        Change of the spectral slope above 500 Hz, dB per octave: above 0 is brighter. -12 to 12.
    noise
        Level of white noise that is added, dB relative to the recording; -60 or less is none.
    telephone
        How much of what a telephone cuts away, below 300 and above 3400 Hz, is gone. 0 to 1.

    Raises
    ------
    RecordingError
        If one is out of its range.
    """

    pitch: float = 0.0
    pitch_range: float = 1.0
    tempo: float = 1.0
    loudness: float = 0.0
    breathiness: float = 0.0
    tilt: float = 0.0
    noise: float = QUIETEST_NOISE
    telephone: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = RANGES[field.name]
            value = getattr(self, field.name)
            if not isinstance(value, int | float | np.number) or not low <= value <= high:
                raise RecordingError(f"{field.name}={value!r} must be from {low:g} to {high:g}")

    @property
    def needs_world(self) -> bool:
        """Whether the voice has to be taken apart for it."""
        return any(getattr(self, name) != getattr(Change(), name) for name in OF_THE_VOICE)


RANGES: dict[str, tuple[float, float]] = {
    "pitch": (-24, 24),
    "pitch_range": (0, 4),
    "tempo": (0.5, 2),
    "loudness": (-60, 40),
    "breathiness": (0, 1),
    "tilt": (-12, 12),
    "noise": (-math.inf, 40),
    "telephone": (0, 1),
}
UNITS = {
    "pitch": "semitones",
    "pitch_range": "times",
    "tempo": "times",
    "loudness": "dB",
    "breathiness": "share",
    "tilt": "dB/octave",
    "noise": "dB re voice",
    "telephone": "share",
}
OF_THE_VOICE = ("pitch", "pitch_range", "tempo", "breathiness")
"""What WORLD changes; the rest are filters, gains and noise."""


def change_voice(
    recording: Recording,
    change: Change,
    *,
    seed: int = 0,
    analysis: Analysis | None = None,
    through_world: bool = False,
) -> Recording:
    """Return a recording with a changed voice.

    Pitch, its range, tempo and breathiness are changed by WORLD (Morise et al. 2016,
    doi:10.1587/transinf.2015EDP7457), which takes a voice apart and puts it together: the result
    sounds a little synthetic, and is meant for one voice without much noise.

    Parameters
    ----------
    recording
        The recording.
    change
        What to change.
    seed
        Of the noise.
    analysis
        What WORLD found in the recording, if that is known already.
    through_world
        Take the voice apart and put it together also where nothing of it changes, so that what is
        compared differs in nothing else.

    Returns
    -------
    Recording
        Of the same rate; of another length where the tempo changes.

    Raises
    ------
    MissingExtraError
        If pyworld is needed and not installed.
    RecordingError
        If the recording has no pitch, and it is to be changed.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = sottovoce.load_recording(data_folder() / "samples" / "tom_neutral.flac")
    >>> quiet = change_voice(clip, Change(loudness=-20))
    >>> round(float(quiet.samples.std() / clip.samples.std()), 3)
    0.1
    """
    samples = np.asarray(recording.samples, dtype=np.float64)
    if change.needs_world or through_world:
        found = analyse(samples, recording.rate) if analysis is None else analysis
        samples = _with_voice(found, change, recording.id)
    if change.tilt or change.telephone:
        samples = _filtered(samples, recording.rate, change)
    # The noise stands in relation to the voice, so both grow louder together.
    if change.noise > QUIETEST_NOISE:
        level = samples.std() * 10 ** (change.noise / 20)
        samples = samples + np.random.default_rng(seed).normal(0, level, len(samples))
    samples = samples * 10 ** (change.loudness / 20)
    return replace(recording, samples=samples.astype(np.float32), content_hash="")


def _with_voice(found: Analysis, change: Change, name: str) -> NDArray[np.float64]:
    voiced = found.f0 > 0
    f0 = found.f0.copy()
    if change.pitch or change.pitch_range != 1:
        if not voiced.any():
            raise RecordingError(
                f"{name}: no pitch was found in it, so it cannot be changed. Give a voiced sound."
            )
        semitones = 12 * np.log2(f0[voiced])
        mean = semitones.mean()
        moved = mean + change.pitch + change.pitch_range * (semitones - mean)
        f0[voiced] = 2 ** (moved / 12)
    # Breath replaces the harmonics from above: all of them at the top, half of them at the bottom.
    reach = change.breathiness * np.linspace(0.5, 1, found.aperiodicity.shape[1])
    aperiodicity = found.aperiodicity + reach * (1 - found.aperiodicity)
    aperiodicity = np.where(voiced[:, None], aperiodicity, found.aperiodicity)
    return synthesise(replace(found, f0=f0, aperiodicity=aperiodicity), change.tempo)


def _filtered(samples: NDArray[np.float64], rate: int, change: Change) -> NDArray[np.float64]:
    """Return samples with another slope and less of what a telephone cuts away; same level."""
    frequency = np.fft.rfftfreq(len(samples), 1 / rate)
    octaves = np.log2(np.maximum(frequency, CORNER_HZ) / CORNER_HZ)
    gain = 10 ** (change.tilt * octaves / 20)
    low, high = TELEPHONE
    # Eighth order, as steep as a telephone's filter, without a shift of phase.
    with np.errstate(divide="ignore"):
        passes = 1 / np.sqrt((1 + (low / frequency) ** 16) * (1 + (frequency / high) ** 16))
    gain = gain * (1 - change.telephone * (1 - passes))
    changed = np.fft.irfft(np.fft.rfft(samples) * gain, len(samples))
    level = changed.std()
    return np.asarray(changed * (samples.std() / level if level else 1.0), dtype=np.float64)
