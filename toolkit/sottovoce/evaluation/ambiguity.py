"""How ambiguous each utterance is to the model and to the listeners, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.intervals import (
    bootstrap,
    percentile_interval,
    require_resampling_options,
    resampling_units,
)
from sottovoce.evaluation.measures import entropy, entropy_rho

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]


def ambiguity(
    shares: xr.DataArray,
    votes: Any,
    *,
    speakers: Any = None,
    n_boot: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Return the entropy of the shares and of the votes of each utterance, and how they go along.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several. Rows sum to 1 or hold NaN.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    speakers, n_boot, seed, confidence
        As for `evaluate`.

    Returns
    -------
    Dataset
        `predicted` (prompt, utterance) and `listeners` (utterance), entropies in bits, of those
        utterances that have votes, NaN where there are no shares; Spearman's correlation `rho`
        with its interval `low` to `high`, and `n`, the utterances that it is of (prompt). Without
        prompts, prompt is [""]. The attribute `most` is the entropy of equal shares; the others
        tell what was resampled.

    Raises
    ------
    VotesError
        If the arrays do not fit each other (dims, ids, emotions, sums).

    See Also
    --------
    evaluate : The same correlation, as "entropy_rho", beside the other measures.

    Notes
    -----
    A few votes give a lower entropy than many would (nine of them, over six emotions, up to
    half a bit), and only few values of it. The correlation of ranks suffers little by it, a
    comparison of the two levels does.

    Examples
    --------
    >>> votes = xr.DataArray(
    ...     [[9, 0], [8, 1], [6, 3], [5, 4]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": list("abcd"), "emotion": ["angry", "sad"]},
    ... )
    >>> result = ambiguity((votes + 1) / 11, votes)
    >>> result["predicted"].values.round(2)
    array([[0.44, 0.68, 0.95, 0.99]])
    >>> result["rho"].item()
    1.0
    """
    require_resampling_options(n_boot, confidence)
    aligned = align(shares, votes)
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    reference = aligned.reference.values
    cases = list(aligned.predictions.values())

    def correlations(counts: FloatArray) -> FloatArray:
        return np.stack([entropy_rho(case, reference, counts) for case in cases], axis=-1)

    samples = bootstrap(correlations, resampling, n_boot, seed)
    low, high = percentile_interval(samples, confidence)
    predicted = np.stack([entropy(case) for case in cases])
    return xr.Dataset(
        {
            "predicted": (("prompt", "utterance"), predicted),
            "listeners": ("utterance", entropy(reference)),
            "rho": ("prompt", correlations(np.ones((1, len(reference))))[0]),
            "low": ("prompt", low),
            "high": ("prompt", high),
            "n": ("prompt", (~np.isnan(predicted)).sum(axis=1)),
        },
        coords={"prompt": aligned.prompts, "utterance": aligned.utterances},
        attrs={
            "unit": "bits",
            "most": float(np.log2(reference.shape[1])),
            "resampled": resampling.unit,
            "n_resampled": resampling.n_units,
            "n_boot": n_boot,
            "seed": seed,
            "confidence": confidence,
            "notes": resampling.note,
        },
    )
