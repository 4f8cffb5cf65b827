"""An answer's plain text, and which decoding step wrote each part of it.

The rules about what an answer says are rules about its text; here they are brought to its steps.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.readout.concepts import token_labels
from sottovoce.readout.emitted import STEP_DIMS, chosen_texts
from sottovoce.readout.mentions import EmotionMention, plain_of_normal, without_denied
from sottovoce.readout.words import ANY_DENIAL, SPACED_LETTER
from sottovoce.vocabulary.percentage import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import xarray as xr
    from numpy.typing import NDArray

_WORD = re.compile(f"{SPACED_LETTER}+")
_FIRST_SIGN = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class LocatedText:
    """The plain text of an answer, and where in it each step begins.

    Parameters
    ----------
    plain
        As :func:`~sottovoce.readout.mentions.plain_text` makes it.
    starts
        For each step, the place of its first sign; one more entry for the end.
    """

    plain: str
    starts: list[int]

    def step_at(self, place: int) -> int:
        """Return the step that wrote the sign at a place."""
        return bisect_right(self.starts, place) - 1


def locate(texts: Sequence[str]) -> LocatedText:
    """Join what the steps wrote.

    Examples
    --------
    >>> located = locate(["Ａngry", " 6", "0", "％"])
    >>> located.plain, located.starts, located.step_at(located.plain.index("0"))
    ('angry 60%', [0, 5, 7, 8, 9], 2)
    """
    normal = normalise("".join(texts))
    pieces = [normalise(text) for text in texts]
    if "".join(pieces) == normal:
        starts = [0, *accumulate(map(len, pieces))]
    else:
        # Signs of two steps that become one, as a letter and its accent.
        lengths = (len(normalise(whole)) for whole in accumulate(texts, initial=""))
        starts = [min(length, len(normal)) for length in accumulate(lengths, max)]
    return LocatedText(plain_of_normal(normal), starts)


def cut_answers(run: xr.Dataset) -> NDArray[np.bool_]:
    """Return which answers were cut off after the most steps that were allowed.

    Where the run does not say how many were, no answer counts as cut.

    Returns
    -------
    ndarray of bool, shape (utterance, prompt)
    """
    decoding = json.loads(run.attrs["decoding"])
    most = decoding.get("max_new_tokens") if isinstance(decoding, dict) else None
    n_steps = run["n_steps"].transpose("utterance", "prompt").values
    ok = (run["status"] == "ok").transpose("utterance", "prompt").values
    if not isinstance(most, int):
        return np.zeros(n_steps.shape, dtype=bool)
    cut: NDArray[np.bool_] = ok & (n_steps >= most) & (n_steps > 0)
    if cut.any():
        cut &= ~_ended(run, cut)
    return cut


def answer_texts(run: xr.Dataset) -> NDArray[np.str_]:
    """Return what each step adds to its answer, nothing for the token that ended it.

    Returns
    -------
    ndarray of str, shape (utterance, prompt, step)
    """
    texts = chosen_texts(run)
    n_steps = run["n_steps"].transpose("utterance", "prompt").values
    last = n_steps - _ended(run, n_steps > 0)
    return np.where(np.arange(run.sizes["step"]) < last[..., None], texts, "")


def emotion_words(run: xr.Dataset, words: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return emitted words without those that their answer denies.

    Parameters
    ----------
    run
        A run.
    words
        From :func:`~sottovoce.readout.emitted.emitted_words`.

    Returns
    -------
    ndarray of int, shape (utterance, prompt, step)
    """
    texts = answer_texts(run)
    kept = words.copy()
    for cell in zip(*np.nonzero((words >= 0).any(axis=-1)), strict=True):
        if not ANY_DENIAL.search(normalise("".join(texts[cell]))):
            continue
        located = locate(texts[cell].tolist())
        named = set(undenied(run, located, words[cell]))
        for step in np.flatnonzero(words[cell] >= 0):
            if step not in named:
                kept[cell][step] = -1
    return kept


def undenied(
    run: xr.Dataset, located: LocatedText, words: NDArray[np.intp]
) -> dict[int, EmotionMention]:
    """Return the words of an answer that it does not deny: step -> where it stands in the text.

    Parameters
    ----------
    run
        The run, for its spellings.
    located
        The answer.
    words
        Of :func:`~sottovoce.readout.emitted.emitted_words`, shape (step,).
    """
    at = dict(_mentions(run, located, words))
    kept = {id(mention) for mention in without_denied(located.plain, list(at.values()))}
    return {step: mention for step, mention in at.items() if id(mention) in kept}


def _mentions(
    run: xr.Dataset, located: LocatedText, words: NDArray[np.intp]
) -> Iterator[tuple[int, EmotionMention]]:
    concepts, spellings = token_labels(run, "concept"), token_labels(run, "spelling")
    plain = located.plain
    for step in np.flatnonzero(words >= 0).tolist():
        first = _FIRST_SIGN.search(plain, located.starts[step], located.starts[step + 1])
        start = first.start() if first else located.starts[step]
        word = _WORD.match(plain, start)
        end = word.end() if word else located.starts[step + 1]
        spelling = normalise(str(spellings[words[step]])).strip()
        if spelling and plain.startswith(spelling, start):
            end = max(end, start + len(spelling))
        yield step, EmotionMention(start, max(start, end), str(concepts[words[step]]))


def _ended(run: xr.Dataset, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the wanted answers emitted an end: their last token is none of the text."""
    answers = run["answer"].transpose("utterance", "prompt").values
    n_steps = run["n_steps"].transpose("utterance", "prompt").values
    texts = run["chosen_text"].transpose(*STEP_DIMS)
    ended = np.zeros(wanted.shape, dtype=bool)
    last = np.take_along_axis(texts.values, n_steps.clip(min=1)[..., None] - 1, axis=-1)[..., 0]
    for cell in zip(*np.nonzero(wanted), strict=True):
        emitted = str(last[cell])
        sign = emitted.strip()
        ended[cell] = not emitted or (bool(sign) and not str(answers[cell]).rstrip().endswith(sign))
    return ended
