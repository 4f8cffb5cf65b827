"""The folders that corpora come in, and files that are not quite what they should be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.corpora.catalogue import corpus_entry
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os


def require_folder(root: str | os.PathLike[str] | None, corpus: str, holds: str) -> Path:
    """Return the folder of a corpus.

    Parameters
    ----------
    root
        The folder, as it was given.
    corpus
        The name of the corpus.
    holds
        What lies in its folder.

    Raises
    ------
    VotesError
        If none was given, with where the corpus is to be had, or there is no such folder.

    Examples
    --------
    >>> require_folder(None, "iemocap", "Session1 to Session5")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: iemocap needs root, the folder that holds Session1 to Session5. ...
    """
    if root is None:
        raise VotesError(
            f"{corpus} needs root, the folder that holds {holds}. {corpus_entry(corpus).how_to_get}"
        )
    folder = Path(root).expanduser()
    if not folder.is_dir():
        what = "this is a file" if folder.exists() else "there is no such folder"
        raise VotesError(f"{folder}: {what}. Give the folder that holds {holds}.")
    return folder


def visible(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a pattern, sorted, without hidden ones such as macOS's ``._*``.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("b.txt", "a.txt", "._a.txt"):
    ...     (folder / name).touch()
    >>> [path.name for path in visible(folder, "*.txt")]
    ['a.txt', 'b.txt']
    """
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def read_lines(path: Path) -> list[str]:
    r"""Read a text file of a corpus, without empty lines at its ends and space around its lines.

    Old corpora mix encodings: what is not UTF-8 is read as Windows' Latin letters.

    Raises
    ------
    VotesError
        If it cannot be read or is no text.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "labels.txt"
    >>> _ = path.write_bytes(b"C-E1: Neutral; (na\xefve)\r\n")
    >>> read_lines(path)
    ['C-E1: Neutral; (naïve)']
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise VotesError(f"{path}: the file cannot be read ({error.strerror})") from error
    if b"\0" in content:
        raise VotesError(f"{path}: this is no text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return [line.strip() for line in text.splitlines()]


def what_is_there(folder: Path) -> str:
    """Say what a folder holds, for a message about what it lacks.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "Audios").mkdir()
    >>> (folder / "a.wav").touch()
    >>> what_is_there(folder)
    'it holds Audios/ and 1 x .wav'
    """
    inside = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    folders = [f"{path.name}/" for path in inside if path.is_dir()]
    kinds = Counter(path.suffix.lower() or "no suffix" for path in inside if path.is_file())
    told = folders[:5] + (["..."] if len(folders) > 5 else [])
    told += [f"{n} x {suffix}" for suffix, n in kinds.most_common(4)]
    return f"it holds {' and '.join(told) if told else 'nothing'}"
