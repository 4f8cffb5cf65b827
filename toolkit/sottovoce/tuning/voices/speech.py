"""Synthetic emotional speech: a sentence, a speaker and a mixture of emotions become a sound.

The voices are synthetic, and so is the emotion: espeak-ng speaks the sentence plainly, and WORLD
changes how it is said, after the prosody prototypes of `sottovoce.tuning.voices.prosody`. Such
clips may be given away, which recordings of people may not; they are no measure of how well a model
hears people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from sottovoce.audio.world import FRAME_MS, Analysis, analyse, synthesise
from sottovoce.tuning.voices.prosody import mixed_prosody
from sottovoce.tuning.voices.world import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sottovoce.tuning.voices.prosody import Prosody, Weights
    from sottovoce.tuning.voices.world import Voice

SHORTEST_SPEECH, LONGEST_SPEECH = 1.05, 4.2
"""Seconds of speech without the silence around it; the tempo gives way to stay between."""

_TREMOR_HZ = 6.5
_PEAK, _KNEE = 0.97, 0.7


def speak(
    text: str, voice: Voice, weights: Weights, seed: int, rate: int = 16000
) -> NDArray[np.float32]:
    """Speak a sentence with a mixture of emotions.

    Parameters
    ----------
    text
        An English sentence of some five to ten words.
    voice
        Who speaks.
    weights
        A mapping from emotion to weight, or six numbers in alphabetical order of the emotions.
    seed
        Seeds the small variation of the prosody, the silence around the speech and its noise.
    rate
        Samples per second.

    Returns
    -------
    ndarray of float32, shape (sample,)
        1.3 to 5 s (the tempo gives way for very short or long sentences), mono, the largest
        magnitude below 0.99, with 0.1 to 0.4 s of near silence at both ends.

    Raises
    ------
    SottovoceError
        If espeak-ng is missing or cannot say it.
    MissingExtraError
        If pyworld is missing.
    VocabularyError
        If the weights are not a mixture of the six emotions.

    Examples
    --------
    >>> from sottovoce.tuning.voices.training_set import TRAINING_VOICES
    >>> ada = TRAINING_VOICES[0]
    >>> sound = speak("The train leaves at nine.", ada, {"happy": 1}, 1)  # doctest: +SKIP
    """
    # A stream each, so that clips of one seed differ by their weights alone.
    for_prosody, for_pitch, for_surroundings = np.random.default_rng(seed).spawn(3)
    prosody = mixed_prosody(weights, for_prosody)
    plain = analyse(say(text, voice, rate), rate)
    sound = synthesise(express(plain, voice, prosody, for_pitch))
    return _place(sound, prosody.level, rate, for_surroundings)


def express(
    plain: Analysis, voice: Voice, prosody: Prosody, generator: np.random.Generator
) -> Analysis:
    """Change how an analysed sentence is said; the level is not set here.

    Parameters
    ----------
    plain
        The sentence in the plain voice.
    voice
        Whose formants it gets.
    prosody
        How it is to be said.
    generator
        Where jitter and the phase of the tremor are drawn from.
    """
    analysis = _retimed(plain, prosody.tempo)
    n_frames = analysis.f0.size
    tremble = np.sin(
        2 * np.pi * _TREMOR_HZ * np.arange(n_frames) * FRAME_MS / 1000
        + generator.uniform(0, 2 * np.pi)
    )
    f0 = _moved_pitch(analysis.f0, prosody, tremble, generator)
    frequencies = analysis.frequencies
    log_envelope = _interpolated(
        np.log(analysis.envelope).T, np.arange(frequencies.size) / voice.formants
    ).T
    octaves = np.log2(np.clip(frequencies, 500.0, 6000.0) / 500.0)
    gain_db = (voice.tilt + prosody.tilt) * octaves[None, :]
    frame_db = 10 * np.log10(np.exp(log_envelope).sum(axis=1) + 1e-12)
    contrast = frame_db - uniform_filter1d(np.maximum(frame_db, frame_db.max() - 50), 25)
    gain_db = gain_db + (prosody.onset * np.clip(contrast, -12, 12))[:, None]
    gain_db = gain_db + (1.5 * prosody.tremor * tremble)[:, None]
    # Breath is heard above the first formant; below it even breathy voices stay periodic.
    breath = prosody.breathiness * (0.25 + 0.75 * np.clip(frequencies / 2500.0, 0, 1))
    aperiodicity = analysis.aperiodicity + (1 - analysis.aperiodicity) * breath[None, :]
    return Analysis(f0, np.exp(log_envelope + gain_db * np.log(10) / 10), aperiodicity, plain.rate)


def _retimed(analysis: Analysis, tempo: float) -> Analysis:
    n_old = analysis.f0.size
    seconds = np.clip(n_old * FRAME_MS / 1000 / tempo, SHORTEST_SPEECH, LONGEST_SPEECH)
    n_new = int(seconds * 1000 / FRAME_MS)
    position = np.linspace(0, n_old - 1, n_new)
    nearest = np.round(position).astype(int)
    voiced = analysis.f0 > 0
    if voiced.any():
        frames = np.arange(n_old)
        contour = np.interp(position, frames[voiced], analysis.f0[voiced])
    else:
        contour = np.zeros(n_new)
    return Analysis(
        np.where(voiced[nearest], contour, 0.0),
        np.exp(_interpolated(np.log(analysis.envelope), position)),
        _interpolated(analysis.aperiodicity, position),
        analysis.rate,
    )


def _interpolated(rows: NDArray[np.float64], position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows at fractional positions; beyond the last row, the last row."""
    position = np.minimum(position, rows.shape[0] - 1)
    low = np.minimum(position.astype(int), rows.shape[0] - 2)
    share = (position - low)[:, None]
    return np.asarray((1 - share) * rows[low] + share * rows[low + 1])


