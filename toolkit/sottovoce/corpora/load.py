"""load_corpus: a corpus by its name, or a table of votes."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sottovoce.corpora.crema_d import VOTES as CREMA_D_VOTES
from sottovoce.corpora.crema_d import load_crema_d
from sottovoce.corpora.sample import load_sample
from sottovoce.corpora.table import load_table
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from sottovoce.corpora.corpus import Corpus

#: The corpora that are known by name. Each reads a folder, and takes options by keyword.
CORPORA: dict[str, Callable[..., Corpus]] = {"crema-d": load_crema_d, "sample": load_sample}


def load_corpus(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **options: Any
) -> Corpus:
    """Read a corpus: recordings with the votes of their listeners.

    Parameters
    ----------
    name
        ``"sample"``, the recordings that travel with the package; ``"crema-d"``; or the path of a
        table of votes (CSV or Parquet), or of a folder that holds CREMA-D or a ``votes.csv``.
    root
        The folder that holds the corpus; for a table, the one with the recordings, by default
        where the table lies.
    **options
        For CREMA-D, ``actors`` (such as ``"1061-1070"``) and ``modality`` ("voice", "face" or
        "both"); for a table, ``emotions``.

    Returns
    -------
    Corpus

    Raises
    ------
    VotesError
        If there is no such corpus or option, or its files cannot be read.

    See Also
    --------
    load_votes : only the votes, without recordings.

    Examples
    --------
    >>> from sottovoce.corpora import load_corpus
    >>> corpus = load_corpus("sample")
    >>> corpus.speakers
    ['anna', 'karl', 'maya', 'tom']
    >>> corpus.utterances.loc["anna_sad", "sentence"]
    'The kettle is on the stove in the kitchen.'
    """
    known = str(name).strip().lower().replace("_", "-")
    if known in CORPORA:
        return _call(CORPORA[known], known, root, options)
    path = Path(name).expanduser()
    if path.joinpath(CREMA_D_VOTES).is_file():
        return _call(load_crema_d, "crema-d", path, options)
    if path.joinpath("votes.csv").is_file():
        path = path / "votes.csv"
    if path.is_file():
        return _call(load_table, str(path), root, options, path)
    raise VotesError(
        f"there is no corpus {str(name)!r}. Give {' or '.join(map(repr, CORPORA))}, the path of a "
        "table of votes, or a folder with a table called votes.csv."
    )


def _call(
    loader: Callable[..., Corpus],
    name: str,
    root: str | os.PathLike[str] | None,
    options: dict[str, Any],
    *arguments: Any,
) -> Corpus:
    allowed = [
        option.name
        for option in inspect.signature(loader).parameters.values()
        if option.kind is option.KEYWORD_ONLY
    ]
    for option in options:
        if option not in allowed:
            known = f"it knows {', '.join(allowed)}" if allowed else "it has none"
            raise VotesError(f"{name} has no option {option!r}; {known}")
    return loader(*arguments, root, **options)
