"""Which rows run together: recordings of like length, the longest first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sottovoce.models.catalogue import Grouping


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one recording, and where its answer belongs in the run.

    Parameters
    ----------
    utterance, prompt
        Positions along the run's dimensions.
    samples
        What is heard, shape (n,).
    question
        What is asked.
    given
        Tokens of an answer that stand behind the question already.
    """

    utterance: int
    prompt: int
    samples: NDArray[np.float32]
    question: str
    given: tuple[int, ...] = ()


def make_batches(
    rows: Sequence[Row], batch_size: int, grouping: Grouping = "any"
) -> list[list[Row]]:
    """Return the rows in batches, the longest recordings first.

    Recordings of like length waste little on padding, and where memory does not suffice, it fails
    at once and not at the end of the night.

    Parameters
    ----------
    rows
        In any order.
    batch_size
        Rows in a batch, at most.
    grouping
        Which rows may run together: "any", those of recordings of "equal_length", or "single".

    Returns
    -------
    list of list of Row
        Rows of equal length keep their order.

    Examples
    --------
    >>> import numpy as np
    >>> rows = [Row(i, 0, np.zeros(n), "?") for i, n in enumerate([3, 9, 6, 3])]
    >>> [[len(row.samples) for row in batch] for batch in make_batches(rows, 2)]
    [[9, 6], [3, 3]]
    >>> [len(batch) for batch in make_batches(rows, 3, "equal_length")]
    [1, 1, 2]
    """
    ordered = sorted(rows, key=lambda row: -len(row.samples))
    groups = [ordered]
    if grouping == "equal_length":
        groups = [list(alike) for _, alike in groupby(ordered, key=lambda row: len(row.samples))]
    most = 1 if grouping == "single" else batch_size
    return [group[start : start + most] for group in groups for start in range(0, len(group), most)]
