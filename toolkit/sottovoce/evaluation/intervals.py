"""Percentile bootstrap over speakers.

Clips of one speaker resemble one another, so resampling clips would promise more certainty than
there is. A resample is kept as how often each utterance counts, and every measure takes such
counts, so that a thousand resamples cost a matrix product instead of a thousand evaluations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

FEWEST_SPEAKERS = 3
# A resample in which a measure is undefined is left out; more than this and there is no interval.
MOST_UNDEFINED = 0.05
ENTRIES_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Resampling:
    """What is drawn with replacement: whole speakers, or single utterances.

    Parameters
    ----------
    unit
        "speaker" or "utterance".
    unit_of
        For each utterance, the index of its unit.
    n_units
        How many there are to draw from.
    note
        Why it is not speakers, or empty.
    """

    unit: Literal["speaker", "utterance"]
    unit_of: npt.NDArray[np.intp]
    n_units: int
    note: str = ""

    def counts(self, n_boot: int, seed: int) -> Iterator[FloatArray]:
        """Yield how often each utterance counts, in blocks of shape (resample, utterance).

        There are no resamples of a single unit: they would all be alike and promise certainty.

        Examples
        --------
        >>> two = Resampling("speaker", np.array([0, 0, 1]), 2)
        >>> np.concatenate(list(two.counts(3, seed=1)))
        array([[1., 1., 1.],
               [2., 2., 0.],
               [0., 0., 2.]])
        """
        n_boot = n_boot if self.n_units > 1 else 0
        generator = np.random.default_rng(seed)
        chances = np.full(self.n_units, 1.0 / self.n_units)
        block = max(1, ENTRIES_AT_ONCE // self.unit_of.size)
        for start in range(0, max(n_boot, 1), block):
            size = min(block, n_boot - start)
            drawn = generator.multinomial(self.n_units, chances, size=size)
            yield drawn[:, self.unit_of].astype(np.float64)


def resampling_units(utterances: Sequence[str], speakers: Mapping[str, str]) -> Resampling:
    """Choose speakers as the unit, or utterances where the speakers are unknown or too few.

    Parameters
    ----------
    utterances
        The ids that are evaluated.
    speakers
        The speaker of each id; ids without one are absent.

    Returns
    -------
    Resampling
        Its `note` says why, if it falls back to utterances.

    Examples
    --------
    >>> resampling_units(["a", "b", "c"], {"a": "1061", "b": "1062", "c": "1061"}).note
    'Intervals are over utterances, not speakers, and so too narrow: 2 speakers are fewer than 3.'
    """
    known = [speakers[utterance] for utterance in utterances if utterance in speakers]
    names, unit_of = np.unique(np.asarray(known, dtype=str), return_inverse=True)
    missing = len(utterances) - len(known)
    if not known:
        why = "no speakers are known."
    elif missing:
        why = f"the speaker of {missing} of {len(utterances)} utterances is unknown."
    elif names.size < FEWEST_SPEAKERS:
        plural = "speakers are" if names.size > 1 else "speaker is"
        why = f"{names.size} {plural} fewer than {FEWEST_SPEAKERS}."
    else:
        return Resampling("speaker", unit_of.astype(np.intp), int(names.size))
    note = f"Intervals are over utterances, not speakers, and so too narrow: {why}"
    return Resampling("utterance", np.arange(len(utterances)), len(utterances), note)


def bootstrap(
    statistic: Callable[[FloatArray], FloatArray], resampling: Resampling, n_boot: int, seed: int
) -> FloatArray:
    """Evaluate a statistic on every resample.

    Parameters
    ----------
    statistic
        Takes counts of shape (resample, utterance), returns shape (resample, number).
    resampling
        What is drawn.
    n_boot
        How many resamples.
    seed
        Of the random draw; the same seed draws the same resamples for every statistic.

    Returns
    -------
    ndarray
        Shape (n_boot, number).

    Examples
    --------
    >>> values = np.array([0.0, 0.0, 6.0])
    >>> two = Resampling("speaker", np.array([0, 0, 1]), 2)
    >>> bootstrap(lambda w: (w @ values / w.sum(-1))[:, None], two, 3, seed=1)
    array([[2.],
           [0.],
           [6.]])
    """
    return np.concatenate([statistic(counts) for counts in resampling.counts(n_boot, seed)])


def percentile_interval(
    samples: FloatArray, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Return the interval that holds the middle `confidence` of the resamples.

    With few speakers a percentile interval is somewhat too narrow; it is never outside the range
    that the measure can take.

    Parameters
    ----------
    samples
        Shape (resample, ...), as from `bootstrap`.
    confidence
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray
        Shape (...). NaN where there are no resamples, or the measure is undefined in more than one
        in twenty.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0)[:, None], 0.9)
    >>> low, high
    (array([5.]), array([95.]))
    """
    undefined = np.isnan(samples)
    n_boot = samples.shape[0]
    usable = (undefined.sum(axis=0) <= MOST_UNDEFINED * n_boot) & (n_boot > 0)
    low, high = (np.full(samples.shape[1:], np.nan) for _ in range(2))
    if np.any(usable):
        tail = (1 - confidence) / 2
        low[usable], high[usable] = np.nanquantile(samples[:, usable], [tail, 1 - tail], axis=0)
    return low, high


def require_resampling_options(n_boot: int, confidence: float) -> None:
    """Refuse a number of resamples or a confidence that means nothing.

    Raises
    ------
    VotesError
        With what is allowed.
    """
    if n_boot < 0:
        raise VotesError(f"n_boot={n_boot} must be 0 (no intervals) or more")
    if not 0 < confidence < 1:
        raise VotesError(f"confidence={confidence} must lie between 0 and 1, for example 0.95")
