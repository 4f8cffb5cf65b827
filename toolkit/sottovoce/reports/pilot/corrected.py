"""Whether a correction or a few labels bring the chosen read-out nearer to the listeners."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import ReadoutError, VotesError
from sottovoce.evaluation import compare, cross_calibrate, evaluate, learning_curve
from sottovoce.readout import correct_prior

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from sottovoce.corpora import Corpus

AS_IT_IS, BATCH_MEAN, CONTENT_FREE, CALIBRATED = (
    "as_it_is",
    "batch_mean",
    "content_free",
    "calibrated",
)


@dataclass(frozen=True)
class Corrected:
    """The chosen read-out as it is, and corrected.

    Parameters
    ----------
    evaluation
        The JS divergence of "as_it_is", "batch_mean" and "content_free" (the prior divided out, as
        the mean of these answers and of those to content-free recordings tell it) and "calibrated",
        each speaker by the votes on the others; what was not possible is not there.
    differences
        Name -> its paired difference in JS divergence from "as_it_is".
    curve
        The score of a calibration by the number of labelled clips; None where there are too few.
    """

    evaluation: xr.Dataset
    differences: Mapping[str, xr.Dataset]
    curve: xr.Dataset | None

    @property
    def better(self) -> list[str]:
        """Those that are better than the read-out as it is, beyond the interval."""
        return [name for name, one in self.differences.items() if one["high"].item() < 0]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, which JSON can hold."""
        scores = self.evaluation["value"].sel(measure="js").squeeze("prompt")
        return {
            "js": {
                name: scores.sel(predictor=name).item() for name in (AS_IT_IS, *self.differences)
            },
            "difference": {
                name: {
                    key: value if np.isfinite(value := one[key].item()) else None
                    for key in ("difference", "low", "high")
                }
                for name, one in self.differences.items()
            },
            "learning_curve": None
            if self.curve is None
            else {
                str(size): value
                for size, value in zip(
                    self.curve["size"].values.tolist(),
                    self.curve["value"].squeeze("prompt").values.tolist(),
                    strict=True,
                )
            },
        }


def correct(
    shares: xr.DataArray,
    corpus: Corpus,
    content_free: xr.Dataset | xr.DataArray | None,
    options: Mapping[str, Any],
) -> Corrected:
    """Divide the prior out of shares, calibrate them, and hold all against the votes.

    Parameters
    ----------
    shares
        As they were read, dims (utterance, emotion).
    corpus
        The votes.
    content_free
        A run over content-free recordings, or its shares; None to do without.
    options
        `n_boot` and `seed`.
    """
    versions = {AS_IT_IS: shares, BATCH_MEAN: correct_prior(shares, "batch_mean")}
    if content_free is not None:
        with suppress(ReadoutError):  # an answer to nothing need not state anything
            versions[CONTENT_FREE] = correct_prior(shares, content_free)
    with suppress(VotesError):  # where nobody can be held out
        versions[CALIBRATED] = cross_calibrate(shares, corpus, seed=options["seed"])
    try:
        curve = learning_curve(shares, corpus, seed=options["seed"])
    except VotesError:  # too few clips or speakers
        curve = None
    return Corrected(
        evaluate(versions, corpus, measures=["js"], n_splits=0, **options),
        {
            name: compare(one, shares, corpus, **options).squeeze("prompt")
            for name, one in versions.items()
            if name != AS_IT_IS
        },
        curve,
    )
