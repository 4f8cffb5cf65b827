"""load_corpus: a corpus by its name, its folder, or a table of votes."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sottovoce.corpora.audformat import HEADER, load_audformat
from sottovoce.corpora.crema_d import VOTES, load_crema_d
from sottovoce.corpora.emobox import LABEL_MAP, SUFFIXES, load_emobox
from sottovoce.corpora.iemocap import EVALUATIONS, load_iemocap
from sottovoce.corpora.msp_podcast import is_msp_podcast, load_msp_podcast
from sottovoce.corpora.sample import load_sample
from sottovoce.corpora.table import load_table
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from sottovoce.corpora.corpus import Corpus

#: The corpora that are known by name. Each reads a folder, and takes options by keyword.
CORPORA: dict[str, Callable[..., Corpus]] = {
    "sample": load_sample,
    "crema-d": load_crema_d,
    "iemocap": load_iemocap,
    "msp-podcast": load_msp_podcast,
    "emobox": load_emobox,
    "audformat": load_audformat,
}


def load_corpus(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **options: Any
) -> Corpus:
    """Read a corpus: recordings with the votes of their listeners.

    Parameters
    ----------
    name
        ``"sample"``, the recordings that travel with the package; ``"crema-d"``, ``"iemocap"``,
        ``"msp-podcast"``, ``"emobox"`` or ``"audformat"``, which read a folder; the path of such
        a folder, of one that holds a ``votes.csv``, or of a table of votes (CSV or Parquet).
        ``sottovoce corpora`` tells what each of them is and which files are read.
    root
        The folder that holds the corpus; for a table, the one with the recordings, by default
        where the table lies.
    **options
        Those of the reader. CREMA-D: ``actors`` (such as ``"1061-1070"``) and ``modality``
        ("voice", "face" or "both"). IEMOCAP: ``sessions``. MSP-Podcast: ``split`` and ``answer``
        ("primary" or "secondary"). EmoBox: ``audio``. audformat: ``scheme`` and ``tables``. A
        table: ``emotions``. All but CREMA-D, the samples and tables of counts: ``labels``, the
        name of a label set ("iemocap-4") or a mapping from answers to emotions.

    Returns
    -------
    Corpus
        Where single ratings are known, with them: ``corpus.ratings``. What was left out is counted
        in ``corpus.note``.

    Raises
    ------
    VotesError
        If there is no such corpus or option, or its files cannot be read.

    See Also
    --------
    load_votes : only the votes, without recordings.
    fetch : download a corpus.

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
    recognised = _recognise(path)
    if recognised:
        return _call(CORPORA[recognised], recognised, path, options)
    if path.joinpath("votes.csv").is_file():
        path = path / "votes.csv"
    if path.is_file():
        return _call(load_table, str(path), root, options, path)
    raise VotesError(
        f"there is no corpus {str(name)!r}. Give {' or '.join(map(repr, CORPORA))}, the path of a "
        "table of votes, or a folder with one of these corpora or a table called votes.csv."
    )


def _recognise(path: Path) -> str | None:
    """Return the corpus whose files a folder holds, or whose metadata a file is."""
    if path.is_file():
        return "emobox" if path.suffix.lower() in SUFFIXES else None
    if not path.is_dir():
        return None
    if path.joinpath(VOTES).is_file():
        return "crema-d"
    if any(path.glob(f"Session*/{EVALUATIONS.as_posix()}")):
        return "iemocap"
    if path.joinpath(HEADER).is_file():
        return "audformat"
    if path.joinpath(LABEL_MAP).is_file():
        return "emobox"
    return "msp-podcast" if is_msp_podcast(path) else None


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
