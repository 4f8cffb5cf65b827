"""Token sets from a table of spellings."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from sottovoce.errors import VocabularyError, require_one_of

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("concept", "spelling")


def read_table(
    table: str | Path | pd.DataFrame,
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the concepts of a table, those that take a share and the others.

    Parameters
    ----------
    table
        A DataFrame or the path of a CSV or TSV file, with a row for each spelling.

    Raises
    ------
    VocabularyError
        If the file cannot be read, or a column or a cell is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> read_table(pd.DataFrame({"concept": ["calm", "calm"], "spelling": ["calm", "serene"]}))
    ({'calm': ['calm', 'serene']}, {})
    """
    frame = _read_file(Path(table)) if isinstance(table, str | Path) else table
    missing = [column for column in _COLUMNS if column not in frame.columns]
    if missing:
        raise VocabularyError(
            f"A token table needs the columns 'concept' and 'spelling'; {missing} missing, "
            f"found {[str(column) for column in frame.columns]}"
        )
    concepts: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    kinds = frame["kind"] if "kind" in frame.columns else ["emotion"] * len(frame)
    rows = zip(frame["concept"], frame["spelling"], kinds, strict=True)
    for number, (concept, spelling, kind) in enumerate(rows, start=1):
        for column, cell in zip(_COLUMNS, (concept, spelling), strict=True):
            if not (isinstance(cell, str) and cell.strip()):
                raise VocabularyError(f"Row {number} of the token table has no {column}: {cell!r}")
        require_one_of(f"kind in row {number}", kind, ("emotion", "other"), VocabularyError)
        group = concepts if kind == "emotion" else others
        group.setdefault(concept.strip(), []).append(spelling)
    return concepts, others


def parse_table(text: str) -> pd.DataFrame:
    r"""Return a table that was pasted: CSV, or TSV where the first line has a tab.

    Raises
    ------
    VocabularyError
        If it is no table.

    Examples
    --------
    >>> read_table(parse_table("concept,spelling\ncalm,calm\ncalm,serene"))
    ({'calm': ['calm', 'serene']}, {})
    """
    plain = text.strip("\ufeff\r\n ")
    separator = "\t" if "\t" in plain.partition("\n")[0] else ","
    return _read(StringIO(plain), separator, "The pasted table")


def _read_file(path: Path) -> pd.DataFrame:
    separator = "\t" if path.suffix.lower() in {".tsv", ".tab"} else ","
    return _read(path, separator, f"The token table {str(path)!r}")


def _read(source: Path | StringIO, separator: str, name: str) -> pd.DataFrame:
    import pandas as pd

    try:
        # Without the default markers of missing cells, the words "None" and "NA" stay words.
        return pd.read_csv(
            source, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise VocabularyError(
            f"{name} cannot be read ({error}). "
            "Give a CSV or TSV file in UTF-8 with the columns concept,spelling."
        ) from error
