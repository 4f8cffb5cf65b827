"""The recordings that a table is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.audio import find_recordings
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
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
        A path for each utterance, None where there is none.
    """
    given = names.astype(str) if files is None else files
    direct = [folder / str(file).replace("\\", "/") for file in given]
    if all(path.is_file() for path in direct):
        return [str(path) for path in direct]
    by_name: dict[str, Path] = {}
    try:
        # Under "01" and under "anna/01": the folders tell apart what is called alike.
        for path in find_recordings(folder):
            parts = path.relative_to(folder).with_suffix("").parts
            for first in range(len(parts)):
                by_name.setdefault("/".join(parts[first:]), path)
    except RecordingError:
        pass
    found = [
        path if path.is_file() else by_name.get(str(name), by_name.get(path.stem))
        for name, path in zip(names, direct, strict=True)
    ]
    return [None if path is None else str(path) for path in found]
