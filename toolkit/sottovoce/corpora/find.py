"""The recordings that a table is about."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sottovoce.audio import find_recordings
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandas as pd


def find_files(names: pd.Index, files: pd.Series | None, folder: Path) -> list[str | None]:
    """Look where the table says, and else for a recording of that name.

    Parameters
    ----------
    names
        Of the utterances.
    files
        Where in the folder each one is; None if the table does not say.
    folder
        With the recordings.

    Returns
    -------
    list of str or None
        A path for each utterance, None where there is none. Letters whose accents are written in
        another way, as macOS does in the names of files, are the same letters.
    """
    given = [str(file).replace("\\", "/") for file in (names if files is None else files)]
    direct = [folder / file for file in given]
    if all(path.is_file() for path in direct):
        return [str(path) for path in direct]
    by_name: dict[str, Path] = {}
    try:
        for path in find_recordings(folder):
            for tail in _tails(path.relative_to(folder).with_suffix("").parts):
                by_name.setdefault(tail, path)
        # Some systems write accents apart from their letters: only where that is not another file.
        for tail, path in list(by_name.items()):
            by_name.setdefault(plain_name(tail), path)
    except RecordingError:
        pass
    found: list[str | None] = []
    for name, path in zip(map(str, names), direct, strict=True):
        known = [name, *_tails(path.parts), *_tails([*path.parts[:-1], path.stem])]
        known += list(map(plain_name, known))
        places = [path] if path.is_file() else [by_name[tail] for tail in known if tail in by_name]
        found.append(str(places[0]) if places else None)
    return found


def plain_name(name: str) -> str:
    r"""Return a name as it looks: accents on their letters, no marks of direction or joining.

    Examples
    --------
    >>> plain_name("Rene\u0301\u200f") == "Ren\xe9"
    True
    """
    shown = (sign for sign in name if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", "".join(shown))


def alike_names(names: Iterable[str]) -> list[str]:
    r"""Return names that look like another one of them, but are not.

    Examples
    --------
    >>> alike_names(["a", "a\u200f", "b"])
    ['a', 'a\u200f']
    """
    by_look: dict[str, list[str]] = {}
    for name in names:
        by_look.setdefault(plain_name(name), []).append(name)
    return [name for same in by_look.values() if len(same) > 1 for name in same]


def _tails(parts: Sequence[str]) -> list[str]:
    """Return "x/anna/01", "anna/01", "01": the folders tell apart what is called alike."""
    return ["/".join(parts[first:]) for first in range(len(parts))]
