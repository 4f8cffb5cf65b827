"""From whatever holds recordings to utterances: named, loaded, cut to what a model hears."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sottovoce.audio import Recording, find_recordings
from sottovoce.capture.ahead import ahead
from sottovoce.capture.fitting import Fit, Long
from sottovoce.capture.hearing import Heard, load
from sottovoce.errors import RecordingError, SottovoceError

Speakers: TypeAlias = "Mapping[str, str] | Sequence[str] | None"

_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One entry of a run: a recording or a window of it, or why there is none.

    Parameters
    ----------
    id
        Its name, unique within a run.
    path
        The file, empty for an array.
    speaker
        Who speaks, empty if unknown.
    recording
        What is heard, read when its samples are asked for; None if it could not be loaded.
    message
        Why it could not be loaded.
    part_of
        The name of the recording that this is a window of, empty if it is none.
    start
        Where the window begins in that recording, in seconds.
    """

    id: str
    path: str = ""
    speaker: str = ""
    recording: Heard | None = None
    message: str = ""
    part_of: str = ""
    start: float = 0.0


def load_utterances(
    recordings: Any,
    *,
    rate: int,
    max_seconds: float | None = None,
    long: Long = "windows",
    overlap: float = 0.0,
    speakers: Speakers = None,
    watch: Any = iter,
) -> list[Utterance]:
    """Look at recordings, in the order given, and keep those that fail with the reason.

    Each is read and checked, by threads; its samples are read again once they are asked for.

    Parameters
    ----------
    recordings
        A path, a folder, bytes, ``(samples, rate)`` or a Recording; several of them; or a mapping
        from names to them.
    rate
        The rate wanted, in Hz.
    max_seconds
        The longest recording that is heard in full; None if there is no limit.
    long
        What becomes of a longer one: "windows", "pauses", "error" or "cut".
    overlap
        Seconds that windows have in common with the one before.
    speakers
        A mapping from recordings' names to speakers, or a speaker for each recording.
    watch
        Wraps the iteration over the sources, for a progress bar.

    Returns
    -------
    list of Utterance
        A file is named by its stem. Where stems repeat, the suffix is added if that tells them
        apart, else the folders above ("anna/01", "ben/01"); what still repeats gets "#2", "#3".

    Raises
    ------
    RecordingError
        If no recordings are given, a folder holds none, or an option makes no sense.
    """
    fit = Fit(long, max_seconds, overlap)
    sources = list(_sources(recordings))
    if not sources:
        raise RecordingError("No recordings were given. Give files, folders or (samples, rate).")

    def look(placed: tuple[int, tuple[str | None, Any]]) -> tuple[Utterance, list[Utterance]]:
        place, (name, source) = placed
        return _fit(_load(name, source, rate, place), source, fit)

    looking = ahead(look, enumerate(sources, start=1), threads=_THREADS, most=4 * _THREADS)
    with closing(looking):
        fitted = [done.result() for _, (_, done) in zip(watch(sources), looking, strict=False)]
    wholes = _with_speakers(_with_unique_ids([whole for whole, _ in fitted]), speakers)
    parts = [
        _renamed(part, old.id, new)
        for (old, parts), new in zip(fitted, wholes, strict=True)
        for part in parts
    ]
    return [
        replace(one, id=name)
        for one, name in zip(parts, _numbered([one.id for one in parts]), strict=True)
    ]


def in_words(error: Exception) -> str:
    """Return what went wrong, with its kind where the message was not written for people.

    Examples
    --------
    >>> in_words(RecordingError("a.wav: there is no such file.")), in_words(KeyError("rate"))
    ('a.wav: there is no such file.', "KeyError: 'rate'")
    """
    return str(error) if isinstance(error, SottovoceError) else f"{type(error).__name__}: {error}"


def _sources(recordings: Any) -> Iterator[tuple[str | None, Any]]:
    """Yield the name, where one is given, and the source of every recording."""
    if isinstance(recordings, Mapping):
        yield from ((str(name), source) for name, source in recordings.items())
    elif isinstance(recordings, np.ndarray):
        raise RecordingError("samples without a rate: give (samples, rate), such as (x, 16000)")
    elif _is_one(recordings):
        yield from _expanded(recordings)
    elif isinstance(recordings, Iterable):
        for source in recordings:
            yield from _expanded(source)
    else:
        raise RecordingError(
            f"recordings of type {type(recordings).__name__} must be paths, (samples, rate), "
            "Recordings, or a mapping from names to them"
        )


def _is_one(source: Any) -> bool:
    if isinstance(source, tuple):
        return len(source) == 2 and np.ndim(source[0]) > 0 and np.ndim(source[1]) == 0
    kinds = (str, os.PathLike, bytes, bytearray, memoryview, Recording)
    return isinstance(source, kinds) or hasattr(source, "read")


def _expanded(source: Any) -> Iterator[tuple[str | None, Any]]:
    if isinstance(source, str | os.PathLike) and os.path.isdir(os.path.expanduser(source)):
        yield from ((None, path) for path in find_recordings(source))
    else:
        yield None, source


def _load(name: str | None, source: Any, rate: int, place: int) -> Recording | Utterance:
    """Return a recording, or an utterance that says why it cannot be loaded."""
    path = os.fspath(source) if isinstance(source, str | os.PathLike) else ""
    name = name or (Path(path).stem if path else None)
    try:
        return load(source, rate=rate, name=name)
    except Exception as error:  # noqa: BLE001 - told in the run, so that the others go on
        lost = Utterance(name or f"recording-{place}", path, message=in_words(error))
        if not isinstance(source, Recording):
            return lost
        named = replace(lost, id=name or source.id, path=source.path or "")
        return replace(named, part_of=source.part_of, start=source.start)


