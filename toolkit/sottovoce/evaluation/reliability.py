"""Whether a share means what it says: predicted shares against the listeners', in bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)
from sottovoce.evaluation.measures.arrays import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

MOST_BINS = 100


def reliability(
    shares: xr.DataArray,
    votes: Any,
    *,
    bins: int | Sequence[float] = 10,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Sort all shares into bins, and hold each bin's mean against the mean share of the votes.

    A pair is one utterance's share of one emotion and the listeners' share of it. Where a model is
    reliable, emotions to which it gives 30 % get 30 % of the votes on average, in whatever way
    single utterances scatter around it.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several. Rows sum to 1 or hold NaN.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    bins
        How many, of equal width, or their edges from 0 to 1. A bin holds its lower edge; the last
        holds both.
    speakers, n_boot, seed, confidence
        As for `evaluate`.

    Returns
    -------
    Dataset
        With dims (prompt, bin): `predicted` and `observed`, the mean shares of model and listeners,
        NaN in an empty bin; the interval of `observed` from `low` to `high`; and `n`, the pairs.
        With dim (prompt): `error`, the expected calibration error, which is the mean over the pairs
        of how far `observed` is from `predicted` in their bin, with `error_low` and `error_high`,
        and `n_utterances`. The coordinates `left` and `right` are the bins' edges. Without
        prompts, prompt is [""]. Attributes tell what was resampled.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or the bins are not from 0 to 1.

    Notes
    -----
    The error depends on the bins and is never below 0, so that of a reliable model is above it, and
    its bootstrap interval lies too high where bins hold few pairs. The interval of a bin with few
    pairs is too narrow, or missing where resamples often leave it empty. A constant guess of the
    corpus mean is reliable and knows nothing: read this beside the other measures.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML
    2017, arXiv:1706.04599; here with shares of votes in the place of labels.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 1], [7, 3], [2, 8], [0, 10]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> share = xr.full_like(votes, 0.25, dtype=float)
    >>> share[:, 0] = 0.75
    >>> result = reliability(share, votes, bins=2).isel(prompt=0)
    >>> result["predicted"].values, result["observed"].values, result["n"].values
    (array([0.25, 0.75]), array([0.55, 0.45]), array([4, 4]))
    """
    require_resampling_options(n_boot, confidence)
    edges = _edges(bins)
    aligned = align(shares, votes)
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    reference = aligned.reference.values
    sums = np.stack(
        [_sums(case, reference, edges) for case in aligned.predictions.values()], axis=1
    )

    def means(counts: FloatArray) -> FloatArray:
        """Return the observed means and the error, shape (resample, prompt, bin + 1)."""
        n, predicted, observed = np.einsum("ru,updb->drpb", counts, sums, optimize=True)
        apart = np.abs(observed - predicted).sum(axis=-1, keepdims=True)
        error = ratio(apart, n.sum(axis=-1, keepdims=True))
        return np.concatenate([ratio(observed, n), error], axis=-1)

    value = means(np.ones((1, len(reference))))[0]
    low, high = percentile_interval(bootstrap(means, resampling, n_boot, seed), confidence)
    n, predicted, _ = sums.sum(axis=0).transpose(1, 0, 2)
    known = [~np.isnan(case).any(axis=1) for case in aligned.predictions.values()]
    over = ("prompt", "bin")
    return xr.Dataset(
        {
            "predicted": (over, ratio(predicted, n)),
            "observed": (over, value[:, :-1]),
            "low": (over, low[:, :-1]),
            "high": (over, high[:, :-1]),
            "n": (over, n.astype(int)),
            "error": ("prompt", value[:, -1]),
            "error_low": ("prompt", low[:, -1]),
            "error_high": ("prompt", high[:, -1]),
            "n_utterances": ("prompt", np.sum(known, axis=1)),
        },
        coords={
            "prompt": aligned.prompts,
            "bin": np.arange(len(edges) - 1),
            "left": ("bin", edges[:-1]),
            "right": ("bin", edges[1:]),
        },
        attrs={
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "n_utterances": len(aligned.utterances),
            "notes": resampling.note,
        },
    )


def _edges(bins: int | Sequence[float]) -> FloatArray:
    if isinstance(bins, int | np.integer):
        if not 1 <= bins <= MOST_BINS:
            raise VotesError(f"bins={bins} must be from 1 to {MOST_BINS}, or a list of edges")
        return np.linspace(0.0, 1.0, int(bins) + 1)
    edges = np.asarray(bins, dtype=np.float64)
    if edges.ndim != 1 or edges.size < 2 or np.any(np.diff(edges) <= 0):
        raise VotesError(f"bins={bins} must be edges that ascend, for example [0, 0.1, 0.3, 1]")
    if edges[0] != 0 or edges[-1] != 1:
        raise VotesError(f"bins={bins} must begin at 0 and end at 1, since shares do")
    return edges


def _sums(predicted: FloatArray, reference: FloatArray, edges: FloatArray) -> FloatArray:
    """Return each utterance's pairs in each bin: their number, and the sums of both sides.

    Shape (utterance, 3, bin); zero where the shares are missing.
    """
    known = np.asarray(~np.isnan(predicted).any(axis=1))[:, None]
    shares = np.where(known, predicted, 0.0)
    # Shares arrive as float32: 0.3 a hair below its edge still belongs above it.
    place = np.searchsorted(edges, shares + 1e-7, side="right") - 1
    place = np.clip(place, 0, len(edges) - 2)
    member = (place[..., None] == np.arange(len(edges) - 1)) & known[..., None]
    weights = np.stack([np.ones_like(shares), shares, reference], axis=1)
    sums: FloatArray = np.einsum("ude,ueb->udb", weights, member.astype(np.float64))
    return sums
