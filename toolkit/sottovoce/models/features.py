"""Features of a sound are made once: asked about again, they come out of memory.

A recording is asked about by many prompts, in one capture and in the next. What its feature
extractor makes of it is the same each time, and can cost as much as a small model's answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
from transformers import BatchFeature

from sottovoce.models.window import feature_extractor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 256 * 2**20


class Memory:
    """What a feature extractor made lately, by the content of what it was given, within a bound.

    Parameters
    ----------
    most_bytes
        Of features; what was not used for the longest time goes first.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._made: OrderedDict[str, tuple[BatchFeature, int]] = OrderedDict()
        self._bytes = 0
        self._turn = threading.Lock()

    def get(self, key: str) -> BatchFeature | None:
        """Return what was made of that, None if it is not here."""
        with self._turn:
            found = self._made.get(key)
            if found is None:
                return None
            self._made.move_to_end(key)
            return found[0]

    def put(self, key: str, made: BatchFeature) -> None:
        """Keep what was made, unless it is larger than all that may be kept."""
        size = sum(getattr(value, "nbytes", 0) for value in made.values())
        if size > self._most_bytes:
            return
        with self._turn:
            if key not in self._made:
                self._made[key] = (made, size)
                self._bytes += size
            while self._bytes > self._most_bytes:
                _, (_, gone) = self._made.popitem(last=False)
                self._bytes -= gone

    def forget(self) -> None:
        """Let everything go."""
        with self._turn:
            self._made.clear()
            self._bytes = 0


def remember_features(processor: Any) -> Memory:
    """Let a processor's feature extractor remember what it made.

    Parameters
    ----------
    processor
        Of transformers, or anything with a feature extractor; one without is left as it is.

    Returns
    -------
    Memory
        Of that feature extractor.
    """
    memory = Memory()
    extractor = feature_extractor(processor)
    if extractor is None:
        return memory
    plain = type(extractor)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        key = _key(args, kwargs)
        found = memory.get(key)
        if found is None:
            made = plain.__call__(self, *args, **kwargs)
            if not isinstance(made, BatchFeature):
                return made
            memory.put(key, made)
            found = made
        # Processors add to what they get, and take from it.
        return BatchFeature(dict(found))

    # A call goes to the class and not to the instance, so that is what has to change.
    extractor.__class__ = type(plain.__name__, (plain,), {"__call__": call})
    return memory


def _key(args: Iterable[Any], kwargs: dict[str, Any]) -> str:
    """Return a hash of everything that a call was given."""
    digest = hashlib.blake2b(digest_size=16)
    for part in _parts([*args, sorted(kwargs.items())]):
        digest.update(part)
    return digest.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, list | tuple):
        yield f"{type(value).__name__}{len(value)}".encode()
        for item in value:
            yield from _parts(item)
    elif hasattr(value, "__array__"):
        array = np.asarray(value)
        yield f"{array.dtype}{array.shape}".encode()
        yield np.ascontiguousarray(array).tobytes()
    else:
        yield repr(value).encode()
