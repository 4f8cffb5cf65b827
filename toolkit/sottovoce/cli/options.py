"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from sottovoce.errors import SottovoceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sottovoce.vocabulary import TokenSet

RUN_SUFFIXES = (".zarr", ".nc")
_NAMES = re.compile(r"[a-z0-9_]+(\s*,\s*[a-z0-9_]+)+")


def _require_writable(path: Path | None) -> Path | None:
    """Refuse, before any work is done, what cannot be written after it."""
    if path is None:
        return None
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder; give the name of a file")
    parent = next(folder for folder in path.absolute().parents if folder.exists())
    if not os.access(parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise typer.BadParameter(f"{path} may not be written")
    return path


def _require_run_name(path: Path | None) -> Path | None:
    if path is not None and path.suffix not in RUN_SUFFIXES:
        raise typer.BadParameter(f"{path}: the name of a saved run must end in .zarr or .nc")
    return path


Model: TypeAlias = Annotated[
    str,
    typer.Option(
        "--model",
        help='"bundled", a folder, or a hub id such as Qwen/Qwen2-Audio-7B-Instruct.',
        metavar="NAME",
    ),
]
Prompts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--prompts",
        help="Names of the library, separated by commas, or a question of your own. May be "
        "repeated. By default percentages, one_word and json.",
        metavar="NAMES",
    ),
]
Tokens: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--tokens",
        help="What is followed: presets joined by +, or a CSV table with the columns concept and "
        'spelling. By default "emotions+percentages".',
        metavar="TOKENS",
    ),
]
Json: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--json",
        help="Write the numbers there too.",
        metavar="FILE",
        callback=_require_writable,
    ),
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Save the captured run there: NAME.nc, or NAME.zarr, which is written while it is "
        "made and gone on with by the same command after an interruption.",
        metavar="RUN",
        callback=_require_run_name,
    ),
]
Overwrite: TypeAlias = Annotated[
    bool, typer.Option("--overwrite", help="Replace the run that is there.")
]
BatchSize: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        min=1,
        metavar="N",
        help="Answers that are generated together.",
        show_default="by the model and the memory",
    ),
]
MaxNewTokens: TypeAlias = Annotated[
    int, typer.Option("--max-new-tokens", min=1, metavar="N", help="Where an answer is cut.")
]
Device: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Such as cpu or cuda:0.", show_default="a GPU if there is one"
    ),
]
Dtype: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="float32, bfloat16 or float16.", show_default="float32 on the CPU"
    ),
]


def split_names(values: Iterable[str] | None) -> list[str] | None:
    """Return names, of which several may be given in one text; a question stays whole.

    Examples
    --------
    >>> split_names(["percentages,json", "Is she angry, or sad?"])
    ['percentages', 'json', 'Is she angry, or sad?']
    """
    if not values:
        return None
    return [
        part.strip()
        for value in values
        for part in (value.split(",") if _NAMES.fullmatch(value.strip()) else [value])
    ]


def read_token_set(text: str | None) -> TokenSet:
    """Return the token set that a text names: presets and tables, joined by ``+``."""
    from sottovoce.vocabulary import TokenSet, as_token_set

    if text is None:
        return as_token_set(None)
    whole = [text] if Path(text).is_file() else text.split("+")
    parts = [
        TokenSet.from_table(Path(part).expanduser())
        if Path(part).expanduser().is_file() or Path(part).suffix
        else TokenSet.preset(part)
        for part in whole
    ]
    united = parts[0]
    for part in parts[1:]:
        united = united | part
    return united


def require_free(path: Path | None, overwrite: bool) -> None:
    """Refuse, before any work is done, to write a run where something is.

    A run in Zarr that was captured there is gone on with.
    """
    if path is None or overwrite or not os.path.lexists(path):
        return
    from sottovoce.dataset import can_grow

    if not can_grow(path):
        raise typer.BadParameter(f"{path} is there already; choose another name, or --overwrite")


def write_json(content: Mapping[str, Any], path: Path | None) -> None:
    """Write plain values as JSON, if a file is wanted.

    Raises
    ------
    SottovoceError
        If it cannot be written.
    """
    if path is None:
        return
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A name that is not valid Unicode becomes an escape, which JSON reads back.
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise SottovoceError(f"{path}: it could not be written ({error})") from error


def read_pairs(pairs: Iterable[str] | None) -> dict[str, str]:
    """Read options such as "sessions=1-4".

    Examples
    --------
    >>> read_pairs(["sessions=1-4", "labels=iemocap-4"])
    {'sessions': '1-4', 'labels': 'iemocap-4'}
    """
    found = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"{pair!r} must be a name and a value, such as sessions=1-4")
        found[name.strip()] = value.strip()
    return found
