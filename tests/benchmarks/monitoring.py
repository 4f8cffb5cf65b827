"""Sound as it arrives: what a Monitor spends on a second of it, and how far behind it answers."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from corpus import recordings
from timing import Result, Size, alternated, largest_difference, one_thread, spread

from sottovoce import capture, load_model, load_recording, read_out
from sottovoce.audio import Recording, windows
from sottovoce.monitoring import Monitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sottovoce.models import SpeechModel
    from sottovoce.monitoring import Heard

RULE = "angry above .6 for 2 windows running"
WINDOW, HOP = 3.0, 1.5
CHUNK = 0.25


def measure(size: Size) -> list[Result]:
    """Return processing time by time of sound, with the lag of results when the sound is paced."""
    seconds, paced_seconds, rounds = {
        "smoke": (6, 4, 1),
        "default": (60, 30, 5),
        "full": (600, 300, 5),
    }[size]
    model = load_model(check=False)
    name, sound = _talk(model.rate, seconds)
    found: dict[str, list[Heard]] = {}

    def listen() -> None:
        model.features.forget()  # of the round before; sound that arrives is new
        monitor = _monitor(model)
        found["monitor"] = monitor.feed(sound.samples, sound.rate) + monitor.finish()

    listen()  # what is tried out once for a model is no part of it
    timed = alternated({"monitor": listen}, rounds)
    factors = [one / seconds for one in timed.seconds["monitor"]]
    lags = _lags(model, sound.samples[: paced_seconds * sound.rate], sound.rate)
    middle, least, most = (
        f"{one:.2f}".removeprefix("0") for one in (median(lags), min(lags), max(lags))
    )
    peak = timed.megabytes["monitor"]
    return [
        Result(
            f"Monitor: {seconds} s of {name}, windows of {WINDOW:g} s every {HOP:g} s, "
            "bundled model",
            "the time of the sound; paced, a window's result comes "
            f"{middle} s [{least}, {most}] after its end",
            **spread(factors),
            wanted=1.0,
            differs=_difference(model, sound, found["monitor"]),
            megabytes={"monitor": median(peak)} if peak else {},
            note=f"the lag is by the clock, of {len(lags)} windows, with chunks of {CHUNK:g} s",
        )
    ]


def _monitor(model: SpeechModel, **options: Any) -> Monitor:
    return Monitor(model, RULE, seconds=WINDOW, hop=HOP, **options)


def _talk(rate: int, seconds: int) -> tuple[str, Recording]:
    """Return clips one after the other, from the beginning again where there are too few."""
    name, paths = recordings()
    clips: list[NDArray[np.float32]] = []
    for path in paths:
        clips.append(load_recording(path, rate=rate).samples)
        if sum(map(len, clips)) >= seconds * rate:
            break
    return name, Recording(np.resize(np.concatenate(clips), seconds * rate), rate, id="stream")


def _difference(model: SpeechModel, sound: Recording, heard: list[Heard]) -> float:
    """Return by how much the shares differ from those of a capture of the whole recording."""
    parts = windows(sound, seconds=WINDOW, hop=HOP)
    run = capture(model, parts, "one_word", progress=False)
    whole = read_out(run, "answer_step").isel(prompt=0)
    known = {one.window: one.shares for one in heard}
    rows = [
        [known[str(name)].get(str(emotion), np.nan) for emotion in whole["emotion"].values]
        for name in whole["utterance"].values
    ]
    if not np.isfinite(whole.values).any():
        return float("inf")  # two that hear nothing are equal in vain
    return largest_difference(rows, whole.values)


def _lags(model: SpeechModel, samples: NDArray[np.float32], rate: int) -> list[float]:
    """Return how long after the last moment of each window was spoken its result came."""
    step = round(CHUNK * rate)
    began = 0.0
    lags: list[float] = []

    def spoken() -> Iterator[tuple[NDArray[np.float32], int]]:
        for start in range(0, len(samples), step):
            chunk = samples[start : start + step]
            time.sleep(max(0.0, began + (start + len(chunk)) / rate - time.monotonic()))
            yield chunk, rate

    monitor = _monitor(
        model,
        max_lag=None,  # to skip windows would hide the lag
        on_window=lambda heard: lags.append(time.monotonic() - began - heard.end),
    )
    model.features.forget()
    with one_thread():
        began = time.monotonic()
        monitor.listen(spoken())
    return lags
