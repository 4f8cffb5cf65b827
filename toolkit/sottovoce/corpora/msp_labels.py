"""The label files of MSP-Podcast, in the forms that its releases have had.

labels_detailed.csv has a column for each field in 1.6 and 2.0, and between them one, "EmoDetail",
that holds a line of labels.txt; labels_detailed.json nests workers in files. 1.6 to 1.9 write
"concensus".
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from sottovoce.corpora.checks import shortened
from sottovoce.corpora.folders import read_lines
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "FileName"
WORKERS = ("WorkerID", "Workers", "Worker", "Name")
PRIMARY = "EmoClass_Major"
SECONDARY = "EmoClass_Second"
DETAIL = "EmoDetail"
CONSENSUS = ("EmoClass", "EmoAct", "EmoVal", "EmoDom", "SpkrID", "Gender", "Split_Set")
COLUMNS = ("utterance", "rater", "primary", "secondary")
UNREAD = "unread"
# Own words of a crowd may break a line; where more lines are broken, it is another kind of file.
MOST_UNREAD = 0.05

# A line of labels.txt after the file's: the worker, what was heard first and besides, three scales.
_LINE = re.compile(r"([^;]+);\s*(.*?);?\s*A:[^;]*;\s*V:.*", re.DOTALL)
_HEAD = re.compile(r"(\S.*?\.\w+)\s*;\s*([A-Z])\s*;\s*A:.*")


def read_detailed(path: Path) -> pd.DataFrame:
    """Return what each worker said, with the columns utterance, rater, primary and secondary.

    Parameters
    ----------
    path
        labels_detailed.csv, labels_detailed.json or labels.txt, of any release.

    Returns
    -------
    pandas.DataFrame
        ``attrs["unread"]`` lists the places of lines that say nothing readable.

    Raises
    ------
    VotesError
        If it is none of these, or more than one line in twenty cannot be read; the message says
        what was found.
    """
    unread: list[str] = []
    if path.suffix == ".json":
        table = pd.DataFrame(list(_from_json(_json(path), path)), columns=list(COLUMNS))
    elif path.suffix == ".txt":
        table = pd.DataFrame(list(_from_lines(path, unread)), columns=list(COLUMNS))
    else:
        table = _from_csv(path, unread)
    if len(unread) > MOST_UNREAD * (len(table) + len(unread)):
        raise VotesError(
            f"{path.parent}: {unread[0]} is no answer of a worker. It must be like "
            "'WORKER00000001; Neutral; Neutral,Concerned; A:3.0; V:4.0; D:3.0;'."
        )
    table.attrs[UNREAD] = unread
    return table


def read_consensus(path: Path) -> pd.DataFrame:
    """Return what is known of each recording, called by its file.

    Parameters
    ----------
    path
        labels_consensus.csv or labels_consensus.json, of any release.

    Returns
    -------
    pandas.DataFrame
        The columns of the release that are known here, as str: EmoClass, EmoAct, EmoVal, EmoDom,
        SpkrID, Gender, Split_Set.

    Raises
    ------
    VotesError
        If it is neither.
    """
    if path.suffix == ".json":
        entries = _json(path)
        # Some releases wrap the entry of a file in a list.
        single = {
            name: entry[0] if isinstance(entry, list) and entry else entry
            for name, entry in entries.items()
        }
        broken = [name for name, entry in single.items() if not isinstance(entry, dict)]
        if broken:
            raise VotesError(f"{path}: {shortened(broken, 3)} must each have an object of labels")
        table = pd.DataFrame.from_dict(single, orient="index").fillna("").astype(str)
    else:
        table = _csv(path)
        _require(table, [FILE], path)
        table = table.set_index(FILE)
    _require(table, ["EmoClass"], path)
    return table[[column for column in CONSENSUS if column in table]]


def _csv(path: Path) -> pd.DataFrame:
    text = "\n".join(read_lines(path))
    try:
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise VotesError(f"{path}: this is not a table ({error})") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads("\n".join(read_lines(path)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise VotesError(f"{path}: this is not JSON ({error})") from error
    if not isinstance(content, dict):
        raise VotesError(f"{path}: this must be an object with a file name as each key")
    return content


def _require(table: pd.DataFrame, columns: list[str], path: Path) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise VotesError(
            f"{path}: the columns {shortened(missing)} are missing; there are "
            f"{shortened(table.columns, 8)}"
        )


def _from_csv(path: Path, unread: list[str]) -> pd.DataFrame:
    table = _csv(path)
    _require(table, [FILE], path)
    if DETAIL in table:
        rows = []
        lines = zip(table[FILE], table[DETAIL], strict=True)
        for number, (name, line) in enumerate(lines, start=2):
            if parts := _parts(line):
                rows.append((name, *parts))
            else:
                unread.append(f"{path.name}, row {number}: {line[:80]!r}")
        return pd.DataFrame(rows, columns=list(COLUMNS))
    worker = next((column for column in WORKERS if column in table), WORKERS[0])
    _require(table, [worker, PRIMARY], path)
    secondary = table.get(SECONDARY, "")
    return pd.DataFrame(
        dict(zip(COLUMNS, (table[FILE], table[worker], table[PRIMARY], secondary), strict=True))
    )


def _from_json(content: dict[str, Any], path: Path) -> Iterator[tuple[str, str, str, str]]:
    for name, entry in content.items():
        workers = entry.get("Workers", entry) if isinstance(entry, dict) else entry
        if isinstance(workers, dict):
            answers = list(workers.items())
        else:
            answers = [(_worker(answer), answer) for answer in workers or []]
        for worker, answer in answers:
            if not isinstance(answer, dict) or PRIMARY not in answer or not worker:
                raise VotesError(
                    f"{path}: an answer about {name!r} is {str(answer)[:80]!r}, but must be an "
                    f"object with {PRIMARY}, called by its worker"
                )
            yield name, str(worker), str(answer[PRIMARY]), str(answer.get(SECONDARY) or "")


def _worker(answer: Any) -> str:
    found = [answer[key] for key in WORKERS if key in answer] if isinstance(answer, dict) else []
    return str(found[0]) if found else ""


def _from_lines(path: Path, unread: list[str]) -> Iterator[tuple[str, str, str, str]]:
    name = ""
    for number, line in enumerate(read_lines(path), start=1):
        if head := _HEAD.fullmatch(line):
            name = head[1]
        elif line:
            place = f"{path}, line {number}"
            if not name:
                raise VotesError(f"{place}: {line[:80]!r} stands before the line of any recording")
            if parts := _parts(line):
                yield (name, *parts)
            else:
                unread.append(f"{path.name}, line {number}: {line[:80]!r}")


def _parts(line: str) -> tuple[str, str, str] | None:
    """Return the worker, what was heard first and what besides; None if a line says none of it."""
    match = _LINE.fullmatch(line.strip())
    if not match:
        return None
    # Own words may hold a semicolon: the last one parts what was heard first from the rest.
    primary, _, secondary = match[2].rpartition(";")
    if not primary:
        primary, secondary = secondary, ""
    return match[1].strip(), primary.strip(), secondary.strip()