def _moved_pitch(
    f0: NDArray[np.float64],
    prosody: Prosody,
    tremble: NDArray[np.float64],
    generator: np.random.Generator,
) -> NDArray[np.float64]:
    voiced = f0 > 0
    if not voiced.any():
        return f0
    semitones = 12 * np.log2(f0[voiced])
    mean = np.median(semitones)
    drift = np.linspace(-0.5, 0.5, f0.size)[voiced] * prosody.slope
    rough = gaussian_filter1d(generator.standard_normal(f0.size), 0.6)[voiced] * 1.5
    moved = mean + prosody.pitch + prosody.pitch_range * np.clip(semitones - mean, -9, 9) + drift
    moved = moved + prosody.tremor * tremble[voiced] + prosody.jitter * rough
    result = np.zeros_like(f0)
    result[voiced] = np.clip(2 ** (moved / 12), 50.0, 600.0)
    return result


def _place(
    sound: NDArray[np.float64], level: float, rate: int, generator: np.random.Generator
) -> NDArray[np.float32]:
    """Set the level and put the speech between moments of near silence."""
    frame = rate // 50
    frames = sound[: sound.size // frame * frame].reshape(-1, frame)
    loud = np.percentile(np.sqrt((frames**2).mean(axis=1)), 90)
    sound = sound * (10 ** (level / 20) / max(float(loud), 1e-9))
    before, after = (generator.uniform(0.13, 0.38, 2) * rate).astype(int)
    sound = np.pad(sound, (before, after))
    floor = 10 ** (generator.uniform(-62, -54) / 20)
    white = generator.standard_normal(sound.size)
    noise = white + 2 * gaussian_filter1d(white, 3)
    sound = sound + noise * floor / noise.std()
    # Peaks bend instead of clipping.
    size = np.abs(sound)
    bent = _KNEE + (_PEAK - _KNEE) * np.tanh((size - _KNEE) / (_PEAK - _KNEE))
    return np.where(size > _KNEE, np.sign(sound) * bent, sound).astype(np.float32)
