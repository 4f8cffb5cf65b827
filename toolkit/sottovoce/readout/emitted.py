"""What was emitted at each step: an emotion's word, a piece of a percentage, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.readout.concepts import token_labels

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

STEP_DIMS = ("utterance", "prompt", "step")


def valid_steps(run: xr.Dataset) -> NDArray[np.bool_]:
    """Return which steps were decoded, the one that ended the answer included.

    Returns
    -------
    ndarray of bool, shape (utterance, prompt, step)
    """
    ok = (run["status"] == "ok").transpose("utterance", "prompt").values
    length = run["n_steps"].transpose("utterance", "prompt").values
    steps = np.arange(run.sizes["step"])
    decoded = np.isfinite(run["log_normalizer"].transpose(*STEP_DIMS).values)
    within: NDArray[np.bool_] = (steps < length[..., None]) & ok[..., None] & decoded
    return within


def emitted_positions(run: xr.Dataset) -> NDArray[np.intp]:
    """Return where along ``token`` the emitted token stands, -1 if it is not followed.

    Returns
    -------
    ndarray of int, shape (utterance, prompt, step)
    """
    chosen = run["chosen_token"].transpose(*STEP_DIMS).values
    followed = run["token"].values
    if not followed.size:
        return np.full(chosen.shape, -1)
    order = np.argsort(followed)
    found = order[np.searchsorted(followed, chosen, sorter=order).clip(max=followed.size - 1)]
    return np.where((followed[found] == chosen) & valid_steps(run), found, -1)


def emitted_words(run: xr.Dataset) -> NDArray[np.intp]:
    """Return where along ``token`` an emitted token stands that begins a concept's word, else -1.

    Percentages are not words, and neither is a token inside one: the "happy" that ends "unhappy"
    names no emotion.

    Returns
    -------
    ndarray of int, shape (utterance, prompt, step)
    """
    positions = emitted_positions(run)
    is_word = token_labels(run, "kind") != "percentage"
    text = token_labels(run, "token_text")
    if not text.size:
        return positions
    continues = spaced_letters(text, first=True)[positions]
    after_letter = np.zeros(positions.shape, dtype=bool)
    after_letter[..., 1:] = spaced_letters(chosen_texts(run)[..., :-1], first=False)
    return np.where(
        (positions >= 0) & is_word[positions] & ~(continues & after_letter), positions, -1
    )


def chosen_texts(run: xr.Dataset) -> NDArray[np.str_]:
    """Return the emitted texts, of shape (utterance, prompt, step)."""
    texts = run["chosen_text"].transpose(*STEP_DIMS).values
    # numpy casts its variable-width strings, which zarr gives back, only by way of objects.
    return texts.astype(object).astype(str)


def spaced_letters(texts: NDArray[np.str_], *, first: bool) -> NDArray[np.bool_]:
    """Return whether the first or last sign is a letter of a script that parts words by spaces.

    Examples
    --------
    >>> spaced_letters(np.array(["un", " un", "un ", "怒り", ""]), first=False)
    array([ True,  True, False, False, False])
    """
    width = max(texts.dtype.itemsize // 4, 1)
    signs = np.ascontiguousarray(texts.astype(f"U{width}")).view("U1").reshape(*texts.shape, width)
    at = np.zeros(texts.shape, dtype=int) if first else np.char.str_len(texts).clip(min=1) - 1
    sign = np.take_along_axis(signs, at[..., None], axis=-1)[..., 0]
    # Kana and kanji are letters too, and have no case.
    cased: NDArray[np.bool_] = np.char.lower(sign) != np.char.upper(sign)
    return cased
