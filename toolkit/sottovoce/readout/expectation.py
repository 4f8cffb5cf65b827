"""The percentage that the model would state, as an expectation over its digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.readout.concepts import tokens_by_emotion
from sottovoce.readout.emitted import emitted_words
from sottovoce.readout.located import answer_texts, cut_answers, locate, undenied
from sottovoce.readout.mentions import find_numbers
from sottovoce.readout.numbers import emitted_numbers
from sottovoce.readout.pairs import pair_numbers
from sottovoce.readout.result import Policy, as_shares, fill_unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.readout.numbers import EmittedNumbers


def expected_percentage(
    run: xr.Dataset, *, policy: Policy = "missing", emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Return the shares that the model would state, not only those it did.

    "angry 60%" was one draw: at the first digit the model may have weighed 5, 6 and 7. For every
    emotion in the answer, each digit of its number is replaced by its expectation under the
    model's distribution over the tokens of as many digits, times its power of ten, along the
    digits that were emitted before it. Emotions that were not stated get 0, an emotion stated twice
    gets the sum, and the shares are divided by their total. Single digits and whole numbers as
    tokens both work, and so does JSON.

    Which number belongs to which emotion, and which emotions are denied, is told by the rules of
    :func:`parse_answer`. In an answer that was cut off, a number at its very end is not read.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`. Its token set must have
        percentages.
    policy
        What a row becomes in whose answer no percentage can be read: "missing" (NaN), "neutral" or
        "uniform".
    emotions
        The concepts to divide between; by default those of the run's token set.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1, or is NaN. The attribute
        ``n_unread`` counts the answers without a percentage, whatever the policy.

    Raises
    ------
    ReadoutError
        If an emotion has no token in this run, or the policy is none of the above.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "percentages", progress=False)
    >>> shares = expected_percentage(run, policy="uniform")
    >>> round(float(shares.sum()), 6)
    1.0
    """
    tokens = tokens_by_emotion(run, emotions)
    words = emitted_words(run)
    answers, words = words.shape[:2], words.reshape(-1, words.shape[2])
    row, step, number = stated_numbers(run)
    emotion_of_token = np.full(run.sizes["token"], -1)
    for index, positions in enumerate(tokens.values()):
        emotion_of_token[positions] = index
    emotion = emotion_of_token[words[row, step]]
    stated = np.zeros((len(words), len(tokens)))
    np.add.at(stated, (row[emotion >= 0], emotion[emotion >= 0]), number[emotion >= 0])

    total = stated.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore"):
        divided = np.where(total > 0, stated / total, np.nan)
    shares = xr.DataArray(
        divided.reshape(*answers, len(tokens)),
        dims=("utterance", "prompt", "emotion"),
        coords={"emotion": np.array(list(tokens), dtype=object)},
    )
    unread = shares.isnull().any("emotion") & (run["status"] == "ok")
    return as_shares(
        fill_unread(shares, policy),
        run,
        "expected_percentage",
        options={"policy": policy, "emotions": emotions},
        counts={"n_unread": int(unread.sum())},
    )


def stated_numbers(
    run: xr.Dataset,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return where emotions are named with a number, and each number's expectation.

    Returns
    -------
    row, step : ndarray of int, shape (named,)
        Place of the emotion's word; rows count utterances and prompts together, prompts fastest.
    number : ndarray of float, shape (named,)
        Expectation over the digits, in the unit that the answer uses.
    """
    n_steps = run.sizes["step"]
    texts = answer_texts(run).reshape(-1, n_steps)
    words = emitted_words(run).reshape(-1, n_steps)
    numbers = emitted_numbers(run, np.char.strip(texts))
    cut = cut_answers(run).ravel()
    found: list[tuple[int, int, float]] = []
    for row in np.intersect1d(numbers.row, np.flatnonzero((words >= 0).any(axis=1))).tolist():
        located = locate(texts[row].tolist())
        named = undenied(run, located, words[row])
        step_of = {mention.start: step for step, mention in named.items()}
        expected = _by_step(numbers, row)
        stated = find_numbers(located.plain, is_cut=bool(cut[row]))
        for mention, number in pair_numbers(located.plain, list(named.values()), stated):
            parts = [expected.get(located.step_at(part)) for part in number.parts]
            known = [part for part in parts if part is not None]
            if len(known) == len(parts):
                found.append((row, step_of[mention.start], sum(known) / len(known)))
    rows, steps, values = zip(*found, strict=True) if found else ((), (), ())
    return np.array(rows, np.intp), np.array(steps, np.intp), np.array(values, np.float64)


def _by_step(numbers: EmittedNumbers, row: int) -> dict[int, float]:
    """Return the step of a digit -> the expectation of its number."""
    here = np.arange(*np.searchsorted(numbers.row, [row, row + 1]))
    return {
        step: float(numbers.expected[place])
        for place in here
        for step in range(numbers.first[place], numbers.last[place] + 1)
    }
