"""fetch: the official files of a corpus, checked, and only those that are missing."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import requests
from tqdm.auto import tqdm

from sottovoce._version import __version__
from sottovoce.corpora.catalogue import corpora
from sottovoce.corpora.checks import shortened
from sottovoce.corpora.download import Checksum, download
from sottovoce.corpora.github import Snapshot, Source, sources
from sottovoce.corpora.ranges import format_numbers, parse_numbers
from sottovoce.errors import DownloadError, VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

LOCK = ".sottovoce-fetch.lock"
# What the pointers said, so that a second call need not ask for them again.
KNOWN = ".sottovoce-fetch.json"
CLIP = re.compile(r"(\d{4})_[A-Z]{3}_[A-Z]{3}_[A-Z]{2}\.wav")


@dataclass(frozen=True)
class Fetched:
    """What came of a download.

    Parameters
    ----------
    root
        The folder, for :func:`load_corpus`.
    commit
        The version of the repository.
    new
        The files that were downloaded.
    present
        The files that were there already, and whole.
    failed
        File -> why it is not there. The others are.
    """

    root: Path
    commit: str
    new: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    failed: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = f"{self.root}: {len(self.new):,} files downloaded, {len(self.present):,} were there"
        return f"{told}, {len(self.failed):,} failed" if self.failed else told


def fetch(
    name: str,
    root: str | os.PathLike[str] | None = None,
    *,
    actors: str | int | Iterable[int | str] | None = None,
    raters: bool = True,
    connections: int = 4,
    progress: bool = True,
    source: Source | None = None,
    pause: float = 1.0,
) -> Fetched:
    """Download a corpus from where its makers give it.

    Nothing is downloaded but what this names, and nothing is sent but the requests for it.

    Parameters
    ----------
    name
        "crema-d", the one corpus that may be passed on without an agreement. For the others,
        ``sottovoce corpora`` tells where to ask.
    root
        The folder for it; by default one of its name here.
    actors
        Only the recordings of these, such as ``"1061-1070"``; None for all. Ten take
        about 65 MB.
    raters
        Bring the file of single raters too.
    connections
        How many files at once.
    progress
        Show a bar.
    source
        Where from, if not from the official repository.
    pause
        Seconds before a second attempt; each further one waits twice as long.

    Returns
    -------
    Fetched
        A file that cannot be had is told there, and the others are brought. What is there and whole
        is not brought again, and what broke off is gone on with. Every recording is checked by the
        SHA-256 that the repository keeps for it, every other file by git's own SHA-1.

    Raises
    ------
    VotesError
        If the corpus cannot be downloaded, or lacks an actor who was asked for.
    DownloadError
        If the repository cannot be reached, or another process downloads into this folder.

    Examples
    --------
    >>> fetch("iemocap")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: iemocap cannot be downloaded. To get it: ask for it at the ...
    """
    known = str(name).strip().lower().replace("_", "-")
    if known not in sources():
        about = f" {corpora()[known].how_to_get}" if known in corpora() else ""
        raise VotesError(
            f"{known} cannot be downloaded.{about or f' Those that can: {shortened(sources())}.'}"
        )
    folder = Path(root if root is not None else known).expanduser()
    local = threading.local()
    with _locked(folder):
        snapshot = Snapshot.newest(_session(local), source or Source.of(known), pause=pause)
        clips = _clips(snapshot, actors)
        files = _files(snapshot, raters)
        brought = _Brought(folder, snapshot, local, pause)
        with ThreadPoolExecutor(max(1, connections)) as pool:
            tasks = {pool.submit(brought.bring, path): path for path in [*files, *clips]}
            bar = tqdm(as_completed(tasks), total=len(tasks), desc=known, disable=not progress)
            try:
                done = {tasks[task]: task.result() for task in bar}
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            finally:
                bar.close()
                brought.remember()
    paths = [*files, *clips]
    return Fetched(
        folder,
        snapshot.commit,
        new=tuple(path for path in paths if done[path] is True),
        present=tuple(path for path in paths if done[path] is False),
        failed={path: str(done[path]) for path in paths if isinstance(done[path], DownloadError)},
    )


class _Brought:
    """The files of one call, brought by several threads."""

    def __init__(
        self, folder: Path, snapshot: Snapshot, local: threading.local, pause: float
    ) -> None:
        self.folder = folder
        self.snapshot = snapshot
        self._local = local
        self._pause = pause
        self._known = _read_known(folder)

    def bring(self, path: str) -> bool | DownloadError:
        """Return whether a file was downloaded, or why it could not be."""
        kind = "media" if path.startswith(f"{self.snapshot.source.recordings}/") else "raw"
        try:
            checksum = self._checksum(path, kind)
            url = self.snapshot.source.address(kind, commit=self.snapshot.commit, path=path)
            target = self.folder.joinpath(*path.split("/"))
            return download(_session(self._local), url, target, checksum, pause=self._pause)
        except DownloadError as error:
            return error

    def remember(self) -> None:
        """Save what the pointers said; without it a second call only takes longer."""
        try:
            (self.folder / KNOWN).write_text(json.dumps(self._known), encoding="utf-8")
        except OSError:
            return

    def _checksum(self, path: str, kind: str) -> Checksum:
        listed = self.snapshot.checksum(path)
        if listed is None:
            raise DownloadError(f"{path}: the repository has no such file")
        if kind == "raw":
            return listed
        # By the hash of the pointer: another version of the file has another one.
        if listed.digest not in self._known:
            found = self.snapshot.large_file(path)
            self._known[listed.digest] = [found.size, found.digest]
        size, digest = self._known[listed.digest]
        return Checksum(int(size), str(digest))


def _read_known(folder: Path) -> dict[str, list[int | str]]:
    try:
        content = json.loads((folder / KNOWN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {
        str(digest): entry
        for digest, entry in content.items()
        if isinstance(entry, list) and [type(part) for part in entry] == [int, str]
    }


def _session(local: threading.local) -> requests.Session:
    """Return the connections of this thread."""
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.headers["User-Agent"] = f"sottovoce/{__version__}"
    session: requests.Session = local.session
    return session


def _clips(snapshot: Snapshot, actors: str | int | Iterable[int | str] | None) -> list[str]:
    recordings = snapshot.source.recordings
    by_actor: dict[int, list[str]] = {}
    for name in sorted(snapshot.files(recordings)):
        if match := CLIP.fullmatch(name):
            by_actor.setdefault(int(match[1]), []).append(f"{recordings}/{name}")
    wanted = sorted(by_actor) if actors is None else parse_numbers(actors, "actors")
    missing = [actor for actor in wanted if actor not in by_actor]
    if missing:
        raise VotesError(
            f"{snapshot.source.repository}: no recordings of actors {format_numbers(missing)}; "
            f"there are {format_numbers(by_actor)}"
        )
    return [clip for actor in wanted for clip in by_actor[actor]]


def _files(snapshot: Snapshot, raters: bool) -> list[str]:
    for path in snapshot.source.files:  # asked for here, so that threads find the folders read
        snapshot.files(path.rpartition("/")[0])
    return [*snapshot.source.files, *(snapshot.source.raters if raters else ())]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise DownloadError(
            f"{folder}: another process downloads into this folder. Wait for it."
        ) from None
    except OSError as error:
        raise DownloadError(
            f"{folder}: nothing can be written there ({error.strerror}). Give another folder as "
            "root."
        ) from error
    try:
        yield
    finally:
        lock.release()
