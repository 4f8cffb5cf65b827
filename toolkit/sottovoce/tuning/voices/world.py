"""The two synthesisers: espeak-ng speaks a sentence, WORLD takes it apart and puts it together."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import io
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile
import soxr

from sottovoce.errors import MissingExtraError, SottovoceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_MS = 5.0
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


@dataclass(frozen=True)
class Analysis:
    """A sentence as WORLD sees it: one row per 5 ms frame.

    Parameters
    ----------
    f0
        Fundamental frequency, Hz; 0 where unvoiced. Shape (frame,).
    envelope
        Power spectrum without the harmonics. Shape (frame, frequency).
    aperiodicity
        Share of noise, 0 to 1. Shape (frame, frequency).
    rate
        Samples per second of the sound.
    """

    f0: NDArray[np.float64]
    envelope: NDArray[np.float64]
    aperiodicity: NDArray[np.float64]
    rate: int

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Frequencies of the columns, Hz."""
        return np.linspace(0, self.rate / 2, self.envelope.shape[1])


@cache
def load_world() -> Any:
    """Return the compiled WORLD of pyworld.

    The package's own __init__ asks pkg_resources for its version, which setuptools no longer
    brings, so the compiled module inside is loaded without it.

    Raises
    ------
    MissingExtraError
        If pyworld is not installed.
    """
    package = importlib.util.find_spec("pyworld")
    if package is None or package.submodule_search_locations is None:
        raise MissingExtraError(package="pyworld", extra="tune")
    spec = importlib.machinery.PathFinder.find_spec(
        "pyworld.pyworld", list(package.submodule_search_locations)
    )
    if spec is None or spec.loader is None:
        raise MissingExtraError(package="pyworld", extra="tune")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def analyse(samples: NDArray[np.float64], rate: int) -> Analysis:
    """Take a sound apart (Morise et al. 2016, doi:10.1587/transinf.2015EDP7457).

    Parameters
    ----------
    samples
        Shape (sample,).
    rate
        Samples per second.
    """
    world = load_world()
    samples = np.ascontiguousarray(samples, dtype=np.float64)
    coarse, times = world.dio(samples, rate, f0_floor=55.0, f0_ceil=500.0, frame_period=FRAME_MS)
    f0 = world.stonemask(samples, coarse, times, rate)
    envelope = world.cheaptrick(samples, f0, times, rate)
    return Analysis(f0, envelope, world.d4c(samples, f0, times, rate), rate)


def synthesise(analysis: Analysis) -> NDArray[np.float64]:
    """Put an analysed sound together again, shape (sample,)."""
    sound = load_world().synthesize(
        np.ascontiguousarray(analysis.f0),
        np.ascontiguousarray(analysis.envelope),
        np.ascontiguousarray(np.clip(analysis.aperiodicity, 1e-3, 1 - 1e-6)),
        analysis.rate,
        FRAME_MS,
    )
    return np.asarray(sound, dtype=np.float64)
