"""The recordings that a picker offers, and what is known of them without reading them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.audio import Recording, find_recordings, load_recording
from sottovoce.corpora import Segment
from sottovoce.errors import RecordingError, SottovoceError
from sottovoce.widgets.shared.recording_names import file_stem, free_path, name_files
from sottovoce.widgets.shared.sound import wav_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sottovoce.corpora import Corpus

_TEXTS = ("speaker", "sentence", "text", "transcript")
_MOST_FRAMES = 2**40


@dataclass(slots=True)
class Entry:
    """One recording on the shelf.

    Parameters
    ----------
    name
        Unique on the shelf.
    source
        A file, or a recording that lies in none.
    detail
        Who speaks and what, or where it came from.
    votes
        The listeners' counts in the order of the shelf's emotions; None where there are none.
    content
        The bytes it came as, if they lie in no file.
    suffix
        Of a file of these bytes.
    path
        The file, once there is one.
    duration
        Seconds; None until it was measured.
    problem
        Why it cannot be read.
    batch
        Which addition it came with; 0 is the corpus.
    """

    name: str
    source: Path | Recording
    detail: str = ""
    votes: tuple[float, ...] | None = None
    content: bytes = b""
    suffix: str = ".wav"
    path: Path | None = None
    duration: float | None = None
    problem: str = ""
    batch: int = 0

    def load(self) -> Recording:
        """Return the recording at its own rate, whatever it holds, as long as it can be read."""
        return load_recording(self.source, rate=None, id=self.name, allow_silence=True)

    def measure(self) -> None:
        """Find out how long it is, from the head of the file if that says so."""
        if self.duration is not None or self.problem:
            return
        try:
            self.duration = _duration(self.source)
        except SottovoceError as error:
            self.problem = str(error)

    def file_content(self) -> bytes:
        """Return what it came as, or a WAV file of its samples."""
        return self.content or wav_bytes(self.load())


class Shelf:
    """Recordings by a number that stays, and by a name that is theirs alone.

    Examples
    --------
    >>> import sottovoce
    >>> shelf = Shelf(sottovoce.load_corpus("sample"))
    >>> key = shelf.add("tom_sad", sottovoce.load_corpus("sample").recordings["tom_sad"])
    >>> shelf.entries[key].name
    'tom_sad#2'
    """

    def __init__(self, corpus: Corpus | None) -> None:
        self.entries: dict[int, Entry] = {}
        self.keys: dict[str, int] = {}
        self.emotions: list[str] = [] if corpus is None else corpus.emotions
        self._batches = 0
        self._next = 0
        if corpus is not None:
            for entry in _corpus_entries(corpus):
                self._put(entry)

    def own(self) -> list[int]:
        """Return the keys of what was added, the newest addition first."""
        keys = [key for key, entry in self.entries.items() if entry.batch]
        return sorted(keys, key=lambda key: (-self.entries[key].batch, key))

    def listed(self) -> list[int]:
        """Return the keys of the corpus's recordings."""
        return [key for key, entry in self.entries.items() if not entry.batch]

    def unsaved(self) -> list[int]:
        """Return the keys of what lies in no file."""
        return [key for key, entry in self.entries.items() if entry.path is None]

    def add(self, name: str, source: Any, *, detail: str = "", suffix: str = ".wav") -> int:
        """Load one recording, and put it on the shelf if it is one.

        Raises
        ------
        RecordingError
            If it cannot be read or says nothing.
        """
        recording = load_recording(source, rate=None, id=name)
        is_file = isinstance(source, str | os.PathLike)
        is_content = isinstance(source, bytes | bytearray | memoryview)
        path = Path(source).expanduser() if is_file else None
        self._batches += 1
        return self._put(
            Entry(
                name,
                recording if path is None else path,
                detail=" · ".join(filter(None, [detail, *recording.notes])),
                content=bytes(source) if is_content else b"",
                suffix=suffix,
                path=path,
                duration=recording.duration,
                batch=self._batches,
            )
        )

    def add_files(self, named: Iterable[tuple[str, Path]]) -> list[int]:
        """Put files on the shelf without reading them; those that are there already stay once."""
        there = {entry.path.absolute() for entry in self.entries.values() if entry.path}
        self._batches += 1
        return [
            self._put(Entry(name, path, detail=str(path.parent), path=path, batch=self._batches))
            for name, path in named
            if path.absolute() not in there
        ]

    def add_folder(self, folder: str) -> tuple[list[int], int]:
        """Put the recordings of a folder on the shelf; return their keys, and how many it holds.

        Raises
        ------
        RecordingError
            If there is no such folder or file, or no recording in it.
        """
        path = Path(folder).expanduser()
        if not path.exists():
            raise RecordingError(
                f"{path}: there is no such folder on the kernel's machine. Paths that do not begin "
                f"with / are looked for in {Path.cwd()}"
            )
        files = find_recordings(path)
        return self.add_files(name_files(files, path)), len(files)

    def fill(self, recordings: Any) -> None:
        """Put a mapping from names to recordings, a folder, or files on the shelf.

        Raises
        ------
        RecordingError
            If they are none of these, or one that is no file cannot be read.
        """
        if isinstance(recordings, Mapping):
            named = {str(name): source for name, source in recordings.items()}
            files = {n: s for n, s in named.items() if isinstance(s, str | os.PathLike)}
            self.add_files((name, Path(path).expanduser()) for name, path in files.items())
            # The newest comes first in the list.
            for name in reversed([name for name in named if name not in files]):
                self.add(name, named[name])
        elif isinstance(recordings, str | os.PathLike):
            self.add_folder(os.fspath(recordings))
        elif isinstance(recordings, Iterable):
            self.add_files(name_files(find_recordings(recordings)))
        else:
            raise RecordingError(
                f"recordings of type {type(recordings).__name__} must be a mapping from names to "
                "recordings, a folder, or files"
            )

    def remove(self, key: int) -> None:
        """Take an added recording off the shelf."""
        entry = self.entries.pop(key)
        del self.keys[entry.name]

    def save(self, folder: Path) -> dict[str, Path]:
        """Write what lies in no file into a folder, each under a name that is free there.

        Returns
        -------
        dict
            Name to file. A file with these very bytes is taken as it is.
        """
        folder.mkdir(parents=True, exist_ok=True)
        saved = {}
        for key in self.unsaved():
            entry = self.entries[key]
            content = entry.file_content()
            path = free_path(folder, file_stem(entry.name), entry.suffix, content)
            path.write_bytes(content)
            entry.path = saved[entry.name] = path.absolute()
        return saved

    def _put(self, entry: Entry) -> int:
        number, name = 1, entry.name
        while name in self.keys:
            number += 1
            name = f"{entry.name}#{number}"
        key, self._next = self._next, self._next + 1
        if isinstance(entry.source, Recording):
            entry.source = replace(entry.source, id=name)
        entry.name = name
        self.entries[key] = entry
        self.keys[name] = key
        return key


