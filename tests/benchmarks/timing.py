"""Timing side by side: variants in turns within one process, and what their ratios are.

A ratio of two variants that ran within the same seconds says something on a machine that does
other work as well; a time does not. So seconds are those of the processor, on one thread of torch,
and a figure is the median of the ratios of single rounds, with the least and the largest of them.
"""

from __future__ import annotations

import ctypes
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# "smoke": that it runs at all; "default": all benchmarks in about ten minutes on two cores; "full":
# as large as what the figures are wanted for.
Size: TypeAlias = Literal["smoke", "default", "full"]


@dataclass(frozen=True)
class Result:
    """One figure.

    Parameters
    ----------
    what, against
        What was measured, and what it was compared with.
    value, least, most
        Median over the rounds, and the spread.
    rounds
        How many.
    unit
        Empty for a ratio.
    wanted
        The largest value that is good enough, None if there is none.
    differs
        The largest difference between the numbers of both, None where nothing is compared.
    megabytes
        By how much the process grew at most, by variant.
    note
        What a reader must know.
    """

    what: str
    against: str
    value: float
    least: float
    most: float
    rounds: int
    unit: str = ""
    wanted: float | None = None
    differs: float | None = None
    megabytes: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Skipped:
    """A benchmark that cannot run here, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Timed:
    """What variants took, a value for each round.

    Parameters
    ----------
    seconds
        Of the processor, by variant.
    megabytes
        By how much the process grew at most meanwhile, by variant; empty where it cannot be told.
    """

    seconds: dict[str, list[float]]
    megabytes: dict[str, list[float]]

    def ratio(self, of: str, to: str) -> dict[str, Any]:
        """Return the median of the ratios by round, their spread and number, and peak memory."""
        pairs = zip(self.seconds[of], self.seconds[to], strict=True)
        peaks = {name: median(self.megabytes[name]) for name in (of, to) if self.megabytes[name]}
        return spread([one / other for one, other in pairs]) | {"megabytes": peaks}


def spread(values: list[float]) -> dict[str, Any]:
    """Return the median of values, the least, the largest, and their number."""
    return {
        "value": median(values),
        "least": min(values),
        "most": max(values),
        "rounds": len(values),
    }


def alternated(variants: Mapping[str, Callable[[], object]], rounds: int) -> Timed:
    """Run variants in turns, in an order of its own in every round."""
    order = np.random.default_rng(0)
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    megabytes: dict[str, list[float]] = {name: [] for name in variants}
    with one_thread():
        for _ in range(rounds):
            for name in order.permutation(list(variants)):
                before = _reset_peak()
                begun = time.process_time()
                variants[name]()
                seconds[name].append(time.process_time() - begun)
                if before is not None:
                    megabytes[name].append((_memory("VmHWM") - before) / 1e6)
    return Timed(seconds, megabytes)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that seconds of the processor do not depend on the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _reset_peak() -> int | None:
    """Let the kernel forget how large this process was, and return how large it is, in bytes."""
    if not sys.platform.startswith("linux"):
        return None
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # what was freed must not hide what is taken anew
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        return _memory("VmRSS")
    return None


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


def largest_difference(one: object, other: object) -> float:
    """Return the largest difference between two arrays that miss the same values."""
    first, second = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    if not np.array_equal(np.isnan(first), np.isnan(second)):
        return float("inf")
    return float(np.nanmax(np.abs(first - second), initial=0.0))
