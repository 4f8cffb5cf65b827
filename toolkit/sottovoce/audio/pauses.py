"""split_at_pauses: a long recording as the stretches of sound between its pauses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.audio.load import SHORT
from sottovoce.audio.windows import start_names, windows
from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from sottovoce.audio.recording import Recording

DEEPEST = 60.0
"""Decibels below the loudest moment beyond which quiet is not told apart."""
MARGIN = 0.1
"""Seconds of a pause that stay with the sound beside it: a word may begin or end softly."""


def split_at_pauses(
    recording: Recording,
    seconds: float | None = None,
    *,
    pause: float = 0.5,
    hop: float | None = None,
    quiet: float | None = None,
) -> list[Recording]:
    """Cut a recording where it is quiet.

    Parameters
    ----------
    recording
        The recording to cut.
    seconds
        The length of the longest part; a longer stretch without a pause is cut into windows. By
        default there is no limit.
    pause
        Seconds of quiet that part one stretch from the next. What lies between short pauses stays
        together, and a stretch shorter than half a second joins its nearer neighbour.
    hop
        Seconds from the start of one window to the next, as for :func:`windows`.
    quiet
        Decibels below the loudest moment at which a sound counts as quiet. By default a third of
        the way up from the level of the quietest twentieth of the recording, its noise, to that of
        the loudest. Where noise or voices differ much in loudness, it has to be tried.

    Returns
    -------
    list of Recording
        The parts in order, named by their start as those of :func:`windows` are, with ``part_of``
        and ``start``. A recording without pauses that is short enough is returned as it is.

    Raises
    ------
    RecordingError
        If an option makes no sense.

    Examples
    --------
    >>> import numpy as np
    >>> from sottovoce.audio import load_recording, split_at_pauses
    >>> word = np.random.default_rng(0).normal(0, 0.1, 16000)
    >>> talk = np.concatenate([word, np.zeros(12000), word, word, np.zeros(4000)])
    >>> parts = split_at_pauses(load_recording((talk, 16000), id="talk"))
    >>> [(part.id, round(part.duration, 1)) for part in parts]
    [('talk@0.0s', 1.1), ('talk@1.6s', 2.2)]
    """
    for name, value in (("pause", pause), ("quiet", quiet)):
        if value is not None and not (np.isfinite(value) and value > 0):
            raise RecordingError(f"{name}={value!r} must be above 0")
    rate = recording.rate
    stretches = _joined(_sounding(recording, quiet), round(pause * rate), round(SHORT * rate))
    parts = _with_margins(stretches, round(MARGIN * rate), len(recording.samples))
    if parts == [(0, len(recording.samples))]:
        return [recording] if seconds is None else windows(recording, seconds, hop)
    names = start_names(recording, [start for start, _ in parts])
    whole = recording.part_of or recording.id
    cut: list[Recording] = []
    for (start, end), name in zip(parts, names, strict=True):
        stretch = replace(
            recording,
            samples=recording.samples[start:end],
            id=name,
            content_hash="",
            part_of=whole,
            start=recording.start + start / rate,
        )
        if seconds is None or end - start <= round(seconds * rate):
            cut.append(stretch)
            continue
        # Windows are named after what they are cut from, which is the recording and not the part.
        pieces = windows(stretch, seconds, hop)
        offsets = [round((piece.start - recording.start) * rate) for piece in pieces]
        cut += [
            replace(piece, id=better)
            for piece, better in zip(pieces, start_names(recording, offsets), strict=True)
        ]
    return cut


def _sounding(recording: Recording, quiet: float | None) -> list[tuple[int, int]]:
    """Return from which sample to which it sounds."""
    from librosa.effects import split
    from librosa.feature import rms

    frame = max(4, round(0.05 * recording.rate))
    grid = {"frame_length": frame, "hop_length": frame // 4}
    if quiet is None:
        level = rms(y=recording.samples, **grid)[0]
        decibels = 20 * np.log10(np.maximum(level / level.max(), 10 ** (-DEEPEST / 20)))
        noise, loud = np.percentile(decibels, [5, 95])
        quiet = float(-(noise + (loud - noise) / 3))
    found = split(recording.samples, top_db=quiet, **grid)
    return [(int(start), int(end)) for start, end in found] or [(0, len(recording.samples))]


def _joined(stretches: list[tuple[int, int]], pause: int, short: int) -> list[tuple[int, int]]:
    """Join stretches over pauses that are too short, then short stretches to their neighbours."""
    joined = [stretches[0]]
    for start, end in stretches[1:]:
        if start - joined[-1][1] < pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    while len(joined) > 1:
        lengths = [end - start for start, end in joined]
        at = lengths.index(min(lengths))
        if lengths[at] >= short:
            break
        before = joined[at][0] - joined[at - 1][1] if at else np.inf
        after = joined[at + 1][0] - joined[at][1] if at + 1 < len(joined) else np.inf
        first = at - 1 if before <= after else at
        joined[first : first + 2] = [(joined[first][0], joined[first + 1][1])]
    return joined


def _with_margins(
    stretches: list[tuple[int, int]], margin: int, total: int
) -> list[tuple[int, int]]:
    """Let each stretch keep a little of the pauses around it, half of a short one at most."""
    bounds = [0, *(x for pair in stretches for x in pair), total]
    parts = []
    for number, (start, end) in enumerate(stretches):
        before, after = start - bounds[2 * number], bounds[2 * number + 3] - end
        first, last = number == 0, number == len(stretches) - 1
        parts.append(
            (
                start - min(margin, before if first else before // 2),
                end + min(margin, after if last else after // 2),
            )
        )
    return parts
