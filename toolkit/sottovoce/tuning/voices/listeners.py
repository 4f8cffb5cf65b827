"""Simulated listeners: made-up votes for made-up voices. No person has heard these clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import VotesError
from sottovoce.tuning.voices.prosody import EMOTIONS, mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sottovoce.tuning.voices.prosody import Weights

TEMPERATURE = 1.15
"""Above 1: listeners tell the parts of a mixture apart a little less than they are."""

LAPSE = 0.12
"""Share of votes that do not depend on the clip."""

LAPSE_NEUTRAL = 0.5
"""Share of the lapses that say neutral; the rest is spread evenly over the other five."""


def vote_probabilities(weights: Weights) -> NDArray[np.float64]:
    """Return the probability of each emotion in one simulated vote.

    The weights are flattened by `TEMPERATURE`, then mixed with the lapses: a simple confusion, in
    which doubt goes to neutral first, as listeners' doubt does.

    Parameters
    ----------
    weights
        See `sottovoce.tuning.voices.prosody.mixture`.

    Returns
    -------
    ndarray of float64, shape (6,), sums to 1

    Examples
    --------
    >>> vote_probabilities({"sad": 1}).round(3).tolist()
    [0.012, 0.012, 0.012, 0.012, 0.06, 0.892]
    """
    flattened = mixture(weights) ** (1 / TEMPERATURE)
    lapse = np.full(len(EMOTIONS), (1 - LAPSE_NEUTRAL) / (len(EMOTIONS) - 1))
    lapse[EMOTIONS.index("neutral")] = LAPSE_NEUTRAL
    return np.asarray((1 - LAPSE) * flattened / flattened.sum() + LAPSE * lapse)


def simulate_votes(weights: Weights, n_raters: int = 10, *, seed: int) -> NDArray[np.int64]:
    """Draw the votes of simulated listeners. They are synthetic: nobody listened.

    Parameters
    ----------
    weights
        See `sottovoce.tuning.voices.prosody.mixture`.
    n_raters
        How many listeners vote, once each.
    seed
        The same seed gives the same votes.

    Returns
    -------
    ndarray of int64, shape (6,)
        Votes per emotion, in alphabetical order of the emotions; sums to `n_raters`.

    Raises
    ------
    VotesError
        If `n_raters` is below 1.

    Examples
    --------
    >>> int(simulate_votes({"happy": 0.5, "neutral": 0.5}, 10, seed=0).sum())
    10
    """
    if n_raters < 1:
        raise VotesError(f"n_raters={n_raters} must be 1 or more")
    generator = np.random.default_rng(seed)
    return generator.multinomial(n_raters, vote_probabilities(weights)).astype(np.int64)
