"""The tables of a database in audformat, and the parts of files that their rows are about."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pandas as pd

from sottovoce.corpora.files import read_table
from sottovoce.corpora.segment import SEGMENT_END, SEGMENT_START, runs_forwards
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Place = tuple[str, float, float | None]

SUFFIXES = (".csv", ".parquet")
# As pandas writes what lies between two moments.
TIME = re.compile(r"(?:(\d{1,6}) days? )?(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)", re.ASCII)


def read_part(folder: Path, name: str, index: str | None = "file") -> pd.DataFrame:
    """Return a table of a database by its name.

    Raises
    ------
    VotesError
        If it is neither CSV nor Parquet, or lacks the column `index`. Pickles are not opened.
    """
    for suffix in SUFFIXES:
        path = folder / f"db.{name}{suffix}"
        if path.is_file():
            table = read_table(path)
            if index and index not in table:
                raise VotesError(f"{path}: the column {index} is missing")
            return table
    pickled = (folder / f"db.{name}.pkl").is_file()
    raise VotesError(
        f"{folder}: no db.{name}.csv or db.{name}.parquet"
        + ("; the pickle is not opened, since that could run code. Save it as CSV." * pickled)
    )


def places_of(table: pd.DataFrame, source: str) -> list[Place]:
    """Return file, start and end of each row, in seconds; None where a segment has no end.

    Raises
    ------
    VotesError
        If a time is none, or a segment does not run forwards; the message names the row.
    """
    files = [str(file).replace("\\", "/") for file in table["file"]]
    if "start" not in table:
        return [(file, 0.0, None) for file in files]
    ends = table["end"] if "end" in table else pd.Series("", index=table.index)
    places = [
        (file, _seconds_of(start) or 0.0, _seconds_of(end))
        for file, start, end in zip(files, table["start"], ends, strict=True)
    ]
    for row, place in zip(table.index, places, strict=True):
        if not runs_forwards(place[1], place[2]):
            raise VotesError(
                f"{source}, row {row}: start and end must be times such as '0 days 00:00:01.5', "
                "the end after the start"
            )
    return places


def _seconds_of(cell: Any) -> float | None:
    """Return a time in seconds; None where there is none, NaN where it is no time.

    Examples
    --------
    >>> _seconds_of("0 days 00:01:02.5"), _seconds_of(""), _seconds_of("soon")
    (62.5, None, nan)
    """
    if cell is None or cell == "" or pd.isna(cell):
        return None
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    match = TIME.fullmatch(str(cell))
    if not match:
        return math.nan
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def name_places(
    tables: Mapping[str, list[Place]],
) -> dict[Place, str]:
    """Name files by their stem where that tells them apart, segments by their seconds too."""
    places = list(dict.fromkeys(place for rows in tables.values() for place in rows))
    files = list(dict.fromkeys(file for file, *_ in places))
    stems = [PurePosixPath(file).stem for file in files]
    alone = len(set(stems)) == len(stems)
    base = {
        file: stem if alone else str(PurePosixPath(file).with_suffix(""))
        for file, stem in zip(files, stems, strict=True)
    }
    return {
        place: base[place[0]] + ("" if not place[1] and place[2] is None else _seconds(*place[1:]))
        for place in places
    }


def _seconds(start: float, end: float | None) -> str:
    return f"@{start:g}s" if end is None else f"@{start:g}-{end:g}s"


def place_columns(place: Place) -> dict[str, Any]:
    """Return a place as columns of a corpus: the file, and which part of it where it is one.

    Examples
    --------
    >>> place_columns(("a.wav", 0.0, None)), place_columns(("a.wav", 1.0, None))["segment_start"]
    ({'file': 'a.wav'}, 1.0)
    """
    file, start, end = place
    part = {} if not start and end is None else {SEGMENT_START: start, SEGMENT_END: end}
    return {"file": file} | part
