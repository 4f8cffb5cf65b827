"""A repository on GitHub as a shelf of files whose checksums it tells itself.

Git names every file by the SHA-1 of its content, and what Git LFS keeps elsewhere by a small file
with the SHA-256 and the size. So everything that comes can be checked against one commit.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

from sottovoce.corpora.download import Checksum, read_small
from sottovoce.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

_HASH = re.compile(r"[0-9a-f]{40}")
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n?"
)
# Longer than any pointer: what is longer is the file itself.
LONGEST_POINTER = 1024


@dataclass(frozen=True)
class Source:
    """Where a corpus is downloaded from.

    Parameters
    ----------
    repository, branch
        On GitHub, or a mirror of it.
    files
        Files of the repository to bring with any part of the corpus.
    raters
        Files that say who heard what.
    recordings
        The folder of the recordings.
    addresses
        Templates of the addresses of a commit, a tree, a raw file and one in Git LFS.
    """

    repository: str
    branch: str
    files: tuple[str, ...]
    raters: tuple[str, ...]
    recordings: str
    addresses: Mapping[str, str]

    @classmethod
    def of(cls, corpus: str) -> Source:
        """Return the official source of a corpus.

        Examples
        --------
        >>> Source.of("crema-d").repository
        'CheyneyComputerScience/CREMA-D'
        """
        entry = sources()[corpus]
        lists = {name: tuple(entry[name]) for name in ("files", "raters")}
        return cls(**entry | lists)

    def address(self, kind: str, **parts: str) -> str:
        """Return an address.

        Examples
        --------
        >>> Source.of("crema-d").address("tree", tree="abc")
        'https://api.github.com/repos/CheyneyComputerScience/CREMA-D/git/trees/abc'
        """
        own = {"repository": self.repository, "branch": self.branch}
        return self.addresses[kind].format(**own | parts)


@dataclass
class Snapshot:
    """The files of a repository at one commit.

    Parameters
    ----------
    session
        The connections to use.
    source
        Of the corpus.
    commit
        Its hash.
    tree
        The hash of its topmost folder.
    pause
        Seconds before a second attempt.
    """

    session: requests.Session
    source: Source
    commit: str
    tree: str
    pause: float = 1.0
    _folders: dict[str, dict[str, Checksum]] = field(default_factory=dict)
    _trees: dict[str, str] = field(default_factory=dict)

    @classmethod
    def newest(cls, session: requests.Session, source: Source, *, pause: float = 1.0) -> Snapshot:
        """Ask for the newest commit of the branch.

        Raises
        ------
        DownloadError
            If the server cannot be reached or says something else.
        """
        url = source.address("commit")
        content = _json(read_small(session, url, pause=pause), url)
        commit = content.get("sha")
        tree = ((content.get("commit") or {}).get("tree") or {}).get("sha")
        return cls(session, source, _hash(commit, url), _hash(tree, url), pause)

    def files(self, folder: str = "") -> dict[str, Checksum]:
        """Return the files of a folder, name -> what each must be.

        Raises
        ------
        DownloadError
            If there is no such folder.
        """
        if folder not in self._folders:
            self._read(folder)
        return self._folders[folder]

    def checksum(self, path: str) -> Checksum | None:
        """Return what a file must be; None if the repository has none of that path."""
        folder, _, name = path.rpartition("/")
        return self.files(folder).get(name)

    def large_file(self, path: str) -> Checksum:
        """Return what a file in Git LFS must be, by the pointer that the repository keeps.

        Raises
        ------
        DownloadError
            If the pointer is none, or not the repository's.
        """
        url = self.source.address("raw", commit=self.commit, path=path)
        known = self.checksum(path)
        if known is None:
            raise DownloadError(f"{url}: the repository has no such file")
        if known.size > LONGEST_POINTER:
            return known
        content = read_small(self.session, url, most=LONGEST_POINTER, pause=self.pause)
        pointer = _POINTER.fullmatch(content)
        if not known.fits(content) or not pointer:
            raise DownloadError(f"{url}: this is not the pointer that the repository keeps")
        return Checksum(int(pointer[2]), pointer[1].decode())

    def _read(self, folder: str) -> None:
        tree = self.tree
        if folder:
            above, _, name = folder.rpartition("/")
            self.files(above)
            inside = f"{above}/{name}" if above else name
            if inside not in self._trees:
                raise DownloadError(f"{self.source.repository}: there is no folder {folder}")
            tree = self._trees[inside]
        url = self.source.address("tree", tree=tree)
        content = _json(read_small(self.session, url, pause=self.pause), url)
        if content.get("truncated"):
            raise DownloadError(f"{url}: the server does not list all files of this folder")
        files: dict[str, Checksum] = {}
        for entry in content.get("tree") or []:
            name, digest = str(entry.get("path")), _hash(entry.get("sha"), url)
            if entry.get("type") == "tree":
                self._trees[f"{folder}/{name}" if folder else name] = digest
            elif entry.get("type") == "blob":
                files[name] = Checksum(int(entry.get("size") or 0), digest, "git")
        self._folders[folder] = files


def sources() -> dict[str, dict[str, Any]]:
    """Return what is known of the sources, by corpus."""
    text = resources.files("sottovoce.corpora").joinpath("downloads.toml").read_text("utf-8")
    return tomllib.loads(text)


def _json(content: bytes, url: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise DownloadError(f"{url}: the answer is not JSON") from error
    if not isinstance(found, dict):
        raise DownloadError(f"{url}: the answer is another than was asked for")
    return found


def _hash(value: Any, url: str) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise DownloadError(f"{url}: the answer is another than was asked for")
    return value
