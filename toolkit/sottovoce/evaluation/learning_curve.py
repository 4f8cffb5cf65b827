"""How many labelled clips a calibration needs: the score on other speakers, by their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation.alignment import align, speakers_of
from sottovoce.evaluation.ceiling import mean_of_known
from sottovoce.evaluation.intervals import percentile_interval, resampling_units
from sottovoce.evaluation.measures import find_measure
from sottovoce.readout import fit_scaling, scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from sottovoce.readout import Loss

    FloatArray = npt.NDArray[np.float64]

SIZES = (5, 10, 20, 50, 100, 200, 500)


def learning_curve(
    shares: xr.DataArray,
    votes: Any,
    *,
    sizes: Sequence[int] = SIZES,
    measure: str = "js",
    n_draws: int = 30,
    worth: float = 0.005,
    loss: Loss = "js",
    penalty: float = 1.0,
    with_bias: bool = True,
    speakers: Any = None,
    seed: int = 0,
    confidence: float = 0.95,
) -> xr.Dataset:
    """Fit a calibration to ever more labelled clips, and score it on speakers that had no part.

    In each draw half of the speakers are set aside; from the clips of the others, 5, 10, 20 and so
    on are drawn, each draw containing the smaller ones; a temperature and biases are fitted to
    their votes, and the speakers that were set aside are scored.

    Parameters
    ----------
    shares
        dims (utterance, emotion), and prompt if there are several.
    votes
        Counts or shares with dims (utterance, emotion), or a corpus.
    sizes
        Numbers of labelled clips, ascending; 0, which is no calibration, comes before them. Those
        for which half of the speakers have too few clips are left out.
    measure
        What to score by.
    n_draws
        Random draws of speakers and clips.
    worth
        The gain in the measure below which more labels do not pay: a choice of yours.
    loss, penalty, with_bias
        As for `calibrate`.
    speakers
        As for `evaluate`. Where they are unknown, utterances are set aside, which is too kind.
    seed
        Of the draws.
    confidence
        Of the range that is told.

    Returns
    -------
    Dataset
        `value` (prompt, size), the mean over the draws; `low` and `high`, the range that holds the
        middle 95 % of the draws, which is their spread, not an interval of the mean; `enough`
        (prompt), the smallest size from which no larger one gains `worth` or more: 0 where
        calibration does not pay, and NaN where the largest still does. The attribute `verdict`
        says it in words, one line a prompt.

    Raises
    ------
    VotesError
        If the arrays do not fit each other, or there are too few clips or speakers.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> true = rng.dirichlet([1.0, 1.0], size=80)
    >>> labels = {"utterance": [f"clip{i}" for i in range(80)], "emotion": ["angry", "sad"]}
    >>> votes = xr.DataArray(rng.multinomial(9, true), labels, ("utterance", "emotion"))
    >>> sure = xr.DataArray(true**4 / (true**4).sum(1, keepdims=True), labels, votes.dims)
    >>> speakers = {f"clip{i}": str(i % 8) for i in range(80)}
    >>> curve = learning_curve(sure, votes, sizes=[5, 10, 20], speakers=speakers, worth=0.01)
    >>> print(curve.attrs["verdict"])
    10 labelled clips are enough: more gain less than 0.01 in js (0.083 without any, 0.038 with
    10).
    """
    chosen = find_measure(measure)
    wanted = sorted({int(size) for size in sizes})
    if not wanted or wanted[0] < 1 or n_draws < 1 or worth < 0:
        raise VotesError(
            f"sizes={list(sizes)} must be 1 or more, n_draws={n_draws} too, and worth={worth} 0 or "
            "more"
        )
    aligned = align(shares, votes)
    resampling = resampling_units(aligned.utterances, speakers_of(shares, votes, speakers))
    reference, cases = aligned.reference.values, list(aligned.predictions.values())
    draws = _draws(resampling.unit_of, resampling.n_units, n_draws, seed)
    most = min((len(train) for train, _ in draws), default=0)
    used = [0, *[size for size in wanted if size <= most]]
    if len(used) < 2:
        raise VotesError(
            f"half of the {resampling.n_units} {resampling.unit}s have {most} clips with votes, "
            f"but the smallest size is {wanted[0]}"
        )
    scores = np.empty((n_draws, len(cases), len(used)))
    for number, (train, test) in enumerate(draws):
        for place, case in enumerate(cases):
            for column, size in enumerate(used):
                held = case[test]
                if size:
                    few = train[:size]
                    fitted = fit_scaling(
                        case[few], reference[few], loss=loss, penalty=penalty, with_bias=with_bias
                    )
                    held = scale(held, *fitted)
                scores[number, place, column] = chosen.over_utterances(held, reference[test], None)
    value = mean_of_known(scores)
    low, high = percentile_interval(scores, confidence)
    sign = 1.0 if chosen.better == "lower" else -1.0
    enough = [_enough(sign * row, used, worth) for row in value]
    over = ("prompt", "size")
    return xr.Dataset(
        {
            "value": (over, value),
            "low": (over, low),
            "high": (over, high),
            "enough": ("prompt", enough),
        },
        coords={"prompt": aligned.prompts, "size": used},
        attrs={
            "measure": measure,
            "title": chosen.title,
            "better": chosen.better,
            "worth": worth,
            "n_draws": n_draws,
            "held_out": resampling.unit,
            "n_units": resampling.n_units,
            "seed": seed,
            "confidence": confidence,
            "verdict": "\n".join(
                _verdict(prompt, row, used, size, measure, worth)
                for prompt, row, size in zip(aligned.prompts, value, enough, strict=True)
            ),
            "notes": resampling.note.replace("Intervals are", "Held out and drawn are"),
        },
    )


def _draws(
    unit_of: npt.NDArray[np.intp], n_units: int, n_draws: int, seed: int
) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Return, for each draw, the clips to label in random order, and those to score."""
    if n_units < 2:
        return []
    generator = np.random.default_rng(seed)
    draws = []
    for _ in range(n_draws):
        aside = generator.permutation(n_units)[: n_units // 2]
        is_aside = np.isin(unit_of, aside)
        draws.append((generator.permutation(np.flatnonzero(~is_aside)), np.flatnonzero(is_aside)))
    return draws


def _enough(loss: FloatArray, sizes: list[int], worth: float) -> float:
    """Return the smallest size after which the loss falls by less than `worth`."""
    for place, size in enumerate(sizes[:-1]):
        if loss[place] - loss[place + 1 :].min() < worth:
            return float(size)
    return np.nan


def _verdict(
    prompt: str, value: FloatArray, sizes: list[int], enough: float, measure: str, worth: float
) -> str:
    start = f"{prompt}: " if prompt else ""
    none = f"{value[0]:.3f} without any"
    if np.isnan(enough):
        return (
            f"{start}more than {sizes[-2]} labelled clips still pay in {measure} ({none}, "
            f"{value[-1]:.3f} with {sizes[-1]})."
        )
    if not enough:
        return (
            f"{start}calibration does not pay: it gains less than {worth:g} in {measure} ({none}, "
            f"{value[-1]:.3f} with {sizes[-1]})."
        )
    at = value[sizes.index(int(enough))]
    return (
        f"{start}{enough:g} labelled clips are enough: more gain less than {worth:g} in {measure} "
        f"({none}, {at:.3f} with {enough:g})."
    )
