"""Make the sample recordings: synthetic voices with simulated votes, free to give away.

Run ``python data/make_samples.py`` in a checkout with espeak-ng and the extra "tune" installed. It
writes ``data/samples/*.flac`` and ``data/samples/votes.csv``. Speakers, sentences and seeds are
others than those of the training clips in ``sottovoce.tuning.voices.training_set``.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from sottovoce.tuning.voices.listeners import simulate_votes
from sottovoce.tuning.voices.prosody import EMOTIONS, mixture
from sottovoce.tuning.voices.speech import speak
from sottovoce.tuning.voices.world import Voice

FOLDER = Path(__file__).resolve().parent / "samples"
RATE = 16000
N_RATERS = 10
SEED = 90_000

ANNA = Voice("anna", "female", "en-us+f2", 45, 165, 1.02)
MAYA = Voice("maya", "female", "en-gb-x-rp+f4", 65, 168, 1.04)
TOM = Voice("tom", "male", "en-us+m3", 45, 165, 0.98)
KARL = Voice("karl", "male", "en-us+m4", 60, 168, 1.0)

PURE = (
    (ANNA, "The kettle is on the stove in the kitchen."),
    (TOM, "We will be back before the end of the week."),
)


class Series(NamedTuple):
    """Equal steps from one emotion to another, in one voice and sentence."""

    voice: Voice
    sentence: str
    start: str
    end: str
    n_steps: int


SERIES = (
    Series(TOM, "The bread is still lying on the counter.", "neutral", "angry", 5),
    Series(MAYA, "I think that was the last ship today.", "sad", "fearful", 5),
    Series(KARL, "My uncle is sitting outside with his paper.", "happy", "neutral", 5),
    Series(ANNA, "You can hear them from up here.", "disgusted", "happy", 4),
)


class Sample(NamedTuple):
    """One recording to be made."""

    utterance: str
    voice: Voice
    sentence: str
    series: str
    step: int
    weights: dict[str, float]
    seed: int


def planned_samples() -> list[Sample]:
    """Return what is made, in the order of votes.csv; series "pure", step 0, is one emotion."""
    samples = [
        Sample(f"{voice.name}_{emotion}", voice, sentence, "pure", 0, {emotion: 1.0}, SEED + number)
        for number, (voice, sentence) in enumerate(PURE)
        for emotion in EMOTIONS
    ]
    # One seed for a series: its steps differ in the emotion and in nothing else.
    for number, series in enumerate(SERIES, start=len(PURE)):
        name = f"{series.start}-{series.end}"
        for step in range(series.n_steps):
            share = step / (series.n_steps - 1)
            weights = {series.start: 1 - share, series.end: share}
            utterance = f"{series.voice.name}_{name}_{step + 1}"
            voice, sentence = series.voice, series.sentence
            samples.append(
                Sample(utterance, voice, sentence, name, step + 1, weights, SEED + number)
            )
    return samples


def main() -> None:
    """Write the recordings and their votes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.flac"):
        old.unlink()
    columns = ["utterance", "file", "speaker", "sentence", "series", "step", *EMOTIONS]
    columns += [f"weight_{emotion}" for emotion in EMOTIONS]
    with (FOLDER / "votes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        for number, sample in enumerate(planned_samples()):
            sound = speak(sample.sentence, sample.voice, sample.weights, sample.seed, RATE)
            name = f"{sample.utterance}.flac"
            soundfile.write(FOLDER / name, sound, RATE, subtype="PCM_16")
            votes = simulate_votes(sample.weights, N_RATERS, seed=SEED + number)
            table.writerow(
                [
                    *(sample.utterance, name, sample.voice.name),
                    *(sample.sentence, sample.series, sample.step),
                    *votes.tolist(),
                    *np.round(mixture(sample.weights), 4).tolist(),
                ]
            )


if __name__ == "__main__":
    main()
