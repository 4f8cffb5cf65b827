"""A table that grows while people listen: one row a rating, several raters in one file.

Every rating is on the disk before the next clip is heard. What others wrote stays byte for byte; a
file that is not such a table is refused before anything is written.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import filelock

from sottovoce.corpora.rating_rows import (
    COLUMNS,
    Rating,
    RatingRows,
    parse_rows,
    require_cell,
    write_row,
)
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["COLUMNS", "Rating", "RatingsFile", "now", "require_cell"]

SECONDS_TO_WAIT = 10.0


class RatingsFile:
    """A CSV file of ratings that several people may write at the same time.

    Parameters
    ----------
    path
        Of the file; it begins to exist with the first rating. The folder must be there. A hidden
        file beside it, ``.NAME.lock``, keeps two writers apart.

    Raises
    ------
    VotesError
        If there is no such folder.

    Notes
    -----
    Cells that begin with ``=``, ``+``, ``-`` or ``@`` are written with an apostrophe before them,
    since spreadsheets run such cells; :func:`load_votes` and :meth:`read` take it off.

    Examples
    --------
    >>> import tempfile
    >>> from sottovoce.corpora import load_votes
    >>> file = RatingsFile(Path(tempfile.mkdtemp()) / "votes.csv")
    >>> file.add([Rating("a", "sad", "eve", 2.5, 1, now())])
    >>> [rating.emotion for rating in file.read()]
    ['sad']
    >>> load_votes(file.path).sel(utterance="a", emotion="sad").item()
    1.0
    >>> file.undo("eve")
    'a'
    >>> file.read()
    []
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).expanduser().absolute()
        if not self.path.parent.is_dir():
            raise VotesError(
                f"{self.path}: there is no folder {self.path.parent}. Make it, or give another "
                "place for the ratings."
            )
        if self.path.is_dir():
            raise VotesError(f"{self.path}: this is a folder. Give the name of a CSV file in it.")

    def read(self) -> list[Rating]:
        """Return the ratings in the order in which they were saved.

        A last row that was cut off, as by a crash, is left out.

        Raises
        ------
        VotesError
            If the file is not a table of ratings; the message names the row.
        """
        with self._locked():
            return [rating for _, rating in self._rows().whole]

    def cut_off(self) -> str:
        """Return the last row if it was cut off, else nothing; the next rating replaces it."""
        with self._locked():
            return self._rows().rest.decode("utf-8", "replace")

    def add(self, ratings: Sequence[Rating]) -> None:
        """Save one answer: a rating, or several of one rater about one recording.

        Parameters
        ----------
        ratings
            They reach the disk together or not at all.

        Raises
        ------
        VotesError
            If the rater has rated this recording before, the file is no table of ratings, or it
            cannot be written.
        """
        first = ratings[0]
        for text in (first.utterance, first.rater, *(rating.emotion for rating in ratings)):
            require_cell(text)
        with self._locked():
            rows = self._rows()
            if any((r.utterance, r.rater) == (first.utterance, first.rater) for _, r in rows.whole):
                raise VotesError(
                    f"{self.path}: {first.rater!r} has rated this recording before. Undo that "
                    "rating first."
                )
            new = b"".join(write_row(astuple(rating)) for rating in ratings)
            if len(ratings) == 1 and not rows.is_new:
                self._append(rows, new)
            else:
                self._replace([*rows.lines, new])

    def undo(self, rater: str, utterances: Collection[str] | None = None) -> str | None:
        """Take back the last answer of a rater.

        Parameters
        ----------
        rater
            Whose; the rows of others stay.
        utterances
            Only of these recordings.

        Returns
        -------
        str or None
            The recording that it was about; None if there is nothing to take back.

        Raises
        ------
        VotesError
            If the file is no table of ratings or cannot be written.
        """
        with self._locked():
            rows = self._rows()
            own = [
                rating.utterance
                for _, rating in rows.whole
                if rating.rater == rater and (utterances is None or rating.utterance in utterances)
            ]
            if not own:
                return None
            kept = [line for line, r in rows.whole if (r.utterance, r.rater) != (own[-1], rater)]
            self._replace([rows.head, *kept])
            return own[-1]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = filelock.FileLock(self.path.with_name(f".{self.path.name}.lock"))
        try:
            lock.acquire(timeout=SECONDS_TO_WAIT)
        except filelock.Timeout:
            raise VotesError(
                f"{self.path}: another program has been writing it for {SECONDS_TO_WAIT:g} "
                "seconds. Try again."
            ) from None
        except OSError as error:
            raise VotesError(
                f"{self.path}: nothing can be written in this folder ({error.strerror}). Give "
                "another place for the ratings."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _rows(self) -> RatingRows:
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise VotesError(f"{self.path}: the file cannot be read ({error.strerror})") from error
        return parse_rows(content, str(self.path))

    def _append(self, rows: RatingRows, new: bytes) -> None:
        """Write behind the last whole row; what cannot be written in full is taken away."""
        end = sum(map(len, rows.lines))
        joint = b"" if rows.lines[-1].endswith(b"\n") else b"\n"
        try:
            with self.path.open("r+b") as file:
                try:
                    file.seek(end)
                    file.truncate()
                    file.write(joint + new)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.ftruncate(file.fileno(), end)
                    raise
        except OSError as error:
            raise self._not_written(error) from error

    def _replace(self, lines: Sequence[bytes]) -> None:
        """Write the whole file beside the old one and put it in its place."""
        target = self.path.resolve()
        temporary = target.with_name(f".{target.name}.new")
        try:
            with temporary.open("wb") as file:
                file.writelines(line if line.endswith(b"\n") else line + b"\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, temporary)
            temporary.replace(target)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise self._not_written(error) from error

    def _not_written(self, error: OSError) -> VotesError:
        return VotesError(
            f"{self.path}: the rating is not saved ({error.strerror}). Mend that and answer again."
        )


def now() -> str:
    """Return the time as it is saved, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
