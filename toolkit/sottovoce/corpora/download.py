"""One file from one address: resumed where it broke off, kept only if it is what it should be."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import requests

from sottovoce.errors import DownloadError

if TYPE_CHECKING:
    from pathlib import Path

PART = ".part"
# What a connection had brought of a piece when it broke off is lost: so the pieces are small.
PIECE = 1 << 12
SECONDS_TO_WAIT = (10.0, 60.0)  # for a connection, for more of the content
# Attempts in a row that bring nothing; one that brings anything begins the count anew.
MOST_ATTEMPTS = 5
# For what is asked first: without a network, nobody wants to wait long for being told so.
MOST_SMALL_ATTEMPTS = 3
WORTH_ANOTHER = {408, 425, 429, 500, 502, 503, 504}
LONGEST_PAUSE = 60.0
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Checksum:
    r"""What a file must be.

    Parameters
    ----------
    size
        In bytes.
    digest
        In hexadecimal digits.
    kind
        "sha256", or "git" for the SHA-1 that git gives a file.

    Examples
    --------
    >>> Checksum(5, "ce013625030ba8dba906f756967f9e9ca394464a", "git").fits(b"hello\n")
    False
    >>> Checksum(6, "ce013625030ba8dba906f756967f9e9ca394464a", "git").fits(b"hello\n")
    True
    """

    size: int
    digest: str
    kind: Literal["sha256", "git"] = "sha256"

    def fits(self, content: bytes) -> bool:
        """Tell whether a content is this file's."""
        digest = self._begin()
        digest.update(content)
        return len(content) == self.size and digest.hexdigest() == self.digest

    def fits_file(self, path: Path) -> bool:
        """Tell whether a file is there and is this one."""
        if not path.is_file() or path.stat().st_size != self.size:
            return False
        digest = self._begin()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest() == self.digest

    def _begin(self) -> hashlib._Hash:
        if self.kind == "sha256":
            return hashlib.sha256()
        # Git hashes the kind and the size before the content.
        return hashlib.sha1(b"blob %d\0" % self.size, usedforsecurity=False)


def download(
    session: requests.Session, url: str, path: Path, checksum: Checksum, *, pause: float = 1.0
) -> bool:
    """Bring a file, unless it is there.

    Parameters
    ----------
    session
        The connections to use.
    url
        Its address.
    path
        Where it shall lie. Until it is whole, what came lies beside it with the suffix ".part",
        also after an interruption; the next call goes on from there.
    checksum
        What it must be.
    pause
        Seconds before a second attempt; each further one waits twice as long.

    Returns
    -------
    bool
        Whether it was downloaded.

    Raises
    ------
    DownloadError
        If the server does not have it or cannot be reached, if what came is not the file, or if it
        cannot be written.
    """
    if checksum.fits_file(path):
        return False
    part = path.with_name(path.name + PART)
    attempts = 0
    wrong = False
    while True:
        before = _size(part)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            problem = _bring(session, url, part, checksum.size)
            if _size(part) >= checksum.size:
                if checksum.fits_file(part):
                    part.replace(path)
                    return True
                part.unlink()
                # Two halves of different versions may have met: once more, from the beginning.
                if wrong:
                    raise DownloadError(
                        f"{url}: what came is not the file that was promised (its checksum is "
                        "another), twice. It may have changed at the source or on the way; try "
                        "again later."
                    )
                wrong = True
        except requests.RequestException as error:
            problem = f"the connection failed ({type(error).__name__})"
        except OSError as error:
            if isinstance(error, DownloadError):
                raise
            raise DownloadError(
                f"{path}: the file cannot be written ({error.strerror}). Mend that and run it "
                "again; what is there already is kept."
            ) from error
        attempts = 0 if _size(part) > before else attempts + 1
        if attempts >= MOST_ATTEMPTS:
            raise DownloadError(
                f"{url}: {problem or 'nothing more comes'}, {attempts} times in a row. Run it "
                "again to go on from here."
            )
        time.sleep(min(pause * 2**attempts, LONGEST_PAUSE) if attempts else 0)


def read_small(
    session: requests.Session, url: str, *, most: int = 1 << 24, pause: float = 1.0
) -> bytes:
    """Return the content of an address, if it is not large.

    Raises
    ------
    DownloadError
        If it cannot be had.
    """
    problem = ""
    for attempt in range(MOST_SMALL_ATTEMPTS):
        time.sleep(min(pause * 2**attempt, LONGEST_PAUSE) if attempt else 0)
        try:
            with session.get(url, timeout=SECONDS_TO_WAIT, stream=True) as response:
                _require_found(response, url)
                if response.status_code == requests.codes.ok:
                    content = bytearray()
                    for piece in response.iter_content(PIECE):
                        content += piece
                        if len(content) > most:
                            raise DownloadError(f"{url}: more came than there should be")
                    return bytes(content)
                problem = f"the server answers {response.status_code}"
        except requests.RequestException as error:
            problem = f"the connection failed ({type(error).__name__})"
    raise DownloadError(
        f"{url}: {problem}, {MOST_SMALL_ATTEMPTS} times in a row. Is there a network, and may it "
        "be reached from here?"
    )


def _bring(session: requests.Session, url: str, part: Path, size: int) -> str:
    """Append what is missing to the part; return why there is still something missing, if so."""
    have = _size(part)
    if have >= size:
        return ""
    # Compressed on the way, the bytes could not be counted.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with session.get(url, headers=headers, timeout=SECONDS_TO_WAIT, stream=True) as response:
        _require_found(response, url)
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink()
            return "the server has less than was promised"
        if response.status_code not in (requests.codes.ok, requests.codes.partial_content):
            _wait_as_told(response)
            return f"the server answers {response.status_code}"
        goes_on = response.status_code == requests.codes.partial_content
        if goes_on and not _starts_at(response, have):
            part.unlink(missing_ok=True)
            return "the server sent another part than was asked for"
        with part.open("ab" if goes_on else "wb") as file:
            room = size - (have if goes_on else 0)
            for piece in response.iter_content(PIECE):
                # One byte too many is enough to tell that this is not the file.
                file.write(piece[: room + 1])
                room -= len(piece)
                if room < 0:
                    break
    return "" if room <= 0 else "the connection broke off"


def _require_found(response: requests.Response, url: str) -> None:
    status = response.status_code
    if status >= 400 and status not in WORTH_ANOTHER | {416}:
        told = {
            401: "the server wants a password",
            403: "the server refuses; it may allow only so many requests an hour",
            404: "the server has no such file",
        }.get(status, "the server refuses")
        raise DownloadError(f"{url}: {told} ({status})")


def _starts_at(response: requests.Response, have: int) -> bool:
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return match is not None and int(match[1]) == have


def _wait_as_told(response: requests.Response) -> None:
    told = response.headers.get("Retry-After", "")
    if told.isdecimal():
        time.sleep(min(float(told), LONGEST_PAUSE))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
