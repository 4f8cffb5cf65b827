"""Synthetic clips for training: who speaks, what they say and how the emotions are mixed."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sottovoce.tuning.voices.listeners import simulate_votes
from sottovoce.tuning.voices.prosody import EMOTIONS
from sottovoce.tuning.voices.speech import speak
from sottovoce.tuning.voices.world import Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

TRAINING_VOICES: tuple[Voice, ...] = (
    Voice("Ada", "female", "en-us+f1", 45, 165, 1.00),
    Voice("Bea", "female", "en-gb-x-rp+f1", 60, 170, 1.05),
    Voice("Cleo", "female", "en-us+f3", 40, 160, 1.03),
    Voice("Dora", "female", "en-gb-x-rp+f3", 55, 172, 0.97),
    Voice("Edda", "female", "en-us+f5", 50, 158, 1.06),
    Voice("Fay", "female", "en-gb-scotland+f5", 35, 165, 1.00),
    Voice("Gus", "male", "en-us+m1", 45, 165, 1.00),
    Voice("Hal", "male", "en-gb-x-rp+m1", 60, 160, 0.95),
    Voice("Ivo", "male", "en-us+m2", 40, 170, 0.97),
    Voice("Jon", "male", "en-gb-x-rp+m4", 50, 168, 1.00),
    Voice("Kit", "male", "en-us+m5", 65, 162, 1.04),
    Voice("Leo", "male", "en-us+m6", 55, 172, 1.02),
    Voice("Max", "male", "en-gb-scotland+m2", 50, 165, 1.05),
    Voice("Ned", "male", "en-us+m8", 60, 160, 1.00),
)

TRAINING_SENTENCES: tuple[str, ...] = (
    "The train leaves at a quarter to nine.",
    "I put the letters on the kitchen table.",
    "We are meeting them in front of the library.",
    "She has moved to the house next door.",
    "The shop on the corner closes at six.",
    "He told me about it on the telephone.",
    "There is another box in the hallway.",
    "You left your umbrella in the office.",
    "They are painting the windows this week.",
    "My brother will bring the chairs tomorrow.",
    "The bus stops right behind the school.",
    "I have read the first part of the book.",
    "Somebody has opened the garden gate.",
    "We can talk about it after lunch.",
    "The water in the lake is very deep.",
    "It has been raining since early morning.",
    "Your sister is waiting in the car.",
    "They changed the number of the room.",
    "I saw him at the market on Monday.",
    "The keys are lying under the newspaper.",
    "We walked along the river for an hour.",
    "He wants to know what happened yesterday.",
    "The doctor will see you in ten minutes.",
    "There was a parcel for you this afternoon.",
    "She always sits at the table by the wall.",
    "The neighbours are coming over tonight.",
    "I have never been to that part of town.",
    "The lights in the cellar are still on.",
    "They said it would take about a month.",
    "He is standing on the other side.",
    "The coffee is in the cupboard on the left.",
    "Nobody has called since Thursday.",
    "We found the dog sleeping in the barn.",
    "The road to the village is closed.",
    "I am going to the station now.",
    "You should look at the second page.",
    "The children are playing in the yard.",
    "He bought the old bicycle from a friend.",
    "The meeting starts in half an hour.",
    "It is the third door on the right.",
    "She wrote her name at the bottom.",
    "The boat comes back in the evening.",
    "We have to change trains in the city.",
    "There are two more people in the room.",
    "I will tell you when they arrive.",
    "The window above the stairs is open.",
    "He carried the basket up the hill.",
    "They live on the fourth floor.",
)

_SHARE_PURE, _SHARE_PAIR = 0.40, 0.40
_FEWEST_RATERS, _MOST_RATERS = 8, 12


class Clip(NamedTuple):
    """A synthetic clip and its synthetic votes.

    Parameters
    ----------
    name
        Unique within a seed.
    samples
        float32, 16 kHz, shape (sample,).
    weights
        The mixture it was made with, shape (6,).
    votes
        Simulated votes, shape (6,).
    speaker
        Name of the voice.
    """

    name: str
    samples: NDArray[np.float32]
    weights: NDArray[np.float64]
    votes: NDArray[np.int64]
    speaker: str


def draw_weights(generator: np.random.Generator) -> NDArray[np.float64]:
    """Draw a pure emotion (40 %), a mixture of two (40 %) or of three (20 %), shape (6,).

    Examples
    --------
    >>> float(draw_weights(np.random.default_rng(0)).sum().round(6))
    1.0
    """
    kind = generator.random()
    weights = np.zeros(len(EMOTIONS))
    if kind < _SHARE_PURE:
        weights[generator.integers(len(EMOTIONS))] = 1.0
    elif kind < _SHARE_PURE + _SHARE_PAIR:
        first, second = generator.choice(len(EMOTIONS), 2, replace=False)
        weights[first] = generator.uniform(0.1, 0.9)
        weights[second] = 1 - weights[first]
    else:
        chosen = generator.choice(len(EMOTIONS), 3, replace=False)
        weights[chosen] = generator.dirichlet([2.0, 2.0, 2.0])
    return weights


def varied(voice: Voice, generator: np.random.Generator) -> Voice:
    """Return a voice a little beside this one, so that fourteen voices are not all that is heard.

    Examples
    --------
    >>> varied(TRAINING_VOICES[0], np.random.default_rng(0)).name
    'Ada'
    """
    pitch, speed, formants, tilt = np.clip(generator.standard_normal(4), -2, 2)
    return replace(
        voice,
        pitch=int(np.clip(voice.pitch + 6 * pitch, 10, 90)),
        speed=int(voice.speed * (1 + 0.04 * speed)),
        formants=float(voice.formants * (1 + 0.025 * formants)),
        tilt=float(voice.tilt + 0.5 * tilt),
    )


def training_clip(index: int, seed: int) -> Clip:
    """Make clip number `index`; each depends on the seed and its own number alone.

    Parameters
    ----------
    index
        0 or more.
    seed
        The seed of the set.

    Raises
    ------
    SottovoceError
        If espeak-ng is missing.
    MissingExtraError
        If pyworld is missing.
    """
    generator = np.random.default_rng([seed, index])
    voice = varied(TRAINING_VOICES[index % len(TRAINING_VOICES)], generator)
    text = TRAINING_SENTENCES[generator.integers(len(TRAINING_SENTENCES))]
    weights = draw_weights(generator)
    n_raters = int(generator.integers(_FEWEST_RATERS, _MOST_RATERS + 1))
    clip_seed, vote_seed = (int(number) for number in generator.integers(2**31, size=2))
    return Clip(
        f"synthetic_{seed}_{index:05d}_{voice.name}",
        speak(text, voice, weights, clip_seed),
        weights,
        simulate_votes(weights, n_raters, seed=vote_seed),
        voice.name,
    )


def training_set(n: int, seed: int, *, workers: int = 1) -> Iterator[Clip]:
    """Make `n` synthetic clips for training, in order.

    None of their speakers, sentences and seeds occurs in the sample recordings.

    Parameters
    ----------
    n
        How many.
    seed
        The same seed gives the same clips, whatever the number of workers.
    workers
        Processes to use. They are started afresh, so a script needs its ``if __name__ ==
        "__main__"``. Each makes five to ten clips a second.

    Yields
    ------
    Clip
        name, samples, weights, votes, speaker.

    Raises
    ------
    SottovoceError
        If espeak-ng is missing.
    MissingExtraError
        If pyworld is missing.
    """
    make = partial(training_clip, seed=seed)
    if workers <= 1:
        yield from map(make, range(n))
        return
    # A forked copy of a process in which torch runs its threads may hang.
    afresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=afresh) as pool:
        yield from pool.map(make, range(n), chunksize=16)
