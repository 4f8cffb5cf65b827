"""What is laid over the read-outs of a report: the prior divided out, and a calibration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sottovoce.errors import SottovoceError
from sottovoce.evaluation import cross_calibrate
from sottovoce.readout import correct_prior

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from sottovoce.reports.predictors import Predictions

CORRECTED, CALIBRATED = "corrected", "calibrated"


def with_prior_divided_out(
    predictions: Predictions, content_free: xr.Dataset | str | None
) -> Predictions:
    """Add to every read-out the same with the model's prior divided out.

    Parameters
    ----------
    predictions
        The read-outs.
    content_free
        A run over content-free recordings, or "batch_mean"; None adds nothing.
    """
    if content_free is None:
        return predictions
    return _with(predictions, CORRECTED, lambda shares: correct_prior(shares, content_free))


def with_calibration(predictions: Predictions, votes: Any, seed: int) -> Predictions:
    """Add to every read-out the same calibrated, each speaker by the votes on the others.

    A prior that was divided out makes no difference to what biases can do, so these are left as
    they are.
    """
    return _with(predictions, CALIBRATED, lambda shares: cross_calibrate(shares, votes, seed=seed))


def _with(
    predictions: Predictions, what: str, change: Callable[[xr.DataArray], xr.DataArray]
) -> Predictions:
    shares, refused = dict(predictions.shares), dict(predictions.refused)
    for name, array in predictions.shares.items():
        if name.endswith(f" {CORRECTED}"):
            continue
        try:
            shares[f"{name} {what}"] = change(array)
        except SottovoceError as error:
            refused[f"{name} {what}"] = str(error)
    return replace(predictions, shares=shares, refused=refused)
