"""Which rows run together: recordings of like length, the longest first, prompt by prompt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sottovoce.capture.hearing import Heard

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
    sound
        What is heard: samples of shape (n,), or where to read them.
    question
        What is asked.
    given
        Tokens of an answer that stand behind the question already.
    """

    utterance: int
    prompt: int
    sound: NDArray[np.float32] | Heard
    question: str
    given: tuple[int, ...] = ()

    @property
    def samples(self) -> NDArray[np.float32]:
        """What is heard, shape (n,)."""
        return self.sound.samples if isinstance(self.sound, Heard) else self.sound


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
    >>> [[len(row.sound) for row in batch] for batch in make_batches(rows, 2)]
    [[9, 6], [3, 3]]
    >>> [len(batch) for batch in make_batches(rows, 3, "equal_length")]
    [1, 1, 2]
    """
    ordered = sorted(rows, key=lambda row: -len(row.sound))
    groups = [ordered]
    if grouping == "equal_length":
        groups = [list(alike) for _, alike in groupby(ordered, key=lambda row: len(row.sound))]
    most = 1 if grouping == "single" else batch_size
    return [group[start : start + most] for group in groups for start in range(0, len(group), most)]


def with_all_prompts(
    rows: Sequence[Row], n_recordings: int, grouping: Grouping = "any"
) -> list[list[Row]]:
    """Return the rows in batches of whole recordings, each with all that is asked about them.

    Parameters
    ----------
    rows
        In any order.
    n_recordings
        Recordings in a batch, at most.
    grouping
        As for :func:`make_batches`.

    Returns
    -------
    list of list of Row
        The rows of a batch prompt by prompt.

    Examples
    --------
    >>> import numpy as np
    >>> rows = [Row(u, p, np.zeros(9 - u), "?") for u in range(3) for p in range(2)]
    >>> for batch in with_all_prompts(rows, 2):
    ...     print([(row.utterance, row.prompt) for row in batch])
    [(0, 0), (1, 0), (0, 1), (1, 1)]
    [(2, 0), (2, 1)]
    """
    asked: dict[int, list[Row]] = {}
    for row in rows:
        asked.setdefault(row.utterance, []).append(row)
    batches = make_batches([few[0] for few in asked.values()], n_recordings, grouping)
    return [
        sorted(
            (row for first in batch for row in asked[first.utterance]), key=lambda row: row.prompt
        )
        for batch in batches
    ]


def in_calls(batch: Sequence[Row], batch_size: int) -> list[list[Row]]:
    """Return a batch of whole recordings in the parts that the model answers together.

    Answers to one prompt are of like length, and a batch runs until its longest answer ends; so a
    part holds whole prompts where it can.

    Parameters
    ----------
    batch
        From :func:`with_all_prompts`.
    batch_size
        Rows in a part, at most.

    Examples
    --------
    >>> import numpy as np
    >>> rows = [Row(u, p, np.zeros(9), "?") for p in range(3) for u in range(2)]
    >>> [[row.prompt for row in part] for part in in_calls(rows, 5)]
    [[0, 0, 1, 1], [2, 2]]
    """
    of_prompts = [list(alike) for _, alike in groupby(batch, key=lambda row: row.prompt)]
    calls: list[list[Row]] = []
    for alike in of_prompts:
        if calls and len(calls[-1]) + len(alike) <= batch_size:
            calls[-1].extend(alike)
        else:
            calls.extend(
                alike[start : start + batch_size] for start in range(0, len(alike), batch_size)
            )
    return calls


def in_blocks(lengths: Sequence[int], size: int) -> list[range]:
    """Return utterances in blocks of neighbours, the block with the longest recording first.

    Within a block recordings of like length run together, and a block is written at once; so a
    run that is cut short has whole blocks of its utterances.

    Parameters
    ----------
    lengths
        Of the recordings, in the run's order; 0 where there is none.
    size
        Utterances in a block.

    Examples
    --------
    >>> in_blocks([3, 4, 9, 1, 2], 2)
    [range(2, 4), range(0, 2), range(4, 5)]
    """
    blocks = [
        range(start, min(start + size, len(lengths))) for start in range(0, len(lengths), size)
    ]
    return sorted(blocks, key=lambda block: -max(lengths[u] for u in block))
