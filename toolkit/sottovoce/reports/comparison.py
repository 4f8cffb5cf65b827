"""Token level against text level, on the utterances that both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sottovoce.evaluation import compare
from sottovoce.reports.predictors import Predictions, is_text_level

if TYPE_CHECKING:
    import xarray as xr

MEASURE: Literal["js"] = "js"
DEFAULT_READOUT = "answer_step"
# A bootstrap of fewer only repeats the smallest and the largest of them.
FEWEST_UNITS = 5


@dataclass(frozen=True)
class Comparison:
    """The difference of two read-outs on the utterances that both have.

    Parameters
    ----------
    prompt
        To which question.
    readout, against
        Their names.
    difference, low, high
        Of the JS divergence, readout minus against, with its interval; below 0 speaks for readout.
        The interval is NaN where none can be given.
    n
        How many utterances.
    confidence
        Of the interval.
    resampled, n_resampled
        What was resampled, "speaker" or "utterance", and how many there are.
    is_best
        Whether no other token-level read-out has a lower JS divergence for this prompt.
    """

    prompt: str
    readout: str
    against: str
    difference: float
    low: float
    high: float
    n: int
    confidence: float
    resampled: str
    n_resampled: int
    is_best: bool = False

    @property
    def verdict(self) -> Literal["better", "worse", "undecided"]:
        """Whether the interval lies on one side of 0, and enough was resampled to tell."""
        if self.n_resampled < FEWEST_UNITS:
            return "undecided"
        if self.high < 0:
            return "better"
        return "worse" if self.low > 0 else "undecided"

    def sentence(self) -> str:
        """Say it in words.

        Examples
        --------
        >>> print(Comparison("json", "answer_step", "text", -0.03, -0.04, -0.02, 90, 0.95,
        ...                  "speaker", 9).sentence())
        json: answer_step is 0.030 [0.020, 0.040] better than text in JS divergence, beyond the
        95% interval (90 recordings).
        """
        sign = 1 if self.difference > 0 else -1
        how = f"{abs(self.difference):.3f}"
        certainty = "without an interval, so undecided"
        if not np.isnan(self.low):
            low, high = sorted((sign * self.low, sign * self.high))
            how += f" [{low:.3f}, {high:.3f}]"
            where = "within" if self.verdict == "undecided" else "beyond"
            certainty = f"{where} the {self.confidence:.0%} interval"
        if self.n_resampled < FEWEST_UNITS and not np.isnan(self.low):
            certainty = f"undecided, since {self.n_resampled} {self.resampled}s are too few"
        side = "worse" if sign > 0 else "better"
        recordings = "recording" if self.n == 1 else "recordings"
        best = " (the best at token level, chosen on these votes)" if self.is_best else ""
        return (
            f"{self.prompt}: {self.readout}{best} is {how} {side} than {self.against} in JS "
            f"divergence, {certainty} ({self.n} {recordings})."
        )


def compare_levels(
    evaluation: xr.Dataset, votes: Any, predictions: Predictions, options: dict[str, int]
) -> tuple[Comparison, ...]:
    """Compare, for every prompt, the best token-level read-out and the default one with the text.

    Parameters
    ----------
    evaluation
        Of all read-outs, from :func:`sottovoce.evaluate`.
    votes
        That it was evaluated on.
    predictions
        The read-outs.
    options
        Of :func:`sottovoce.compare`.

    Returns
    -------
    tuple of Comparison
        Empty without a text-level read-out.
    """
    texts = [name for name in predictions.shares if is_text_level(name)]
    if not texts:
        return ()
    text = texts[0]
    wanted = {
        (prompt, readout): readout == best
        for prompt in map(str, evaluation["prompt"].values)
        if _n(evaluation, prompt, text)
        for best in (_best_token_level(evaluation, prompt, text),)
        for readout in (best, DEFAULT_READOUT)
        if readout in predictions.shares
    }
    compared = {
        readout: compare(
            predictions.shares[readout], predictions.shares[text], votes, MEASURE, **options
        )
        for readout in dict.fromkeys(readout for _, readout in wanted)
    }
    return tuple(
        _comparison(prompt, readout, text, compared[readout], is_best)
        for (prompt, readout), is_best in wanted.items()
    )


def _best_token_level(evaluation: xr.Dataset, prompt: str, text: str) -> str:
    """Return the token-level read-out of the lowest JS among those that answer as often as text."""
    js = evaluation["value"].sel(measure=MEASURE, prompt=prompt)
    least = _n(evaluation, prompt, text)
    candidates = {
        name: float(js.sel(predictor=name))
        for name in map(str, evaluation["predictor"].values[evaluation["kind"] == "readout"])
        if not is_text_level(name) and _n(evaluation, prompt, name) >= max(least, 1)
    }
    return min(candidates, key=lambda name: candidates[name], default="")


def _n(evaluation: xr.Dataset, prompt: str, readout: str) -> int:
    return int(evaluation["n"].sel(prompt=prompt, predictor=readout))


def _comparison(
    prompt: str, readout: str, against: str, compared: xr.Dataset, is_best: bool
) -> Comparison:
    one = compared.sel(prompt=prompt)
    return Comparison(
        prompt,
        readout,
        against,
        float(one["difference"]),
        float(one["low"]),
        float(one["high"]),
        int(one["n"]),
        float(compared.attrs["confidence"]),
        str(compared.attrs["resampled"]),
        int(compared.attrs["n_resampled"]),
        is_best,
    )
