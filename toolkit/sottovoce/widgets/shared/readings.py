"""What a run is read by: read-outs and steps to choose from, the shares, and the code for it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_args

from sottovoce import readout as readouts
from sottovoce.errors import ReadoutError, RunError, require_one_of
from sottovoce.readout import READOUTS, NamedSteps, read_out

if TYPE_CHECKING:
    import xarray as xr

#: The read-outs of which one may say which steps they take.
STEPPED = frozenset(
    name for name in READOUTS if "steps" in inspect.signature(getattr(readouts, name)).parameters
)
NAMED_STEPS: tuple[str, ...] = get_args(NamedSteps)
ALL_STEPS = "all"
MOST_KEPT = 32
MOST_NAMED = 6


class Readings:
    """The shares of a run by each read-out that was asked for, kept for when it is asked again.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> run = sottovoce.capture(sottovoce.load_model(), clip, "one_word", progress=False)
    >>> readings = Readings(run)
    >>> readings.shares("mean_logprob", [0]) is readings.shares("mean_logprob", [0])
    True
    """

    def __init__(self, run: xr.Dataset) -> None:
        self.run = run
        self._kept: dict[tuple[str, str], xr.DataArray] = {}

    def shares(self, readout: str, steps: str | list[int] = ALL_STEPS) -> xr.DataArray:
        """Return the shares, dims (utterance, prompt, emotion).

        Parameters
        ----------
        readout
            One of :data:`sottovoce.readout.READOUTS`.
        steps
            Which steps, for read-outs that take some; the others do not look at it.

        Raises
        ------
        ReadoutError
            If the run does not allow it.
        """
        key = (readout, repr(steps) if readout in STEPPED else "")
        if key not in self._kept:
            options = {"steps": steps} if readout in STEPPED else {}
            shares = read_out(self.run, readout, **options)
            while len(self._kept) >= MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = shares.load()
        return self._kept[key]


def readout_choices() -> list[dict[str, Any]]:
    """Return the read-outs for a dropdown, and whether each takes steps."""
    return [{"name": name, "stepped": name in STEPPED} for name in READOUTS]


def check_readout(readout: Any, steps: Any) -> tuple[str, str | list[int]]:
    """Return a read-out and its steps as they are kept, or say what is allowed.

    Raises
    ------
    ReadoutError
        If there is no such read-out, or the steps are neither a name nor positions.

    Examples
    --------
    >>> check_readout("mean_prob", (0, 2))
    ('mean_prob', [0, 2])
    >>> check_readout("mean_prob", "last")
    Traceback (most recent call last):
    sottovoce.errors.ReadoutError: steps='last' must be one of 'all', 'emotion', ...
    """
    require_one_of("readout", readout, READOUTS, ReadoutError)
    if steps is None:
        return readout, ALL_STEPS
    if isinstance(steps, str):
        require_one_of("steps", steps, NAMED_STEPS, ReadoutError)
        return readout, steps
    try:
        positions = [int(step) for step in steps]
    except (TypeError, ValueError):
        positions = []
    if not positions or min(positions) < 0:
        raise ReadoutError(
            f"steps={steps!r} must be one of {', '.join(map(repr, NAMED_STEPS))}, or a list of "
            "positions that count from 0"
        )
    return readout, positions


def check_label(run: xr.Dataset, dim: str, name: Any) -> str:
    """Return a label along a dimension of a run, or say which there are.

    Raises
    ------
    RunError
        If the run has no such utterance or prompt.
    """
    if name in run.indexes[dim]:
        return str(name)
    names = [str(label) for label in run[dim].values[:MOST_NAMED]]
    told = ", ".join(map(repr, names)) + (" ..." if run.sizes[dim] > MOST_NAMED else "")
    raise RunError(f"{dim}={name!r} is not in this run; it has {told}")


def readout_code(run: str, readout: str, steps: str | list[int]) -> str:
    """Return the Python that reads a run out.

    Examples
    --------
    >>> readout_code("run", "mean_prob", "answer"), readout_code("run", "text", "all")
    ("sottovoce.read_out(run, 'mean_prob', steps='answer')", "sottovoce.read_out(run, 'text')")
    """
    option = f", steps={steps!r}" if readout in STEPPED else ""
    return f"sottovoce.read_out({run}, {readout!r}{option})"


def run_code(run: xr.Dataset, name: str, widget: str) -> str:
    """Return the Python that opens a run; for one that was never saved, a line that says so.

    Examples
    --------
    >>> import xarray as xr
    >>> print(run_code(xr.Dataset(), "run", "Compare"))
    # run: the one that Compare was given
    """
    source = run.encoding.get("source")
    if source is None:
        return f"# {name}: the one that {widget} was given"
    return f"{name} = sottovoce.open_run({str(source)!r})"
