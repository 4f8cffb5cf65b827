"""Numbers among the emitted tokens, whether a digit or a whole number is one token.

Steps of all answers lie in one table with a row an answer; everything here is an operation on
that table or on the list of numbers found in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.readout.concepts import token_labels
from sottovoce.readout.emitted import emitted_positions
from sottovoce.vocabulary.percentage import digits_of

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

_MOST_DIGITS = 3


@dataclass(frozen=True)
class EmittedNumbers:
    """The numbers of a run's answers, in the order of rows and steps.

    Attributes
    ----------
    row
        The answer: its position among (utterance, prompt), flattened.
    first, last
        The steps of its first and last digit.
    expected
        The number that the model would state, as an expectation over its digit distributions.
    """

    row: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    expected: NDArray[np.float64]


def emitted_numbers(run: xr.Dataset, texts: NDArray[np.str_]) -> EmittedNumbers:
    """Find the numbers of up to three digits before the point, and their expectation.

    At every digit step the model's distribution is restricted to the tokens that write as many
    digits as the emitted one; the expected value counts by its place in the number.

    Parameters
    ----------
    run
        A run.
    texts
        The emitted texts, of shape (answers, step), white space stripped.
    """
    rows, n_steps = texts.shape
    labels = token_labels(run, "concept")
    digits = np.array([digits_of(str(label)) for label in labels], dtype=str)
    digits[token_labels(run, "kind") != "percentage"] = ""
    emitted = emitted_positions(run).reshape(rows, n_steps)
    n_digits = np.where(emitted >= 0, np.char.str_len(digits)[emitted], 0)
    is_digit = n_digits > 0
    is_point = (texts == ".") & _before(is_digit) & _after(is_digit)
    in_number = is_digit | is_point

    spaced = np.char.startswith(token_labels(run, "token_text"), " ")
    begins = in_number & (~_before(in_number) | (spaced[emitted] & is_digit))
    ends = in_number & (~_after(in_number) | _after(begins))
    row, first = np.nonzero(begins)
    last = np.nonzero(ends)[1]
    number = begins.ravel().cumsum().reshape(rows, n_steps) - 1

    n_points = is_point.cumsum(axis=1)
    behind_point = n_points > n_points[row, first][number] if row.size else is_point
    whole = np.bincount(
        number[is_digit], weights=(n_digits * ~behind_point)[is_digit], minlength=row.size
    )
    written = n_digits.cumsum(axis=1)
    written_before = (written - n_digits)[row, first]
    at = number[is_digit]
    place = whole[at] - (written[is_digit] - written_before[at])
    stated = _expected_digits(run, emitted, n_digits, digits)[is_digit] * 10.0**place
    expected = np.bincount(at, weights=stated, minlength=row.size).astype(np.float64)
    short = whole <= _MOST_DIGITS
    return EmittedNumbers(row[short], first[short], last[short], expected[short])


def _expected_digits(
    run: xr.Dataset,
    emitted: NDArray[np.intp],
    n_digits: NDArray[np.intp],
    digits: NDArray[np.str_],
) -> NDArray[np.float64]:
    """Return the expected value of the digits at each step, 0 where there is none."""
    expected = np.zeros(emitted.shape)
    lengths = np.char.str_len(digits)
    for length in np.unique(n_digits[n_digits > 0]):
        tokens = np.flatnonzero(lengths == length)
        here = n_digits == length
        logits = run["logit"].isel(token=tokens).transpose("utterance", "prompt", "step", "token")
        seen = logits.values.reshape(*emitted.shape, tokens.size)[here].astype(np.float64)
        weights = np.exp(seen - seen.max(axis=-1, keepdims=True))
        expected[here] = weights @ digits[tokens].astype(np.float64) / weights.sum(axis=-1)
    return expected


def _before(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the flag of the step before."""
    return np.pad(flags, ((0, 0), (1, 0)))[:, :-1]


def _after(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the flag of the step after."""
    return np.pad(flags, ((0, 0), (0, 1)))[:, 1:]
