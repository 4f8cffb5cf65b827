"""The read-outs that a report holds side by side, each under a short name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from sottovoce.errors import ReadoutError, require_one_of
from sottovoce.readout import READOUTS, NamedSteps, Policy, read_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import xarray as xr

TEXT = "text"

#: All read-outs, and the mean of log-probabilities over three choices of steps.
STANDARD_READOUTS = (
    "answer_step",
    "mean_logprob",
    "mean_logprob:emotion",
    "mean_logprob:emotion+percentage",
    "mean_prob",
    "mean_logit",
    "ratio",
    "expected_percentage",
    "expected_share",
    "text",
)

# What stands behind the colon.
_OPTION = {
    "mean_logprob": "steps",
    "mean_prob": "steps",
    "mean_logit": "steps",
    "ratio": "steps",
    "expected_percentage": "policy",
    "text": "policy",
}

_ALLOWED = {"steps": get_args(NamedSteps), "policy": get_args(Policy)}


@dataclass(frozen=True)
class Predictions:
    """What the read-outs made of one run.

    Parameters
    ----------
    shares
        Name to shares, dims (utterance, prompt, emotion).
    refused
        Name to the reason why this run does not allow it.
    """

    shares: Mapping[str, xr.DataArray]
    refused: Mapping[str, str]


def parse_readout(name: str) -> tuple[str, dict[str, Any]]:
    """Read a name such as "mean_logprob:emotion" or "text:neutral".

    Behind the colon stands which steps the read-out takes, or what becomes of an answer that
    cannot be read.

    Raises
    ------
    ReadoutError
        If there is no such read-out, or it has nothing to choose.

    Examples
    --------
    >>> parse_readout("mean_logprob:emotion")
    ('mean_logprob', {'steps': 'emotion'})
    >>> parse_readout("answer_step")
    ('answer_step', {})
    """
    readout, colon, value = name.strip().partition(":")
    if readout not in READOUTS:
        raise ReadoutError(
            f"There is no read-out {name!r}. The names are {', '.join(READOUTS)}; behind a colon "
            'may stand the steps or the policy, as in "mean_logprob:emotion" or "text:neutral".'
        )
    if not colon:
        return readout, {}
    if readout not in _OPTION:
        raise ReadoutError(f"{name!r}: {readout} has nothing to choose; write {readout!r}")
    option, value = _OPTION[readout], value.strip()
    require_one_of(option, value, _ALLOWED[option], ReadoutError)
    return readout, {option: value}


def predict(run: xr.Dataset, names: Iterable[str] | None = None) -> Predictions:
    """Apply read-outs to a run; one that the run does not allow is told, and the others go on.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    names
        As for :func:`parse_readout`; by default `STANDARD_READOUTS`.

    Raises
    ------
    ReadoutError
        If there is no such read-out, or this run allows none of them.
    """
    parsed = {name: parse_readout(name) for name in names or STANDARD_READOUTS}
    shares: dict[str, xr.DataArray] = {}
    refused: dict[str, str] = {}
    for name, (readout, options) in parsed.items():
        try:
            shares[name] = read_out(run, readout, **options)
        except ReadoutError as error:
            refused[name] = str(error)
    if not shares:
        told = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
        raise ReadoutError(f"This run allows none of the read-outs. {told}")
    return Predictions(shares, refused)


def is_text_level(name: str) -> bool:
    """Whether a read-out reads the answer and not the model's probabilities.

    What was laid over it, behind a space, does not matter.

    Examples
    --------
    >>> is_text_level("text:uniform calibrated"), is_text_level("answer_step")
    (True, False)
    """
    return parse_readout(name.partition(" ")[0])[0] == TEXT
