"""WORLD: a voice taken apart into pitch, envelope and noise, and put together again."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import MissingExtraError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_MS = 5.0


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
        raise MissingExtraError(package="pyworld", extra="voice")
    spec = importlib.machinery.PathFinder.find_spec(
        "pyworld.pyworld", list(package.submodule_search_locations)
    )
    if spec is None or spec.loader is None:
        raise MissingExtraError(package="pyworld", extra="voice")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def synthesise(analysis: Analysis, tempo: float = 1.0) -> NDArray[np.float64]:
    """Put an analysed sound together again, shape (sample,).

    Parameters
    ----------
    analysis
        From :func:`analyse`.
    tempo
        Above 1 is faster; the pitch stays.
    """
    sound = load_world().synthesize(
        np.ascontiguousarray(analysis.f0),
        np.ascontiguousarray(analysis.envelope),
        np.ascontiguousarray(np.clip(analysis.aperiodicity, 1e-3, 1 - 1e-6)),
        analysis.rate,
        FRAME_MS / tempo,
    )
    return np.asarray(sound, dtype=np.float64)
