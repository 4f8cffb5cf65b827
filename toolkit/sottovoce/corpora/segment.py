"""A part of a longer recording, read when it is needed."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import soundfile

from sottovoce.errors import RecordingError

if TYPE_CHECKING:
    from pathlib import Path

# The columns of a corpus that say which part of a file an utterance is, in seconds.
SEGMENT_START = "segment_start"
SEGMENT_END = "segment_end"


def runs_forwards(start: float, end: float | None) -> bool:
    """Tell whether a segment may start and end there, in seconds.

    Examples
    --------
    >>> runs_forwards(0, 1.5), runs_forwards(2, None), runs_forwards(2, 1), runs_forwards(-1, 1)
    (True, True, False, False)
    """
    return 0 <= start < math.inf and (end is None or start < end < math.inf)


@dataclass(frozen=True)
class Segment:
    """From one second to another of a file.

    Wherever a recording may be given, such as to ``capture``, a segment may be.

    Parameters
    ----------
    path
        The file.
    start
        Seconds from its beginning.
    end
        Where the segment ends, in seconds; None for the end of the file.

    Raises
    ------
    RecordingError
        If it does not run forwards.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from sottovoce.audio import load_recording
    >>> path = Path(tempfile.mkdtemp()) / "talk.wav"
    >>> soundfile.write(path, 0.5 * np.sin(np.arange(48000) * 0.1), 16000)
    >>> load_recording(Segment(path, 0.5, 2.0), id="a part")
    Recording('a part', 1.50 s at 16000 Hz)
    """

    path: Path
    start: float
    end: float | None = None

    def __post_init__(self) -> None:
        if not runs_forwards(self.start, self.end):
            raise RecordingError(
                f"{self.path}: a segment from {self.start:g} to {self.end:g} s does not run "
                "forwards from the beginning of the file"
                if self.end is not None
                else f"{self.path}: a segment cannot start at {self.start:g} s"
            )

    def read(self) -> bytes:
        """Return the segment as a WAV file, without loss.

        Raises
        ------
        RecordingError
            If the file cannot be read or is shorter.
        """
        try:
            with soundfile.SoundFile(self.path) as file:
                rate = file.samplerate
                first = round(self.start * rate)
                last = file.frames if self.end is None else min(round(self.end * rate), file.frames)
                if first >= last:
                    raise RecordingError(
                        f"{self.path}: it lasts {file.frames / rate:.2f} s, and the segment starts "
                        f"at {self.start:g} s"
                    )
                file.seek(first)
                samples = file.read(last - first, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError) as error:
            raise RecordingError(f"{self.path}: the file cannot be read ({error})") from error
        buffer = io.BytesIO()
        soundfile.write(buffer, samples, rate, format="WAV", subtype="FLOAT")
        return buffer.getvalue()
