"""What is in a file of ratings: its lines as bytes, and what they say."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from sottovoce.corpora.cells import guard_cell, plain_cell
from sottovoce.corpora.checks import shortened
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Rating:
    """One emotion that one listener heard in one recording.

    Parameters
    ----------
    utterance
        The name of the recording.
    emotion
        What was chosen; empty where the listener gave no answer. Who chose several has a row for
        each.
    rater
        Who listened.
    seconds
        From when the recording began to play to the answer.
    plays
        How often it was played.
    time
        When it was saved, ISO 8601 in UTC, such as "2026-05-04T09:30:00Z". It is the last cell of a
        row, so that a row that was cut off is told by it.
    """

    utterance: str
    emotion: str
    rater: str
    seconds: float
    plays: int
    time: str


COLUMNS = tuple(field.name for field in fields(Rating))


@dataclass(frozen=True)
class RatingRows:
    """The lines of a file, as bytes: the header, the whole rows, and what was cut off."""

    head: bytes
    whole: list[tuple[bytes, Rating]]
    rest: bytes
    is_new: bool

    @property
    def lines(self) -> list[bytes]:
        """The header and the whole rows."""
        return [self.head, *(line for line, _ in self.whole)]


def require_cell(text: str) -> None:
    r"""Refuse a name that would not come back from a CSV file as it is.

    Raises
    ------
    VotesError
        If it has line breaks, or space around it, or letters that are none.

    Examples
    --------
    >>> require_cell("two\nlines")
    Traceback (most recent call last):
    sottovoce.errors.VotesError: 'two\nlines' cannot be saved in a table: it has a line break. ...
    """
    problem = ""
    if text and text.splitlines() != [text]:
        problem = "it has a line break"
    elif "\0" in text:
        problem = "it has a zero byte"
    elif text != text.strip():
        problem = "it begins or ends with a space"
    elif text.encode("utf-8", "replace").decode() != text:
        problem = "its letters are in no known encoding"
    if problem:
        raise VotesError(
            f"{text!r} cannot be saved in a table: {problem}. Give the recording, emotion or rater "
            "another name."
        )


def parse_rows(content: bytes, source: str) -> RatingRows:
    """Read a whole file.

    Raises
    ------
    VotesError
        If it is not a table of ratings; the message names the row.
    """
    header = write_row(COLUMNS)
    # Nothing yet, or a crash within the first line ever written.
    if header.startswith(content.removeprefix(_BOM)) and not content.endswith(b"\n"):
        return RatingRows(header, [], b"", is_new=True)
    head, *lines = io.BytesIO(content)
    _check_header(head, source)
    whole: list[tuple[bytes, Rating]] = []
    rest = b""
    seen: set[tuple[str, str, str]] = set()
    for number, line in enumerate(lines, start=2):
        try:
            rating = _rating(line)
        except ValueError as error:
            if number == len(lines) + 1 and not line.endswith(b"\n"):
                rest = line
                break
            raise VotesError(
                f"{source}, row {number}: {error}. Another program may have changed the file: "
                "mend the row, or give another file for the ratings."
            ) from None
        if rating is None:
            continue
        key = (rating.utterance, rating.rater, rating.emotion)
        if key in seen:
            raise VotesError(
                f"{source}, row {number}: {rating.rater!r} has said {rating.emotion!r} of "
                f"{rating.utterance!r} before. Keep one of the two rows."
            )
        seen.add(key)
        whole.append((line, rating))
    return RatingRows(head, whole, rest, is_new=False)


def _check_header(head: bytes, source: str) -> None:
    try:
        text = head.removeprefix(_BOM).decode("utf-8")
        names = next(csv.reader([text.rstrip("\r\n")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        names = ["no text in UTF-8"]
    if tuple(names) != COLUMNS:
        raise VotesError(
            f"{source}: this is no table of ratings, so nothing is written into it. Its first row "
            f"has {shortened(names, 6)}, but must have {', '.join(COLUMNS)}. Give another file, "
            "which need not exist yet."
        )


def _rating(line: bytes) -> Rating | None:
    """Return what a line says; None for an empty one.

    Raises
    ------
    ValueError
        With what is wrong.
    """
    try:
        text = line.decode("utf-8")
        cells = next(csv.reader([text.rstrip("\r\n")], strict=True), [])
    except UnicodeDecodeError:
        raise ValueError("this is not text in UTF-8") from None
    except csv.Error as error:
        raise ValueError(f"this is no row of a table ({error})") from None
    if not any(cells):
        return None
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells, but there must be {len(COLUMNS)}")
    utterance, emotion, rater, seconds, plays, time = cells
    for name, cell in (("utterance", utterance), ("rater", rater)):
        if not cell.strip():
            raise ValueError(f"the cell {name} is empty")
    if not _TIME.fullmatch(time):
        raise ValueError(f"time is {time!r}, but must be like 2026-05-04T09:30:00Z")
    try:
        return Rating(
            plain_cell(utterance),
            plain_cell(emotion),
            plain_cell(rater),
            float(seconds),
            int(plays),
            time,
        )
    except ValueError:
        raise ValueError(
            f"seconds and plays are {seconds!r} and {plays!r}, but must be numbers"
        ) from None


def write_row(cells: Sequence[object]) -> bytes:
    """Return cells as a line."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(
        guard_cell(cell) if isinstance(cell, str) else cell for cell in cells
    )
    return buffer.getvalue().encode("utf-8")
