"""What is heard: a recording's samples, read when they are needed and then kept for a while.

A capture looks at every recording once before it begins, since a run names all of them, and reads
it again when its turn comes. So memory does not grow with their number; and what was read lately,
in this capture or in one before, is not decoded again.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sottovoce.audio import Recording, load_recording
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Hashable

    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES = 128 * 2**20


class Kept:
    """Recordings that were read lately, by their content hash and rate, within a bound.

    Parameters
    ----------
    most_bytes
        Of samples; what was not used for the longest time goes first. The last one stays, however
        long, since its windows are asked for one after another.

    Examples
    --------
    >>> import numpy as np
    >>> kept = Kept()
    >>> noise = np.random.default_rng(0).normal(0, 0.1, 16000)
    >>> first = kept.load((noise, 16000), rate=8000, name="noise")
    >>> len(first.samples)
    8000
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._recordings: OrderedDict[tuple[str, int], Recording] = OrderedDict()
        self._hashes: OrderedDict[Hashable, str] = OrderedDict()
        self._bytes = 0
        self._turn = threading.Lock()

    def load(self, source: Any, *, rate: int, name: str | None) -> Recording:
        """Return a recording as :func:`load_recording` does, read only if it is not here.

        Parameters
        ----------
        source
            What it takes.
        rate
            In Hz.
        name
            The recording's id; by default the source's.
        """
        known = _fingerprint(source)
        with self._turn:
            content = self._hashes.get(known) if known is not None else None
            found = self._recordings.get((content, rate)) if content else None
            if found is not None:
                self._recordings.move_to_end((found.content_hash, rate))
        if found is None:
            # A recording that was loaded or made silent on purpose says so.
            meant = isinstance(source, Recording) and "silent" in source.notes
            loaded = load_recording(source, rate=rate, id=name, allow_silence=meant)
            if known is not None:
                self._keep(known, loaded)
            return loaded
        path = os.fspath(source) if isinstance(source, str | os.PathLike) else None
        return replace(found, id=name or _usual_name(source, found), path=path)

    def _keep(self, known: Hashable, loaded: Recording) -> None:
        with self._turn:
            self._hashes[known] = loaded.content_hash
            place = (loaded.content_hash, loaded.rate)
            if place not in self._recordings:
                self._recordings[place] = loaded
                self._bytes += loaded.samples.nbytes
            while self._bytes > self._most_bytes and len(self._recordings) > 1:
                _, gone = self._recordings.popitem(last=False)
                self._bytes -= gone.samples.nbytes
            while len(self._hashes) > 64 * max(1024, len(self._recordings)):
                self._hashes.popitem(last=False)


_kept = Kept()


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A recording or a part of one, whose samples are read when they are asked for.

    Parameters
    ----------
    source
        Where the whole recording comes from.
    name
        The whole recording's name.
    whole_hash
        The whole recording's content hash.
    rate
        In Hz.
    begin, n_samples
        Which part of its samples is heard.
    content_hash, notes
        Of the part.
    """

    source: Any
    name: str
    whole_hash: str
    rate: int
    begin: int
    n_samples: int
    content_hash: str
    notes: tuple[str, ...]

    @property
    def duration(self) -> float:
        """The length in seconds."""
        return self.n_samples / self.rate

    @property
    def samples(self) -> NDArray[np.float32]:
        """The samples, shape (n_samples,), float32.

        Raises
        ------
        RecordingError
            If it cannot be read any more, or is no longer the recording that it was.
        """
        whole = _kept.load(self.source, rate=self.rate, name=self.name)
        if whole.content_hash != self.whole_hash:
            raise RecordingError(
                f"{whole.path or self.name}: the file has changed since the capture began. Capture "
                "it again."
            )
        return whole.samples[self.begin : self.begin + self.n_samples]

    def __len__(self) -> int:
        return self.n_samples


def load(source: Any, *, rate: int, name: str | None) -> Recording:
    """Return a recording, from what was read lately if it is there."""
    return _kept.load(source, rate=rate, name=name)


def _fingerprint(source: Any) -> Hashable:
    """Return what tells a source apart without decoding it; None where that would save nothing."""
    if isinstance(source, str | os.PathLike):
        try:
            found = os.stat(os.path.expanduser(source))
        except (OSError, ValueError):
            return None
        return (os.path.abspath(source), found.st_ino, found.st_size, found.st_mtime_ns)
    if isinstance(source, bytes | bytearray | memoryview):
        return hashlib.sha256(source).hexdigest()
    return None


def _usual_name(source: Any, found: Recording) -> str:
    if isinstance(source, str | os.PathLike):
        return os.path.splitext(os.path.basename(source))[0]
    return f"recording-{found.content_hash[:8]}"
