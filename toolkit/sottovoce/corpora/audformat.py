"""Databases in audEERING's audformat: a header in YAML, and tables of who said what.

https://audeering.github.io/audformat/. Read without the package of that name, which also opens
pickles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from sottovoce.corpora.assemble import assemble
from sottovoce.corpora.audformat_tables import name_places, place_columns, places_of, read_part
from sottovoce.corpora.checks import shortened
from sottovoce.corpora.folders import require_folder, what_is_there
from sottovoce.corpora.labels import label_set
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sottovoce.corpora.corpus import Corpus

HEADER = "db.yaml"
# A rater of these types stands for several people or for none.
NOT_A_LISTENER = ("vote", "machine")
GOLD = ("gold", "gold_standard")
# What schemes are called -> what a corpus calls it.
OF_A_SPEAKER = {"gender": "sex", "sex": "sex", "age": "age", "language": "language"}


def load_audformat(
    root: str | os.PathLike[str] | None = None,
    *,
    scheme: str = "emotion",
    tables: str | Iterable[str] | None = None,
    labels: str | Mapping[str, str] | None = None,
) -> Corpus:
    r"""Read a database in audformat.

    Parameters
    ----------
    root
        The folder with ``db.yaml``, its tables and the recordings.
    scheme
        The scheme that says what was heard.
    tables
        Only these tables; None takes all that have columns of the scheme.
    labels
        "words" (the default) keeps every label, "words-basic" the six emotions of the presets; or
        a mapping from labels to emotions.

    Returns
    -------
    Corpus
        A column of a human rater is his votes. Where the database has only one column for all, a
        gold standard, that is the one vote of a recording, and the note says so. Rows of a
        segmented table are segments of their files. Speakers, their sex and age come from the
        scheme "speaker". Tables that were saved as pickles only are refused.

    Raises
    ------
    VotesError
        If there is no such database, scheme or table, or one of them is broken.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> root = Path(tempfile.mkdtemp())
    >>> _ = (root / "db.yaml").write_text(
    ...     "name: toy\nraters:\n  eve: {type: human}\nschemes:\n"
    ...     "  emotion: {dtype: str, labels: [anger, neutral]}\ntables:\n  emotion:\n"
    ...     "    type: filewise\n    columns:\n      eve: {scheme_id: emotion, rater_id: eve}\n"
    ... )
    >>> _ = (root / "db.emotion.csv").write_text("file,eve\na.wav,anger\n")
    >>> (root / "a.wav").touch()
    >>> corpus = load_audformat(root)
    >>> corpus.name, corpus.ratings.sel(utterance="a", rater="eve").item()
    ('toy', 'angry')
    """
    chosen = label_set(labels, "words")
    folder = require_folder(root, "audformat", HEADER)
    header = _header(folder)
    columns, single = _rated_columns(header, scheme, tables, folder)
    rows, places = _ratings(folder, header, columns)
    files = _files(folder, header, scheme)
    index = pd.Index(list(places), name="utterance")
    described = pd.DataFrame(list(places.values()), index=index)
    described = described.join(files, on="file").drop(columns="file")
    described.insert(0, "path", [_existing(folder, place["file"]) for place in places.values()])
    speakers = described.pop("speaker").fillna("") if "speaker" in described else ""
    described.insert(1, "speaker", speakers)
    return assemble(
        str(header.get("name") or folder.name),
        described,
        rows if single else rows.drop(columns="rater"),
        chosen,
        source=str(folder),
        notes=[
            "" if single else "One label a recording: how far listeners agreed is not known.",
            f"From {', '.join(dict.fromkeys(table for table, _, _ in columns))} of {folder.name}.",
        ],
        licence=str(header.get("license") or ""),
    )


def _header(folder: Path) -> dict[str, Any]:
    path = folder / HEADER
    if not path.is_file():
        raise VotesError(
            f"{folder}: no {HEADER}; {what_is_there(folder)}. Give the folder of a database in "
            "audformat."
        )
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise VotesError(f"{path}: this is not YAML ({error})") from error
    tables = content.get("tables") if isinstance(content, dict) else None
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise VotesError(f"{path}: a database must have tables; this header names none")
    return dict(content)


def _columns(table: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(name): _object(column) for name, column in _object(table.get("columns")).items()}


def _object(value: Any) -> dict[str, Any]:
    """Return an object of the header; where there is something else, an empty one."""
    return value if isinstance(value, dict) else {}


def _rated_columns(
    header: dict[str, Any], scheme: str, tables: str | Iterable[str] | None, folder: Path
) -> tuple[list[tuple[str, str, str]], bool]:
    """Return table, column and rater of what was heard, and whether these are single listeners."""
    schemes = _object(header.get("schemes"))
    if scheme not in schemes:
        raise VotesError(
            f"{folder}: no scheme called {scheme!r}; there are {shortened(schemes, 12) or 'none'}"
        )
    wanted = [tables] if isinstance(tables, str) else list(tables or header["tables"])
    missing = [name for name in wanted if name not in header["tables"]]
    if missing:
        raise VotesError(
            f"{folder}: no tables called {shortened(missing)}; there are "
            f"{shortened(header['tables'], 12)}"
        )
    raters = _object(header.get("raters"))
    found = [
        (name, column, str(about.get("rater_id") or ""))
        for name in wanted
        for column, about in _columns(header["tables"][name]).items()
        if about.get("scheme_id") == scheme
    ]
    listeners = [
        entry
        for entry in found
        if entry[2]
        and entry[2] not in GOLD
        and _object(raters.get(entry[2])).get("type", "human") not in NOT_A_LISTENER
    ]
    if not found:
        raise VotesError(
            f"{folder}: no column of the scheme {scheme!r} in the tables {shortened(wanted)}"
        )
    gold = [entry for entry in found if _object(raters.get(entry[2])).get("type") != "machine"]
    return (listeners, True) if listeners else (gold, False)


def _ratings(
    folder: Path, header: dict[str, Any], columns: list[tuple[str, str, str]]
) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """Return one row an answer, and utterance -> its file and where in it."""
    answers: list[tuple[str, str, str]] = []
    places: dict[str, dict[str, Any]] = {}
    loaded = {name: read_part(folder, name) for name in dict.fromkeys(name for name, *_ in columns)}
    located = {name: places_of(table, f"{folder}, table {name}") for name, table in loaded.items()}
    names = name_places(located)
    for name, column, rater in columns:
        table = loaded[name]
        if column not in table:
            raise VotesError(f"{folder}: the table {name} has no column {column!r}")
        split = header["tables"][name].get("split_id")
        for place, label in zip(located[name], table[column], strict=True):
            known = places.setdefault(names[place], place_columns(place))
            if split:
                known["split"] = str(split)
            if label and not pd.isna(label):
                answers.append((names[place], rater, str(label)))
    return pd.DataFrame(answers, columns=["utterance", "rater", "label"]), places


def _files(folder: Path, header: dict[str, Any], heard: str) -> pd.DataFrame:
    """Return what other tables say of whole files: the speaker, and what is known of him."""
    found: dict[str, pd.Series[Any]] = {}
    for name, about in header["tables"].items():
        columns = {
            column: called
            for column, entry in _columns(about).items()
            if (called := _called(str(entry.get("scheme_id") or column))) and column != heard
        }
        if about.get("type") != "filewise" or not columns:
            continue
        table = read_part(folder, name).set_index("file")
        table.index = table.index.astype(str).str.replace("\\", "/")
        for column, called in columns.items():
            if column in table and called not in found:
                found[called] = table.loc[~table.index.duplicated(), column].astype(str)
    files = pd.DataFrame(found)
    files.index.name = "file"
    if "speaker" in files:
        for called, of_speaker in _speakers(folder, header).items():
            if called not in files:
                files[called] = files["speaker"].map(of_speaker)
    return files


def _called(scheme: str) -> str | None:
    return "speaker" if scheme == "speaker" else OF_A_SPEAKER.get(scheme)


def _speakers(folder: Path, header: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the labels of the scheme "speaker" say: column -> speaker -> cell."""
    labels = _object(_object(header.get("schemes")).get("speaker")).get("labels")
    known: dict[str, dict[str, Any]] = {}
    if isinstance(labels, dict):
        about = {str(name): entry for name, entry in labels.items() if isinstance(entry, dict)}
    elif isinstance(labels, str):  # the name of a table, whose first column is the speaker
        table = read_part(folder, labels, index=None)
        about = {str(row.iloc[0]): row.to_dict() for _, row in table.iterrows()}
    else:
        about = {}
    for speaker, entry in about.items():
        for name, cell in entry.items():
            if name in OF_A_SPEAKER:
                known.setdefault(OF_A_SPEAKER[name], {})[speaker] = cell
    return known


def _existing(folder: Path, file: str) -> str:
    return str(folder / file) if (folder / file).is_file() else ""
