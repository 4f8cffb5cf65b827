"""Folds for cross-validation that keep a speaker's utterances together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.evaluation.intervals import Resampling

    Folds = list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]


def speaker_folds(resampling: Resampling, n_folds: int | None = None, seed: int = 0) -> Folds:
    """Divide utterances into folds by speaker, or by themselves where the speakers are unknown.

    Parameters
    ----------
    resampling
        From `resampling_units`: which utterance is whose.
    n_folds
        How many; None takes one for each speaker, and at most ten. Never more than there are units.
    seed
        Which speakers are together.

    Returns
    -------
    list of (train, test)
        Positions of utterances; every utterance is tested once.

    Raises
    ------
    VotesError
        If `n_folds` is below 2, or there is only one unit.

    Examples
    --------
    >>> from sottovoce.evaluation.intervals import resampling_units
    >>> speakers = {"a": "1", "b": "1", "c": "2", "d": "3"}
    >>> folds = speaker_folds(resampling_units(list("abcd"), speakers))
    >>> sorted(test.tolist() for _, test in folds)
    [[0, 1], [2], [3]]
    """
    from sklearn.model_selection import GroupKFold

    wanted = 10 if n_folds is None else n_folds
    if wanted < 2 or resampling.n_units < 2:
        raise VotesError(
            f"n_folds={n_folds} with {resampling.n_units} {resampling.unit}s: cross-validation "
            "needs two folds at least, and a unit in each"
        )
    # Shuffled beforehand, since GroupKFold deals out the largest groups in order.
    order = np.random.default_rng(seed).permutation(resampling.n_units)
    groups = order[resampling.unit_of]
    folds = GroupKFold(n_splits=min(wanted, resampling.n_units))
    return list(folds.split(groups, groups=groups))
