"""Refusals that all readers share, and names as messages write them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sottovoce.corpora.raters import COLUMNS
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def refuse_repeated(names: Iterable[Any], source: str) -> None:
    """Raise unless every name is there once.

    Raises
    ------
    VotesError
        Naming those that are repeated.

    Examples
    --------
    >>> refuse_repeated(["a", "b", "a"], "votes.csv")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: votes.csv: more than one row for 'a'. Keep one for each...
    """
    repeated = sorted(name for name, n in Counter(map(str, names)).items() if n > 1)
    if repeated:
        raise VotesError(
            f"{source}: more than one row for {shortened(repeated)}. Keep one for each "
            "recording, or give them different names in a column called utterance."
        )


def refuse_other_ratings(rows: pd.DataFrame, utterances: Iterable[Any], source: str) -> None:
    """Raise unless single ratings have their columns and are about these utterances.

    Raises
    ------
    VotesError
        Saying which are not.
    """
    if not set(COLUMNS) <= set(rows.columns):
        raise VotesError(
            f"{source}: single ratings have the columns {shortened(rows.columns)}, but must have "
            f"{shortened(COLUMNS)}"
        )
    strange = sorted(set(rows["utterance"]) - set(utterances))
    if strange:
        raise VotesError(f"{source}: there are ratings of {shortened(strange)}, but no votes")


def shortened(names: Iterable[str], most: int = 5) -> str:
    """Write names for a message, and only count those after the first few.

    Examples
    --------
    >>> shortened("abcd", most=2)
    "'a', 'b' and 2 more"
    """
    every = [repr(str(name)) for name in names]
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"
