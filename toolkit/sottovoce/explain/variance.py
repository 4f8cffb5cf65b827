"""How much of the shares' variance is the recording's, how much the question's, how much both's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.errors import ExplanationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOURCES = ("recording", "prompt", "interaction")


def variance_parts(shares: xr.DataArray) -> xr.Dataset:
    """Divide the variance of shares between recordings, prompts and their interaction.

    A two-way analysis of variance with one value a cell: the sums of squares of the means by
    recording, of the means by prompt, and of what neither explains. A model that gives the same
    answer to the same question twice has no noise, so what is left is true interaction: a question
    that moves some recordings one way and others another.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`, dimensions (utterance, prompt, emotion). Recordings that
        lack an answer to one of the prompts are left out.

    Returns
    -------
    xarray.Dataset
        ``part`` (source), over all emotions together, and ``part_of_emotion`` (source, emotion):
        "recording", "prompt" and "interaction", which sum to 1, or are NaN where nothing varies.
        The attribute ``n_left_out`` counts recordings.

    Raises
    ------
    ExplanationError
        If there are not two recordings and two prompts.

    Examples
    --------
    >>> shares = xr.DataArray(
    ...     [[[0.9, 0.1], [0.8, 0.2]], [[0.5, 0.5], [0.4, 0.6]]],
    ...     dims=("utterance", "prompt", "emotion"),
    ...     coords={"emotion": ["angry", "sad"]},
    ... )
    >>> variance_parts(shares)["part"].round(2).values.tolist()
    [0.94, 0.06, 0.0]
    """
    if set(getattr(shares, "dims", ())) != {"utterance", "prompt", "emotion"}:
        raise ExplanationError(
            "shares must have the dimensions utterance, prompt and emotion, as read_out gives them"
        )
    ordered = shares.transpose("utterance", "prompt", "emotion")
    complete = ordered.notnull().all(("prompt", "emotion")).values
    values = ordered.values[complete].astype(np.float64)
    if values.shape[0] < 2 or values.shape[1] < 2:
        raise ExplanationError(
            f"{values.shape[0]} recordings with an answer to each of {values.shape[1]} prompts: at "
            "least two of both are needed to tell their parts of the variance apart."
        )
    squares = _squares(values)
    return xr.Dataset(
        {
            "part": ("source", _normalised(squares.sum(axis=-1))),
            "part_of_emotion": (("source", "emotion"), _normalised(squares)),
        },
        {"source": np.array(SOURCES, dtype=object), "emotion": ordered["emotion"].values},
        {"n_left_out": int((~complete).sum())},
    )


def _squares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums of squares, shape (source, emotion)."""
    n_recordings, n_prompts, _ = values.shape
    mean = values.mean(axis=(0, 1))
    of_recording = values.mean(axis=1) - mean
    of_prompt = values.mean(axis=0) - mean
    rest = values - mean - of_recording[:, None] - of_prompt[None]
    return np.stack(
        [
            n_prompts * (of_recording**2).sum(axis=0),
            n_recordings * (of_prompt**2).sum(axis=0),
            (rest**2).sum(axis=(0, 1)),
        ]
    )


def _normalised(squares: NDArray[np.float64]) -> NDArray[np.float64]:
    total = squares.sum(axis=0)
    return np.asarray(squares / np.where(total > 1e-20, total, np.nan), dtype=np.float64)