def _corpus_entries(corpus: Corpus) -> Iterator[Entry]:
    table = corpus.utterances
    texts = [column for column in _TEXTS if column in table.columns]
    details = table[texts].fillna("").astype(str).agg(" · ".join, axis=1) if texts else None
    durations = table["duration"].tolist() if "duration" in table.columns else None
    votes = np.nan_to_num(corpus.votes.transpose("utterance", "emotion").values).tolist()
    for place, (name, recording) in enumerate(corpus.recordings.items()):
        source = _source(name, recording)
        yield Entry(
            name,
            source,
            detail="" if details is None else str(details.iloc[place]).strip(" ·"),
            votes=tuple(votes[place]) if any(votes[place]) else None,
            path=source if isinstance(source, Path) else None,
            duration=_seconds(durations[place]) if durations else None,
        )


def _source(name: str, recording: Path | Segment) -> Path | Recording:
    """Return a file as it is, and a part of one as a recording that lies in none."""
    if isinstance(recording, Segment):
        return load_recording(recording.read(), id=name, allow_silence=True)
    return recording


def _seconds(value: Any) -> float | None:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def _duration(source: Path | Recording) -> float:
    if isinstance(source, Recording):
        return source.duration
    import soundfile

    try:
        head = soundfile.info(source)
        if 0 < head.frames < _MOST_FRAMES and head.samplerate > 0:
            return float(head.frames / head.samplerate)
    except (soundfile.LibsndfileError, OSError, ValueError):
        pass
    return load_recording(source, rate=None, allow_silence=True).duration
