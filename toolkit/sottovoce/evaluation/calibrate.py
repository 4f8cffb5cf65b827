"""Fit a temperature and biases to votes, and tell what that is worth on other speakers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.folds import speaker_folds
from sottovoce.evaluation.intervals import resampling_units
from sottovoce.readout import Calibration, Scaling, fit_scaling
from sottovoce.readout.calibration import cross_entropy, scale

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

    from sottovoce.readout import Loss

    FloatArray = npt.NDArray[np.float64]

_TOLD = ("readout", "options", "model_id", "model_revision", "token_set_hash", "prior_from")


def calibrate(
    shares: xr.DataArray,
    votes: Any,
    *,
    loss: Loss = "js",
    penalty: float = 1.0,
    with_bias: bool = True,
    speakers: Any = None,
) -> Calibration:
    """Fit a temperature and a bias for every emotion to the distributions of votes.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several; each prompt is fitted by itself.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus. Utterances without votes are
        left out.
    loss
        What the fit makes small: "js" or "cross_entropy"; see `sottovoce.readout.fit_scaling`.
    penalty
        How strongly the fit is drawn to no correction; 1 is a standard normal prior, against which
        each clip counts as one vote.
    with_bias
        False fits the temperature alone.
    speakers
        As for `evaluate`; only to say whom it was fitted on.

    Returns
    -------
    Calibration
        To be applied to other shares of the same read-out, saved and loaded. On the very clips that
        it was fitted to, its shares look better than they are: `cross_calibrate` tells its worth.

    Raises
    ------
    VotesError
        If the arrays do not fit each other.

    Examples
    --------
    >>> import xarray as xr
    >>> votes = xr.DataArray(
    ...     [[6, 3], [3, 6], [7, 2]] * 10,
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": [f"clip{i}" for i in range(30)], "emotion": ["angry", "sad"]},
    ... )
    >>> sure = xr.where(votes > 4, 0.98, 0.02)
    >>> fitted = calibrate(sure, votes)
    >>> fitted
    <Calibration T=3.64, fitted on 30 utterances>
    >>> fitted.apply(sure)[0].values.round(2)
    array([0.75, 0.25])
    """
    aligned = align(shares, votes)
    known = speakers_of(shares, votes, speakers)
    emotions = [str(name) for name in aligned.reference["emotion"].values]
    reference = aligned.reference.values
    scalings, losses = {}, {}
    for (_, prompt), given in aligned.predictions.items():
        if np.isnan(given).any(axis=1).all():
            raise VotesError(f"no utterance with votes has shares for the prompt {prompt!r}")
        temperature, bias = fit_scaling(
            given, reference, loss=loss, penalty=penalty, with_bias=with_bias
        )
        scalings[prompt] = Scaling(temperature, dict(zip(emotions, bias.tolist(), strict=True)))
        losses[prompt] = {
            "before": cross_entropy(given, reference),
            "after": cross_entropy(scale(given, temperature, bias), reference),
        }
    told = {key: str(shares.attrs[key]) for key in _TOLD if key in shares.attrs}
    fitted_on = told | {
        "n_utterances": len(aligned.utterances),
        "n_speakers": len({known[one] for one in aligned.utterances if one in known}),
        "speakers": sorted({known[one] for one in aligned.utterances if one in known}),
        "corpus": str(getattr(votes, "name", "") or ""),
        "cross_entropy_nats": losses,
        "loss": loss,
        "penalty": penalty,
        "with_bias": with_bias,
    }
    return Calibration(scalings, fitted_on)


def cross_calibrate(
    shares: xr.DataArray,
    votes: Any,
    *,
    loss: Loss = "js",
    penalty: float = 1.0,
    with_bias: bool = True,
    n_folds: int | None = None,
    speakers: Any = None,
    seed: int = 0,
) -> xr.DataArray:
    """Calibrate every speaker's shares by a fit to the other speakers' votes.

    What comes out may be held against the same votes: no clip had a part in its own correction.

    Parameters
    ----------
    shares, votes, loss, penalty, with_bias
        As for `calibrate`.
    n_folds
        Groups of speakers that are held out together; None for each speaker alone, ten at most.
    speakers
        As for `evaluate`. Where they are unknown, utterances are held out, which is too kind.
    seed
        Which speakers are together.

    Returns
    -------
    DataArray
        As `shares`, over the utterances that have votes. The attributes `n_folds` and `held_out`
        say how.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or there is nobody to hold out.

    Examples
    --------
    >>> import xarray as xr
    >>> from sottovoce.evaluation import evaluate
    >>> votes = xr.DataArray(
    ...     [[6, 3], [3, 6], [7, 2]] * 10,
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": [f"clip{i}" for i in range(30)], "emotion": ["angry", "sad"]},
    ... )
    >>> sure = xr.where(votes > 4, 0.98, 0.02)
    >>> shares = {"as it is": sure, "calibrated": cross_calibrate(sure, votes)}
    >>> js = evaluate(shares, votes, n_boot=0)["value"].sel(measure="js")
    >>> js.sel(predictor=["as it is", "calibrated"]).values.round(3).ravel()
    array([0.122, 0.004])
    """
    aligned = align(shares, votes)
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    folds = speaker_folds(resampling, n_folds, seed)
    reference = aligned.reference.values
    fitted = {
        prompt: held_out_scaling(
            given, reference, folds, loss=loss, penalty=penalty, with_bias=with_bias
        )
        for (_, prompt), given in aligned.predictions.items()
    }
    text = [str(name) for name in shares["utterance"].values]
    place = {name: number for number, name in enumerate(text)}
    result = shares.isel(utterance=[place[name] for name in aligned.utterances])
    order = [str(name) for name in shares["emotion"].values]
    at = [aligned.reference["emotion"].values.tolist().index(name) for name in order]
    dims = (
        ("prompt", "utterance", "emotion") if "prompt" in shares.dims else ("utterance", "emotion")
    )
    values = np.stack([fitted[prompt][:, at] for prompt in aligned.prompts])
    ordered = result.transpose(*dims)
    return (
        ordered.copy(data=values if "prompt" in shares.dims else values[0])
        .transpose(*shares.dims)
        .assign_attrs(
            shares.attrs
            | {"n_folds": len(folds), "held_out": resampling.unit, "loss": loss, "penalty": penalty}
        )
    )


def held_out_scaling(
    shares: FloatArray,
    reference: FloatArray,
    folds: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]],
    *,
    loss: Loss = "js",
    penalty: float = 1.0,
    with_bias: bool = True,
) -> FloatArray:
    """Scale each fold by a fit to the rest, on arrays of shape (utterance, emotion)."""
    scaled = np.full(shares.shape, np.nan)
    for train, test in folds:
        fit = fit_scaling(
            shares[train], reference[train], loss=loss, penalty=penalty, with_bias=with_bias
        )
        scaled[test] = scale(shares[test], *fit)
    return scaled
