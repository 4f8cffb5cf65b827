"""EmoBox: the metadata of many corpora in one form, one label a recording.

Z. Ma, M. Chen, H. Zhang, Z. Zheng, W. Chen, X. Li, J. Ye, X. Chen, T. Hain, "EmoBox: Multilingual
Multi-corpus Speech Emotion Recognition Toolkit and Benchmark", Interspeech 2024, arXiv:2406.07162.
"""

from __future__ import annotations

import json
import math
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pandas as pd

from sottovoce.corpora.assemble import assemble
from sottovoce.corpora.checks import shortened
from sottovoce.corpora.folders import read_lines, require_folder, visible, what_is_there
from sottovoce.corpora.labels import label_set
from sottovoce.corpora.segment import SEGMENT_END, SEGMENT_START, runs_forwards
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from sottovoce.corpora.corpus import Corpus
    from sottovoce.corpora.labels import LabelSet

LABEL_MAP = "label_map.json"
SUFFIXES = (".jsonl", ".json")
NEEDED = ("wav", "emo")
# What an entry says of a recording beside these; the second name is that of a corpus's column.
SPEAKERS = ("spk", "speaker")
OTHERS = {"sex": "sex", "gender": "sex", "lang": "language", "length": "duration"}


def load_emobox(
    root: str | os.PathLike[str] | None = None,
    *,
    audio: str | os.PathLike[str] | None = None,
    labels: str | Mapping[str, str] | None = None,
) -> Corpus:
    """Read a corpus through its metadata in EmoBox's form.

    Parameters
    ----------
    root
        A file of metadata, such as ``data/aesdd/aesdd.jsonl`` or ``fold_1/aesdd_test_fold_1.json``,
        or the folder of one corpus.
    audio
        The folder in which the recordings' paths start ("downloads/..."); by default the first
        above the metadata in which they are found.
    labels
        "words" (the default) keeps every label, "words-basic" the six emotions of the presets; or
        a mapping from labels to emotions. ``label_map.json`` beside the metadata spells codes that
        no set knows ("a"); what it would merge ("exc" into happy) it does not merge by itself, and
        the note says so.

    Returns
    -------
    Corpus
        One vote a recording, since EmoBox has no single ratings: the ambiguity of such a
        reference is always 0. Entries with a start and an end are segments.

    Raises
    ------
    VotesError
        If there is no such metadata, or an entry lacks its file or label; the message names it.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "x.wav").touch()
    >>> entry = '{"key": "toy-x", "wav": "x.wav", "emo": "a", "dataset": "toy", "channel": 1}'
    >>> _ = (folder / "toy.jsonl").write_text(entry)
    >>> _ = (folder / "label_map.json").write_text('{"a": "Angry"}')
    >>> load_emobox(folder).votes.sel(utterance="toy-x", emotion="angry").item()
    1.0
    """
    chosen = label_set(labels, "words")
    path = _metadata(root)
    entries = _read(path)
    spellings = _label_map(path)
    base = _above(path, entries) if audio is None else require_folder(audio, "emobox", "the audio")
    utterances = pd.DataFrame([_describe(entry, base) for entry in entries.values()])
    utterances.index = pd.Index(list(entries), name="utterance")
    raw = [str(entry["emo"]) for entry in entries.values()]
    spelled = {label: _spelled(label, chosen, spellings) for label in dict.fromkeys(raw)}
    datasets = dict.fromkeys(str(entry.get("dataset", "")) for entry in entries.values())
    return assemble(
        next(iter(datasets)) or path.stem,
        utterances,
        pd.DataFrame({"utterance": list(entries), "label": [spelled[label] for label in raw]}),
        chosen,
        source=str(path),
        notes=[
            "One label a recording: how far listeners agreed is not known.",
            _told(spelled, chosen, spellings),
        ],
    )


def _metadata(root: str | os.PathLike[str] | None) -> Path:
    if root is not None and Path(root).expanduser().is_file():
        return Path(root).expanduser()
    folder = require_folder(root, "emobox", "NAME.jsonl or NAME.json")
    found = [
        path
        for suffix in SUFFIXES
        for path in visible(folder, f"*{suffix}")
        if path.name != LABEL_MAP
    ]
    named = [path for path in found if path.stem == folder.name]
    stems = {path.stem for path in found}
    if not named and len(stems) != 1:
        many = f"several files of metadata ({shortened(sorted(stems))})" if stems else "no metadata"
        raise VotesError(
            f"{folder}: {many}; {what_is_there(folder)}. Give the file, such as "
            "data/aesdd/aesdd.jsonl, or the folder of one corpus."
        )
    return (named or found)[0]


