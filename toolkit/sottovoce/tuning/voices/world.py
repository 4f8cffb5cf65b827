"""espeak-ng, which speaks a sentence; what is done to it is done by WORLD."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from sottovoce.errors import SottovoceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUIET_DB = -45.0


@dataclass(frozen=True)
class Voice:
    """A synthetic speaker.

    Parameters
    ----------
    name
        What the speaker is called.
    sex
        "female" or "male": what the voice sounds like.
    variant
        A voice of espeak-ng with a variant, such as "en-us+f3".
    pitch
        Base pitch on espeak-ng's scale, 0 to 99.
    speed
        Words per minute of the plain voice.
    formants
        Factor on the frequencies of the formants; above 1 is a shorter vocal tract.
    tilt
        Spectral slope above 500 Hz that is this speaker's own, dB per octave.
    """

    name: str
    sex: str
    variant: str
    pitch: int = 50
    speed: int = 165
    formants: float = 1.0
    tilt: float = 0.0


@cache
def find_espeak() -> str:
    """Return the path of espeak-ng.

    Raises
    ------
    SottovoceError
        If espeak-ng is not installed.
    """
    program = shutil.which("espeak-ng")
    if program is None:
        raise SottovoceError(
            "espeak-ng, which speaks the sentences, is not installed. Install it with: "
            "apt-get install espeak-ng (Debian, Ubuntu) or: brew install espeak-ng (macOS)"
        )
    return program


def say(text: str, voice: Voice, rate: int = 16000) -> NDArray[np.float64]:
    """Let espeak-ng speak a sentence in its plain voice, without the silence around it.

    Parameters
    ----------
    text
        An English sentence.
    voice
        Who speaks.
    rate
        Samples per second.

    Returns
    -------
    ndarray of float64, shape (sample,)

    Raises
    ------
    SottovoceError
        If espeak-ng is missing, lacks the voice, fails, or says nothing.
    """
    _require_known(voice.variant)
    command = [find_espeak(), "--stdout", "-v", voice.variant, "-p", str(voice.pitch)]
    command += ["-s", str(voice.speed), "--stdin"]
    done = subprocess.run(  # noqa: S603 - a fixed program, the text goes through stdin
        command, input=text.encode(), capture_output=True, check=False, timeout=60
    )
    if done.returncode != 0 or len(done.stdout) < 100:
        reason = done.stderr.decode(errors="replace").strip() or "it said nothing"
        raise SottovoceError(f"espeak-ng cannot say {text!r} as {voice.variant}: {reason}")
    samples, native_rate = soundfile.read(io.BytesIO(done.stdout), dtype="float64")
    samples = soxr.resample(samples, native_rate, rate, quality="HQ")
    loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 10 ** (_QUIET_DB / 20))
    if loud.size == 0:
        raise SottovoceError(f"espeak-ng was silent at {text!r} as {voice.variant}")
    return np.asarray(samples[loud[0] : loud[-1] + 1], dtype=np.float64)


@cache
def _voices(listing: str) -> frozenset[str]:
    command = [find_espeak(), listing]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    return frozenset(word.removeprefix("!v/") for row in rows for word in row[1:])


def _require_known(variant: str) -> None:
    """Raise where espeak-ng would take its standard voice instead, without a word."""
    language, _, timbre = variant.partition("+")
    for name, listing in ((language, "--voices"), (timbre, "--voices=variant")):
        if name and name not in _voices(listing):
            raise SottovoceError(
                f"espeak-ng has no voice {variant!r}: {name!r} is not in the list of "
                f"espeak-ng {listing}"
            )
