"""Tables as people save them: any separator, with or without a byte order mark, or Parquet."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.checks import shortened
from sottovoce.errors import MissingExtraError, VotesError

if TYPE_CHECKING:
    import os

SEPARATORS = (",", ";", "\t", "|")
_TOLD = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)


def read_table(path: str | os.PathLike[str], *, encoding: str | None = None) -> pd.DataFrame:
    r"""Read a table without guessing at the type of its cells.

    Parameters
    ----------
    path
        A text file in UTF-8 or UTF-16 whose first row holds the names of the columns, separated
        by commas, semicolons, tabs or bars; or a Parquet file. A first line such as "sep=;", which
        spreadsheets write, says by what.
    encoding
        Of a text file that is in neither.

    Returns
    -------
    pandas.DataFrame
        The index is the row's number in the file as a person counts: the header is row 1. Cells
        of a text file are str without surrounding space, those of Parquet as they were stored.

    Raises
    ------
    VotesError
        If it is missing, empty or no such table; the message names the row.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "votes.csv"
    >>> _ = path.write_text("utterance;angry;sad\n001;3;1\n")
    >>> read_table(path)
      utterance angry sad
    2       001     3   1
    """
    path = Path(path).expanduser()
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        why = "there is no such file" if not path.exists() else f"the file cannot be read ({error})"
        raise VotesError(f"{path}: {why}. Give a table of votes, as CSV or Parquet.") from error
    if content.startswith(b"PAR1"):
        return _read_parquet(path)
    if content.startswith(b"PK\x03\x04"):
        raise VotesError(f"{path}: this looks like a spreadsheet. Save it as CSV (UTF-8).")
    return _from_rows(_rows(_text(content, path, encoding), path), path)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise MissingExtraError(package="pyarrow", extra="parquet") from error
    except (OSError, ValueError) as error:
        raise VotesError(f"{path}: the Parquet file is damaged ({error})") from error
    if frame.index.name is not None:
        frame = frame.reset_index()
    frame.columns = [str(name).strip() for name in frame.columns]
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    return frame


def _text(content: bytes, path: Path, encoding: str | None) -> str:
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    mend = "Save it as CSV (UTF-8), or name its encoding, such as encoding='cp932'."
    try:
        text = content.decode(encoding or ("utf-16" if utf16 else "utf-8-sig"))
    except UnicodeDecodeError as error:
        told = encoding or ("UTF-16" if utf16 else "UTF-8")
        raise VotesError(f"{path}: this is not text in {told}. {mend}") from error
    except LookupError as error:
        raise VotesError(f"encoding={encoding!r} is no encoding that Python knows") from error
    if "\0" in text:
        raise VotesError(f"{path}: this is no text, or text in another encoding. {mend}")
    return text


def _rows(text: str, path: Path) -> list[list[str]]:
    """Split the text by the separator that divides its first row most."""
    told = _TOLD.match(text)
    # The line that tells it stays in the count of rows.
    text = f"\n{text[told.end() :]}" if told else text
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = told[1] if told else max(SEPARATORS, key=lambda mark: len(_split(first, mark)))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise VotesError(f"{path}: this is not a table ({error})") from error
    _refuse_other_separators(rows, separator, path)
    return [[cell.strip() for cell in row] for row in rows]


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _refuse_other_separators(rows: list[list[str]], separator: str, path: Path) -> None:
    """Refuse a row that another separator divides into as many cells as there are columns."""
    width = max((len(row) for row in rows), default=0)
    for number, row in enumerate(rows, start=1):
        if len(row) != 1 or width < 3:
            continue
        for mark in SEPARATORS:
            if mark != separator and len(_split(row[0], mark)) == width:
                raise VotesError(
                    f"{path}, row {number}: cells are separated by {mark!r}, those of others by "
                    f"{separator!r}. Use one separator."
                )


def _from_rows(rows: list[list[str]], path: Path) -> pd.DataFrame:
    numbered = {number: row for number, row in enumerate(rows, start=1) if any(row)}
    if len(numbered) < 2:
        raise VotesError(
            f"{path}: the table is empty. Its first row must hold the names of the columns, and "
            "one more row each recording."
        )
    header = numbered.pop(min(numbered))
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    named = [name for name in header if name]
    repeated = sorted({name for name in named if named.count(name) > 1})
    if repeated:
        raise VotesError(f"{path}: more than one column is called {shortened(repeated)}")
    width = len(header)
    for number, row in numbered.items():
        if any(row[width:]):
            raise VotesError(
                f"{path}, row {number}: {len(row)} cells, but {width} columns. Put cells that "
                "hold the separator in quotes."
            )
    cells = [row[:width] + [""] * (width - len(row)) for row in numbered.values()]
    return pd.DataFrame(cells, columns=header, index=list(numbered))
