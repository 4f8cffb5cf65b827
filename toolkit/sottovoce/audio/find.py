"""find_recordings: files and folders to a list of files."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.audio.formats import AUDIO_SUFFIXES, READABLE_SUFFIXES
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def find_recordings(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, recursive: bool = True
) -> list[Path]:
    """List the recordings among files and folders.

    Parameters
    ----------
    paths
        One path, or several. A file stays as it is given, whatever it holds, so that loading it
        can say what is wrong with it.
    recursive
        Look into the folders within a folder too.

    Returns
    -------
    list of pathlib.Path
        Files in the order given, and in place of each folder its files with an audio suffix,
        sorted. Hidden files and folders are left out, and with them the ``._*`` files of macOS.
        Nothing appears twice.

    Raises
    ------
    RecordingError
        If no path is given, or a folder holds no recording; the message says what it does hold.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.audio import find_recordings
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("b.flac", "a.wav", "._a.wav", "notes.txt"):
    ...     (folder / name).touch()
    >>> [path.name for path in find_recordings(folder)]
    ['a.wav', 'b.flac']
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not given:
        raise RecordingError("no recordings were given: give files or folders")
    found: dict[Path, None] = {}
    for path in map(Path, given):
        path = path.expanduser()
        found.update(dict.fromkeys(_in_folder(path, recursive) if path.is_dir() else [path]))
    return list(found)


def _in_folder(folder: Path, recursive: bool) -> list[Path]:
    files = list(_visible_files(folder, recursive))
    recordings = sorted(file for file in files if file.suffix.lower() in AUDIO_SUFFIXES)
    if not recordings:
        counts = Counter(file.suffix.lower() or "no suffix" for file in files)
        holds = ", ".join(f"{n} x {suffix}" for suffix, n in counts.most_common(5))
        raise RecordingError(
            f"{folder}: no recordings in this folder; it holds {holds or 'no files'}. Recordings "
            f"end in {', '.join(sorted(READABLE_SUFFIXES))}; a file of another name can be given "
            "by itself."
        )
    return recordings


def _visible_files(folder: Path, recursive: bool) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if recursive and not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))