def _read(path: Path) -> dict[str, dict[str, Any]]:
    """Return key -> entry, from JSON lines or an object of objects."""
    lines = read_lines(path)
    entries: dict[str, dict[str, Any]] = {}
    if path.suffix == ".json":
        content = _parsed("\n".join(lines), str(path))
        if not isinstance(content, dict):
            raise VotesError(f"{path}: this must be an object with an entry for each recording")
        pairs = [(f"{path}, {key!r}", key, entry) for key, entry in content.items()]
    else:
        parsed = [
            (f"{path}, line {number}", _parsed(line, f"{path}, line {number}"))
            for number, line in enumerate(lines, start=1)
            if line
        ]
        pairs = [
            (place, entry.get("key", "") if isinstance(entry, dict) else "", entry)
            for place, entry in parsed
        ]
    for place, key, entry in pairs:
        missing = [name for name in NEEDED if not isinstance(entry, dict) or not entry.get(name)]
        if missing or not key:
            raise VotesError(
                f"{place}: the entry lacks {' and '.join(missing or ['key'])}. It must be like "
                '{"key": "aesdd-a01", "wav": "aesdd/a01.wav", "emo": "a"}.'
            )
        if str(key) in entries:
            raise VotesError(f"{place}: {str(key)!r} is there twice")
        entries[str(key)] = entry
    if not entries:
        raise VotesError(f"{path}: there are no entries")
    return entries


def _parsed(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise VotesError(f"{place}: this is not JSON ({error})") from error


def _label_map(path: Path) -> dict[str, str]:
    for folder in (path.parent, path.parent.parent):
        if (folder / LABEL_MAP).is_file():
            content = _parsed("\n".join(read_lines(folder / LABEL_MAP)), str(folder / LABEL_MAP))
            if not isinstance(content, dict):
                raise VotesError(f"{folder / LABEL_MAP}: this must be an object of labels")
            return {str(label): str(word) for label, word in content.items()}
    return {}


def _above(path: Path, entries: dict[str, dict[str, Any]]) -> Path:
    """Return the first folder above the metadata in which the recordings' paths start."""
    some = list(entries.values())[:20]
    for folder in path.absolute().parents:
        if any((folder / _relative(entry)).is_file() for entry in some):
            return folder
    raise VotesError(
        f"{path}: {some[0]['wav']!r} is in no folder above it. Give the one in which the paths "
        "start as audio."
    )


def _relative(entry: dict[str, Any]) -> PurePosixPath:
    return PurePosixPath(str(entry["wav"]).replace("\\", "/"))


def _describe(entry: dict[str, Any], base: Path) -> dict[str, Any]:
    file = base / _relative(entry)
    known = {called: entry[name] for name, called in OTHERS.items() if name in entry}
    if entry.get("start_time") is not None and entry.get("end_time") is not None:
        start, end = (_number(entry[name]) for name in ("start_time", "end_time"))
        if not runs_forwards(start, end):
            raise VotesError(
                f"{entry['wav']}: start_time and end_time must be seconds, the end after the start"
            )
        known |= {SEGMENT_START: start, SEGMENT_END: end}
    speaker = next((entry[name] for name in SPEAKERS if entry.get(name)), "")
    return {"path": str(file) if file.is_file() else "", "speaker": str(speaker)} | known


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _spelled(label: str, chosen: LabelSet, spellings: dict[str, str]) -> str:
    """Return the label as a word, where no set knows the code and the map beside it does."""
    known = chosen.answer_of(label) in chosen.labels.values()
    return label if known else spellings.get(label, label)


def _told(spelled: dict[str, str], chosen: LabelSet, spellings: dict[str, str]) -> str:
    codes = {label: word for label, word in spelled.items() if label != word}
    merged = {
        label: spellings[label]
        for label in spelled
        if label in spellings and chosen.answer_of(label) != chosen.answer_of(spellings[label])
        if label not in codes
    }
    told = []
    if codes:
        words = ", ".join(f"{label} is {word}" for label, word in codes.items())
        told.append(f"{LABEL_MAP}: {words}.")
    if merged:
        words = ", ".join(f"{label} as {word}" for label, word in merged.items())
        told.append(f"{LABEL_MAP} would count {words}; it is not merged here.")
    return " ".join(told)
