"""Names of recordings from names of files, and back."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Controls, line separators, and marks that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\u061c\ufeff]+")
_NOT_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
LONGEST_NAME = 120


def plain_name(file_name: str) -> str:
    r"""Return the name of a recording from that of a file, of signs that can be seen.

    Examples
    --------
    >>> plain_name("C:\\voices\\anna 1.wav"), plain_name("two\nlines.flac"), plain_name(".wav")
    ('anna 1', 'two lines', 'recording')
    """
    last = PureWindowsPath(PurePosixPath(file_name).name).name
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", last)
    text = stem.encode("utf-8", "replace").decode()
    return _UNSEEN.sub(" ", text).strip(" .")[:LONGEST_NAME] or "recording"


def file_stem(name: str) -> str:
    """Return a name as that of a file on any system.

    Examples
    --------
    >>> file_stem('<b>anna/01"</b>'), file_stem("..")
    ('_b_anna_01__b_', 'recording')
    """
    text = _NOT_IN_FILES.sub("_", name).encode("utf-8", "replace").decode()
    text = re.sub(r"_{2,}", "__", text).strip(" .")
    return text[:LONGEST_NAME] or "recording"


def file_suffix(file_name: str) -> str:
    """Return the suffix of a file's name if it can be one, else that of WAV.

    Examples
    --------
    >>> file_suffix("a.FLAC"), file_suffix("b"), file_suffix("c.w v")
    ('.flac', '.wav', '.wav')
    """
    suffix = Path(file_name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".wav"


def name_files(paths: Sequence[Path], root: Path | None = None) -> list[tuple[str, Path]]:
    """Name files by their stems, and those that share one by their paths within a folder.

    Examples
    --------
    >>> files = [Path("in/anna/01.wav"), Path("in/ben/01.wav"), Path("in/ben/02.wav")]
    >>> [name for name, path in name_files(files, Path("in"))]
    ['anna/01.wav', 'ben/01.wav', '02']
    """
    stems = Counter(path.stem for path in paths)
    return [(path.stem if stems[path.stem] == 1 else _within(path, root), path) for path in paths]


def free_path(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    """Return a path that is free in the folder, or already has these very bytes."""
    number, path = 1, folder / f"{stem}{suffix}"
    while path.exists() and not (path.is_file() and path.read_bytes() == content):
        number += 1
        path = folder / f"{stem}#{number}{suffix}"
    return path


def _within(path: Path, root: Path | None) -> str:
    """Return the path within the folder that was given."""
    try:
        return (path.relative_to(root) if root else path).as_posix()
    except ValueError:
        return path.as_posix()
