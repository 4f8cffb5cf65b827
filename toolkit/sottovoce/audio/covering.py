"""Covering parts of a recording, in time and in frequency: what it sounds like without them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sottovoce.errors import RecordingError, require_one_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Fill = Literal["silence", "noise", "mean"]

FADE = 0.01
"""Seconds over which a cover comes and goes: a click would be a sound of its own."""
_SLOPE = 40.0  # Hz over which one band gives way to the next


class Cover:
    """A recording whose parts can be covered.

    Parameters
    ----------
    samples
        Shape (n,).
    rate
        In Hz.
    edges
        Where bands meet, in Hz, ascending; by default one band of everything. What lies outside the
        first and the last is in the first and the last band.
    fill
        What takes the place of what is covered: "silence"; "noise", white and as loud as the
        recording on average; "mean", noise with the recording's own average spectrum.
    seed
        Of the noise.

    Raises
    ------
    RecordingError
        If the bands are not ascending, or the fill is another.

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> cover = Cover(tone, 16000, edges=[0, 500, 2000, 8000])
    >>> loudness = [cover(cover.weights(0, 1, band)).std() for band in range(3)]
    >>> [f"{one:.1f}" for one in loudness]
    ['0.7', '0.0', '0.7']
    """

    def __init__(
        self,
        samples: NDArray[np.floating],
        rate: int,
        *,
        edges: Sequence[float] | None = None,
        fill: Fill = "silence",
        seed: int = 0,
    ) -> None:
        require_one_of("fill", fill, get_args(Fill), RecordingError)
        self._samples = np.asarray(samples, dtype=np.float64)
        self._rate = rate
        bounds = [0.0, rate / 2] if edges is None else [float(edge) for edge in edges]
        if len(bounds) < 2 or any(b <= a for a, b in pairwise(bounds)):
            raise RecordingError(
                f"edges={edges!r} must be at least two frequencies in Hz, each above the one before"
            )
        change = _filler(self._samples, fill, np.random.default_rng(seed)) - self._samples
        self._changes = _split(change, rate, bounds[1:-1])

    @property
    def n_bands(self) -> int:
        """How many bands there are."""
        return len(self._changes)

    def weights(self, start: float, end: float, band: int | None = None) -> NDArray[np.float32]:
        """Return the cover of a stretch of time, in one band or in all.

        Parameters
        ----------
        start, end
            In seconds.
        band
            Which band; None for all.

        Returns
        -------
        ndarray of float32, shape (band, n)
            1 where it covers, 0 where not. Several are joined by their maximum.
        """
        seconds = np.arange(len(self._samples)) / self._rate
        ramp = np.clip(np.minimum(seconds - start, end - seconds) / FADE + 0.5, 0, 1)
        # What begins or ends with the recording has no fade there.
        if start <= 0:
            ramp = np.where(seconds < end / 2, 1.0, ramp)
        if end >= len(self._samples) / self._rate - 1e-9:
            ramp = np.where(seconds > (start + end) / 2, 1.0, ramp)
        cover = np.zeros((self.n_bands, len(self._samples)), dtype=np.float32)
        cover[slice(None) if band is None else band] = 0.5 - 0.5 * np.cos(np.pi * ramp)
        return cover

    def __call__(self, weights: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the recording under a cover, shape (n,)."""
        covered = self._samples + (weights * self._changes).sum(axis=0)
        return np.asarray(covered, dtype=np.float32)


def _filler(
    samples: NDArray[np.float64], fill: Fill, generator: np.random.Generator
) -> NDArray[np.float64]:
    if fill == "silence":
        return np.zeros_like(samples)
    noise = generator.normal(0, samples.std(), len(samples))
    if fill == "noise":
        return noise
    # The spectrum's power, smoothed so that no pitch is left in it, with the phases of noise.
    spectrum = np.fft.rfft(samples)
    width = max(3, len(spectrum) // 100)
    padded = np.pad(np.abs(spectrum) ** 2, width, mode="edge")
    power = np.convolve(padded, np.ones(width) / width, mode="same")[width:-width]
    phases = np.exp(2j * np.pi * generator.random(len(spectrum)))
    shaped = np.fft.irfft(np.sqrt(power) * phases, len(samples))
    return np.asarray(shaped * samples.std() / max(shaped.std(), 1e-12), dtype=np.float64)


def _split(signal: NDArray[np.float64], rate: int, inner: Sequence[float]) -> NDArray[np.float64]:
    """Return a signal's bands, shape (band, n), which sum to it."""
    spectrum = np.fft.rfft(signal)
    frequencies = np.fft.rfftfreq(len(signal), 1 / rate)
    above = [np.ones_like(frequencies)]
    above += [np.clip((frequencies - edge) / _SLOPE + 0.5, 0, 1) for edge in inner]
    above += [np.zeros_like(frequencies)]
    return np.stack(
        [np.fft.irfft(spectrum * (low - high), len(signal)) for low, high in pairwise(above)]
    )
