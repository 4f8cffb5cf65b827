"""windows: a long recording as a row of short ones."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from sottovoce.audio.load import SHORTEST
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.audio.recording import Recording


def windows(recording: Recording, seconds: float, hop: float | None = None) -> list[Recording]:
    """Cut a recording into windows of equal length.

    Parameters
    ----------
    recording
        The recording to cut.
    seconds
        The length of a window, at least 0.1 s.
    hop
        Seconds from the start of one window to the next; by default the length, so that they do
        not overlap. At most the length, so that nothing is left out.

    Returns
    -------
    list of Recording
        The windows, named by their start: ``"name@12.0s"``, which also stands in ``start``, as
        the recording's id does in ``part_of``. The last one ends where the recording
        does, and overlaps the one before it if need be: so all last equally long, and a model
        never judges a scrap. A recording no longer than one window is returned as it is.

    Raises
    ------
    RecordingError
        If the length or the hop make no sense.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce.audio import load_recording, windows
    >>> noise = np.random.default_rng(0).normal(0, 0.1, 16000 * 7)
    >>> talk = load_recording((noise, 16000), id="talk")
    >>> [window.id for window in windows(talk, 3)]
    ['talk@0.0s', 'talk@3.0s', 'talk@4.0s']
    """
    hop = seconds if hop is None else hop
    if not (math.isfinite(seconds) and seconds >= SHORTEST):
        raise RecordingError(f"seconds={seconds!r} must be at least {SHORTEST}")
    if not 0 < hop <= seconds:
        raise RecordingError(
            f"hop={hop!r} must be above 0 and at most the window's {seconds!r} s, or some of the "
            "recording would be left out"
        )
    length = round(seconds * recording.rate)
    total = len(recording.samples)
    if total <= length:
        return [recording]
    last = total - length
    # Multiples are rounded one by one: a hop of a fraction of a sample must not drift.
    count = math.ceil(last / (hop * recording.rate))
    starts = sorted({min(round(i * hop * recording.rate), last) for i in range(count)} | {last})
    names = start_names(recording, starts)
    return [
        replace(
            recording,
            samples=recording.samples[start : start + length],
            id=name,
            content_hash="",
            part_of=recording.part_of or recording.id,
            start=recording.start + start / recording.rate,
        )
        for start, name in zip(starts, names, strict=True)
    ]


def start_names(recording: Recording, starts: Sequence[int]) -> list[str]:
    """Return names of parts by their starts, with as many decimals as keep the names apart.

    Parameters
    ----------
    recording
        Of which they are parts.
    starts
        Their first samples, none of them twice.
    """
    decimals = 1
    while True:
        names = [f"{recording.id}@{start / recording.rate:.{decimals}f}s" for start in starts]
        if len(set(names)) == len(starts):
            return names
        decimals += 1
