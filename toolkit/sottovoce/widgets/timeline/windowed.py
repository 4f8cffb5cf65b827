"""What Timeline shows: the windows of a long recording, in order, and what is drawn of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.audio import load_recording
from sottovoce.dataset import check_run
from sottovoce.errors import RecordingError, RunError
from sottovoce.evaluation.measures import entropy
from sottovoce.plots.style import concept_colors
from sottovoce.widgets.shared.readings import Readings
from sottovoce.widgets.shared.sendable import number

if TYPE_CHECKING:
    import xarray as xr

    from sottovoce.audio import Recording
    from sottovoce.audio.load import Source

UNKNOWN_LENGTH = 1.0
NEAR = 0.05


class WindowedRun:
    """A run whose utterances are windows of recordings.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture`, with the coordinates ``recording`` and ``start``.

    Raises
    ------
    RunError
        If it is no run, is empty, or does not say where its windows begin.
    """

    def __init__(self, run: xr.Dataset) -> None:
        check_run(run)
        if not {"recording", "start"} <= set(run.coords):
            raise RunError(
                "This run does not say of which recording its windows are and where they begin: an "
                "older sottovoce made it. Capture it again, or add it: run.assign_coords("
                "recording=('utterance', [...]), start=('utterance', [...])), in seconds."
            )
        if not run.sizes["utterance"] or not run.sizes["prompt"]:
            raise RunError("this run is empty: it has no recording or no prompt")
        self.run = run
        self.recordings = list(dict.fromkeys(map(str, run["recording"].values)))
        self.prompts = [str(name) for name in run["prompt"].values]
        self._parts: dict[str, Windows] = {}

    def of(self, recording: str) -> Windows:
        """Return the windows of one recording.

        Raises
        ------
        RunError
            If there is no such recording, or its windows make no timeline.
        """
        if recording not in self.recordings:
            told = ", ".join(map(repr, self.recordings[:6]))
            raise RunError(f"recording={recording!r} is not in this run; it has {told}")
        if recording not in self._parts:
            chosen = (self.run["recording"] == recording).values
            self._parts[recording] = Windows(self.run.isel(utterance=chosen).sortby("start"))
        return self._parts[recording]


class Windows:
    """The windows of one recording, in the order of their starts.

    Parameters
    ----------
    run
        With these utterances alone, sorted.

    Raises
    ------
    RunError
        If a window lies within another one, so that no moment could be given to it.
    """

    def __init__(self, run: xr.Dataset) -> None:
        self.run = run
        self.names = [str(name) for name in run["utterance"].values]
        self.starts = run["start"].values.astype(float)
        self.ends = self.starts + _lengths(run["duration"].values.astype(float), self.starts)
        within = np.flatnonzero((np.diff(self.starts) <= 0) | (np.diff(self.ends) < 0))
        if within.size:
            first, second = self.names[within[0]], self.names[within[0] + 1]
            raise RunError(
                f"The windows {first!r} and {second!r} lie within each other, so they make no "
                "timeline. Give windows of one length, and recordings names of their own."
            )
        # A moment heard in two windows is drawn in the one whose middle is nearer.
        overlap = self.ends[:-1] > self.starts[1:]
        middle = (self.ends[:-1] + self.starts[1:]) / 2
        self.drawn_from = np.append(self.starts[:1], np.where(overlap, middle, self.starts[1:]))
        self.drawn_to = np.append(np.where(overlap, middle, self.ends[:-1]), self.ends[-1:])
        self.overlapping = bool((self.ends[:-1] > self.starts[1:] + 1e-6).any())
        self._readings = Readings(run)

    def __len__(self) -> int:
        return len(self.names)

    def shares(self, prompt: str, readout: str, steps: str | list[int]) -> xr.DataArray:
        """Return the shares, dims (utterance, emotion)."""
        return self._readings.shares(readout, steps).sel(prompt=prompt)

    def heard(self, place: int, sound: Recording) -> Recording:
        """Return the sound of one window."""
        first, last = (round(at[place] * sound.rate) for at in (self.starts, self.ends))
        samples = sound.samples[first:last]
        return replace(sound, samples=samples, id=self.names[place], content_hash="")

    def state(self, prompt: str, readout: str, steps: str | list[int]) -> dict[str, Any]:
        """Return what is drawn as plain numbers and texts, None for what is missing."""
        shares = self.shares(prompt, readout, steps)
        emotions = [str(name) for name in shares["emotion"].values]
        colors = concept_colors(emotions)
        uncertain = entropy(shares.values)
        one = self.run.sel(prompt=prompt)
        told = {name: one[name].values for name in ("status", "message", "answer", "notes")}
        windows = []
        for i, row in enumerate(shares.values.astype(float)):
            message = str(told["message"][i]) or "This window has no answer."
            if told["status"][i] == "ok":
                unread = f"The read-out {readout} finds nothing to read in this answer."
                message = unread if np.isnan(row).any() else ""
            windows.append(
                {
                    "name": self.names[i],
                    "start": float(self.starts[i]),
                    "end": float(self.ends[i]),
                    "from": float(self.drawn_from[i]),
                    "to": float(self.drawn_to[i]),
                    "shares": None if np.isnan(row).any() else row.tolist(),
                    "entropy": number(uncertain[i]),
                    "answer": str(told["answer"][i]),
                    "message": message,
                    "notes": str(told["notes"][i]),
                }
            )
        return {
            "emotions": [{"name": name, "color": colors[name]} for name in emotions],
            "windows": windows,
            "overlapping": self.overlapping,
            "most_entropy": float(np.log2(max(len(emotions), 2))),
        }

    def misfit(self, sound: Recording) -> str:
        """Return why a sound cannot be the one that was cut into these windows, or nothing."""
        if self.ends[-1] <= sound.duration + NEAR or np.isnan(self.run["duration"].values[-1]):
            return ""
        return (
            f"{sound.id} lasts {sound.duration:.1f} s, but the run has a window up to "
            f"{self.ends[-1]:.1f} s: it is not the recording that was captured."
        )


def find_sound(
    windows: Windows, recording: str, given: Source | None, rate: int
) -> tuple[Recording | None, str]:
    """Return the sound of a recording, or nothing with the reason, if it is worth telling.

    Parameters
    ----------
    windows
        What the recording was cut into.
    recording
        Its name.
    given
        The sound; None for the file that the run names, which need not be there any more.
    rate
        The rate wanted, in Hz.
    """
    source = str(windows.run["path"].values[0]) if given is None else given
    if given is None and not Path(str(source)).expanduser().is_file():
        return None, ""
    try:
        sound = load_recording(source, rate=rate, id=recording, allow_silence=True)
    except RecordingError as error:
        return None, f"Nothing can be heard. {error}"
    misfit = windows.misfit(sound)
    return (None, misfit) if misfit else (sound, "")


def _lengths(durations: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return how long the windows last; one that failed lasts as long as the others."""
    known = durations[~np.isnan(durations)]
    gaps = np.diff(starts)
    usual = known if known.size else gaps if gaps.size else np.array([UNKNOWN_LENGTH])
    lengths = np.where(np.isnan(durations), np.median(usual), durations)
    # All windows of a recording end where it does at the latest, and one that failed no later
    # than the next.
    latest = starts + lengths
    for i in np.flatnonzero(np.isnan(durations[:-1])):
        latest[i] = min(latest[i], max(latest[i + 1], starts[i]))
    return np.asarray(latest - starts)