def _with_unique_ids(loaded: list[Utterance]) -> list[Utterance]:
    counts = Counter(one.id for one in loaded)
    repeated = {name for name, count in counts.items() if count > 1}
    names = [one.id for one in loaded]
    for name in repeated:
        places = [place for place, one in enumerate(loaded) if one.id == name]
        for place, better in zip(places, _told_apart([loaded[i] for i in places]), strict=True):
            names[place] = better
    unique = _numbered(names)
    _warn_of_numbers(names, unique)
    return [replace(one, id=name) for one, name in zip(loaded, unique, strict=True)]


def _warn_of_numbers(names: list[str], unique: list[str]) -> None:
    """Warn where only a number tells recordings apart: votes and speakers know them by name."""
    numbered = [new for old, new in zip(names, unique, strict=True) if old != new]
    if numbered:
        told = ", ".join(map(repr, numbered[:5])) + (", ..." if len(numbered) > 5 else "")
        warnings.warn(
            f"Of several recordings with one name, the later are called {told}. Votes are matched "
            "by name: give a mapping from names to recordings to name them yourself.",
            stacklevel=2,
        )


def _told_apart(same: list[Utterance]) -> list[str]:
    """Return longer names for utterances of one name, if their paths tell them apart."""
    if not all(one.path for one in same):
        return [one.id for one in same]
    paths = [Path(one.path).expanduser().absolute() for one in same]
    if len({path.name for path in paths}) == len(paths):
        return [path.name for path in paths]
    deepest = max(len(path.parts) for path in paths)
    for depth in range(1, deepest):
        names = [
            "/".join([*path.parts[1:-1][-depth:], one.id])
            for path, one in zip(paths, same, strict=True)
        ]
        if len(set(names)) == len(names):
            return names
    return [one.id for one in same]


def _numbered(names: list[str]) -> list[str]:
    taken = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        better, number = name, 1
        while better in seen or (better != name and better in taken):
            number += 1
            better = f"{name}#{number}"
        seen.add(better)
        unique.append(better)
    return unique


def _with_speakers(loaded: list[Utterance], speakers: Speakers) -> list[Utterance]:
    if speakers is None:
        return loaded
    if isinstance(speakers, Mapping):
        if not any(one.id in speakers for one in loaded):
            raise RecordingError(
                f"speakers names {', '.join(map(repr, list(speakers)[:3]))}, and none of the "
                f"recordings, which are named {', '.join(repr(one.id) for one in loaded[:3])}"
            )
        named = [speakers.get(one.id, "") for one in loaded]
    else:
        named = [speakers] if isinstance(speakers, str) else list(speakers)
        if len(named) != len(loaded):
            raise RecordingError(
                f"{len(named)} speakers for {len(loaded)} recordings: give one for each, or a "
                "mapping from a recording's name to its speaker"
            )
    return [replace(one, speaker=str(name)) for one, name in zip(loaded, named, strict=True)]


def _fit(loaded: Recording | Utterance, source: Any, fit: Fit) -> tuple[Utterance, list[Utterance]]:
    """Return an utterance with the name and path of the whole, and the parts that are heard."""
    if isinstance(loaded, Utterance):
        return loaded, [loaded]
    # What cannot be read a second time stays.
    source = source if _can_be_read_again(source) else loaded
    whole = _heard(loaded, source, loaded)
    if fit.holds(loaded):
        return whole, [whole]
    try:
        parts = fit.parts(loaded, whole.path or whole.id)
    except RecordingError as error:
        return whole, [replace(whole, recording=None, message=str(error))]
    if fit.long == "cut":
        return whole, [_heard(parts[0], source, loaded)]
    return whole, [_part(part, source, loaded) for part in parts]


def _heard(part: Recording, source: Any, whole: Recording) -> Utterance:
    return Utterance(
        part.id,
        whole.path or "",
        recording=Heard(
            source,
            name=whole.id,
            whole_hash=whole.content_hash,
            rate=part.rate,
            begin=round((part.start - whole.start) * part.rate),
            n_samples=len(part.samples),
            content_hash=part.content_hash,
            notes=part.notes,
        ),
        part_of=part.part_of,
        start=part.start,
    )


def _part(part: Recording, source: Any, whole: Recording) -> Utterance:
    """Return a part as an utterance, refused as a recording would be: a pause says nothing."""
    checked = _load(part.id, part, part.rate, 0)
    if isinstance(checked, Utterance):
        return replace(checked, path=whole.path or "")
    return _heard(checked, source, whole)


def _can_be_read_again(source: Any) -> bool:
    kinds = (str, os.PathLike, bytes, bytearray, memoryview, tuple, Recording)
    return isinstance(source, kinds)


def _renamed(part: Utterance, old: str, whole: Utterance) -> Utterance:
    """Return a part under the name by which the whole is told apart."""

    def better(text: str) -> str:
        named = text == old or text.startswith((f"{old}@", f"{old}:"))
        return whole.id + text[len(old) :] if named else text

    return replace(
        part,
        id=better(part.id),
        message=better(part.message),
        part_of=better(part.part_of),
        speaker=whole.speaker,
    )
