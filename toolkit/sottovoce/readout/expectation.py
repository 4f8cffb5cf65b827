"""The percentage that the model would state, as an expectation over its digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import xarray as xr

from sottovoce.readout.concepts import tokens_by_emotion
from sottovoce.readout.emitted import chosen_texts, emitted_words, spaced_letters
from sottovoce.readout.numbers import emitted_numbers
from sottovoce.readout.result import Policy, as_shares, fill_unread
from sottovoce.readout.words import LINKING_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sottovoce.readout.numbers import EmittedNumbers

_PERCENT = ("%", "％", "percent", "per cent", "パーセント")
_SEPARATORS = (",", ";", "、", "。", "，", "；", "\n")


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

    A number belongs to the emotion before it ("angry 60%", ``"angry": 60``) or after it ("60%
    angry"), whichever more pairs of the answer show, the former if undecided. No other word may
    stand between them, unless the number has a percent sign and no comma or line break parts them.

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
    texts = chosen_texts(run)
    n_steps = texts.shape[2]
    words = emitted_words(run).reshape(-1, n_steps)
    numbers = emitted_numbers(run, np.char.strip(texts.reshape(-1, n_steps)))
    return _pairs(words >= 0, texts.reshape(-1, n_steps), numbers)


def _pairs(
    named: NDArray[np.bool_], texts: NDArray[np.str_], numbers: EmittedNumbers
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the row and step of every emotion that has a number, and that number."""
    n_rows, n_steps = texts.shape
    steps = np.arange(n_steps)
    before = np.maximum.accumulate(np.where(named, steps, -1), axis=1)
    after = np.minimum.accumulate(np.where(named, steps, n_steps)[:, ::-1], axis=1)[:, ::-1]
    words = _new_words(texts, named).cumsum(axis=1)
    commas = _separators(texts).cumsum(axis=1)
    signs = _percent_signs(texts)

    def paired(
        side: Literal["before", "after"],
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Return the numbers that have an emotion on this side, its step, and each row's score."""
        if side == "before":
            owner = before[numbers.row, numbers.first]
            start, end = owner, numbers.first - 1
        else:
            owner = after[numbers.row, numbers.last]
            start, end = numbers.last, owner - 1
        exists = (owner >= 0) & (owner < n_steps)
        start, end = start.clip(0, n_steps - 1), end.clip(0, n_steps - 1)
        apart = commas[numbers.row, end] > commas[numbers.row, start]
        foreign = words[numbers.row, end] > words[numbers.row, start]
        signed = signs[numbers.row, numbers.last]
        linked = np.flatnonzero(exists & (~foreign | (signed & ~apart)))
        if side == "after":
            # The nearest number is the first behind an emotion and the last before one.
            linked = linked[::-1]
        nearest = linked[
            np.unique(numbers.row[linked] * n_steps + owner[linked], return_index=True)[1]
        ]
        score = np.bincount(numbers.row[nearest][~apart[nearest]], minlength=n_rows)
        return nearest, owner[nearest], score

    behind, behind_step, behind_score = paired("before")
    ahead, ahead_step, ahead_score = paired("after")
    number_first = ahead_score > behind_score
    take_behind = ~number_first[numbers.row[behind]]
    take_ahead = number_first[numbers.row[ahead]]
    taken = np.concatenate([behind[take_behind], ahead[take_ahead]])
    owner = np.concatenate([behind_step[take_behind], ahead_step[take_ahead]])
    return numbers.row[taken], owner, numbers.expected[taken]


def _new_words(texts: NDArray[np.str_], named: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a step begins a word that parts an emotion from its number."""
    stripped = np.char.strip(texts)
    follows_letter = np.zeros(texts.shape, dtype=bool)
    follows_letter[:, 1:] = spaced_letters(texts[:, :-1], first=False)
    begins = spaced_letters(stripped, first=True) & (
        ~follows_letter | ~spaced_letters(texts, first=True)
    )
    linking = np.isin(np.char.lower(stripped), list(LINKING_WORDS))
    return begins & ~named & ~linking


def _percent_signs(texts: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Whether a percent sign follows a step's digits, in the same token or the next."""
    stripped = np.char.strip(texts)
    here: NDArray[np.bool_] = np.char.endswith(stripped, "%") | np.char.endswith(stripped, "％")
    starts = np.zeros(texts.shape, dtype=bool)
    for sign in _PERCENT:
        starts |= np.char.startswith(stripped, sign)
    follows: NDArray[np.bool_] = np.pad(starts, ((0, 0), (0, 1)))[:, 1:]
    return here | follows


def _separators(texts: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Whether a step ends a clause: a comma or line break, or a full stop before no digit."""
    stripped = np.char.strip(texts)
    digit_next = np.pad(np.char.isdigit(stripped), ((0, 0), (0, 1)))[:, 1:]
    parts: NDArray[np.bool_] = np.char.endswith(stripped, ".") & ~digit_next
    for sign in _SEPARATORS:
        parts |= np.char.find(texts, sign) >= 0
    return parts
