"""Calibration: a temperature and a bias for every emotion, laid over the shares of a read-out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, rel_entr

from sottovoce.errors import ReadoutError, require_one_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    import xarray as xr

    FloatArray = npt.NDArray[np.float64]

Loss = Literal["js", "cross_entropy"]
# A share of zero, as texts have it, would be minus infinity whatever the temperature.
FLOOR = 1e-3
NO_PROMPT = ""


@dataclass(frozen=True)
class Scaling:
    """What is laid over the shares of one prompt.

    Parameters
    ----------
    temperature
        By which log-shares are divided: above 1 makes them less certain.
    bias
        Emotion -> what is added to its log-share then, in nats.
    """

    temperature: float
    bias: Mapping[str, float]


@dataclass(frozen=True)
class Calibration:
    """A fitted correction of a read-out's shares, ready to be applied to others.

    Parameters
    ----------
    scalings
        Prompt -> :class:`Scaling`; "" where the shares have no prompts.
    fitted_on
        What it was fitted on, as plain values: read-out and model, how many utterances and
        speakers, the loss before and after.

    Examples
    --------
    >>> import xarray as xr
    >>> shares = xr.DataArray(
    ...     [[0.9, 0.1]],
    ...     dims=("utterance", "emotion"),
    ...     coords={"utterance": ["a"], "emotion": ["angry", "sad"]},
    ... )
    >>> milder = Calibration({"": Scaling(2.0, {"angry": 0.0, "sad": 0.0})})
    >>> milder.apply(shares).values.round(2)
    array([[0.75, 0.25]])
    """

    scalings: Mapping[str, Scaling]
    fitted_on: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, shares: xr.DataArray) -> xr.DataArray:
        """Return shares with the correction, rows summing to 1; NaN rows stay.

        Raises
        ------
        ReadoutError
            If it was fitted for other emotions or prompts.
        """
        prompts = (
            [str(name) for name in shares["prompt"].values]
            if "prompt" in shares.dims
            else [NO_PROMPT if NO_PROMPT in self.scalings else next(iter(self.scalings), NO_PROMPT)]
        )
        emotions = [str(name) for name in shares["emotion"].values]
        if missing := [name for name in prompts if name not in self.scalings]:
            raise ReadoutError(
                f"this calibration knows the prompts {', '.join(map(repr, self.scalings))}, but "
                f"not {', '.join(map(repr, missing))}; fit it on shares with the same prompts"
            )
        dims = [dim for dim in shares.dims if dim not in ("prompt", "emotion")]
        ordered = shares.transpose(
            *(["prompt"] if "prompt" in shares.dims else []), *dims, "emotion"
        )
        given = ordered.values if "prompt" in shares.dims else ordered.values[None]
        scaled = []
        for prompt, part in zip(prompts, given, strict=True):
            scaling = self.scalings[prompt]
            if set(scaling.bias) != set(emotions):
                raise ReadoutError(
                    f"this calibration is for the emotions {sorted(scaling.bias)}, but the shares "
                    f"have {sorted(emotions)}"
                )
            bias = [scaling.bias[name] for name in emotions]
            scaled.append(scale(part, scaling.temperature, bias))
        told = json.dumps(self.to_dict(), ensure_ascii=False)
        values = np.stack(scaled).reshape(ordered.shape)
        return ordered.copy(data=values).transpose(*shares.dims).assign_attrs(calibration=told)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, which JSON can hold."""
        return {
            "scalings": {name: asdict(one) for name, one in self.scalings.items()},
            "fitted_on": dict(self.fitted_on),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Calibration:
        """Return what :meth:`to_dict` wrote.

        Raises
        ------
        ReadoutError
            If it is something else.
        """
        try:
            scalings = {
                str(prompt): Scaling(
                    float(one["temperature"]), {k: float(v) for k, v in one["bias"].items()}
                )
                for prompt, one in content["scalings"].items()
            }
            return cls(scalings, dict(content["fitted_on"]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ReadoutError(
                f"this is no saved calibration ({error!r}); Calibration.save writes one"
            ) from None

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it as JSON, and return where."""
        place = Path(path).expanduser()
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"
        place.write_text(text, encoding="utf-8")
        return place

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calibration:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ReadoutError
            If the file cannot be read or holds something else.
        """
        try:
            content = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReadoutError(f"{path}: no calibration could be read ({error})") from None
        return cls.from_dict(content)

    def __repr__(self) -> str:
        told = ", ".join(
            f"{prompt + ' ' if prompt else ''}T={one.temperature:.2f}"
            for prompt, one in self.scalings.items()
        )
        n = self.fitted_on.get("n_utterances")
        return f"<Calibration {told}{f', fitted on {n} utterances' if n else ''}>"


def scale(shares: npt.ArrayLike, temperature: float, bias: npt.ArrayLike) -> FloatArray:
    """Return softmax(log(shares) / temperature + bias), on arrays of shape (..., emotion).

    Shares are mixed with 0.1 % of equal ones first, since the logarithm of zero has no scale.

    Examples
    --------
    >>> scale([0.8, 0.2], 1.0, [0.0, 1.0]).round(2)
    array([0.59, 0.41])
    """
    scores = _logarithm(shares) / temperature + np.asarray(bias)
    return np.asarray(np.exp(log_softmax(scores, axis=-1)))


def fit_scaling(
    shares: npt.ArrayLike,
    reference: npt.ArrayLike,
    *,
    loss: Loss = "js",
    penalty: float = 1.0,
    with_bias: bool = True,
) -> tuple[float, FloatArray]:
    """Fit temperature and bias to distributions of votes, on arrays.

    Parameters
    ----------
    shares, reference
        Shape (utterance, emotion), rows that sum to 1; those with NaN are left out.
    loss
        What is made small: "js", the Jensen-Shannon divergence, by which sottovoce measures; or the
        "cross_entropy" of the votes' distribution, a proper score, under which shares become what
        listeners say on average. The former gives surer shares, since few votes are often sure.
    penalty
        Half of it times the squared logarithm of the temperature and the squared biases is added to
        the loss: with 1, a standard normal prior against which every clip counts as one vote.
    with_bias
        Whether the biases are fitted too.

    Returns
    -------
    temperature : float
    bias : ndarray, shape (emotion,)

    Notes
    -----
    The loss is summed over the clips, each with the distribution of its votes as target: a fit to
    majority labels would understate the listeners' disagreement. The divergence counts four times,
    which makes it as steep as the cross-entropy near the target, so that `penalty` means the same.

    References
    ----------
    C. Guo et al., "On calibration of modern neural networks", ICML 2017, arXiv:1706.04599; L. Tao
    et al., "Confidence calibration under ambiguous ground truth", 2026, arXiv:2603.22879.

    Examples
    --------
    >>> temperature, bias = fit_scaling([[0.99, 0.01]] * 50, [[0.75, 0.25]] * 50, with_bias=False)
    >>> round(temperature, 1), bias
    (3.7, array([0., 0.]))
    """
    require_one_of("loss", loss, get_args(Loss), ReadoutError)
    if penalty < 0:
        raise ReadoutError(f"penalty={penalty} must be 0 or more")
    log_shares, target = _logarithm(shares), np.asarray(reference, dtype=np.float64)
    known = ~np.isnan(log_shares + target).any(axis=1)
    log_shares, target = log_shares[known], target[known]
    n_emotions = log_shares.shape[1]

    def objective(parameters: FloatArray) -> tuple[float, FloatArray]:
        inverse = np.exp(-parameters[0])
        log_p = log_softmax(log_shares * inverse + parameters[1:], axis=1)
        value, apart = _LOSSES[loss](log_p, target)
        slope = np.empty_like(parameters)
        slope[0] = -inverse * (apart * log_shares).sum()
        slope[1:] = apart.sum(axis=0) if with_bias else 0.0
        return value + penalty / 2 * float((parameters**2).sum()), slope + penalty * parameters

    found = minimize(objective, np.zeros(1 + n_emotions), jac=True, method="L-BFGS-B")
    return float(np.exp(found.x[0])), np.asarray(found.x[1:])


def cross_entropy(shares: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """Return the mean cross-entropy of the reference under the shares, nats a clip.

    Examples
    --------
    >>> round(cross_entropy([[0.5, 0.5]], [[1.0, 0.0]]), 3)
    0.693
    """
    target = np.asarray(reference, dtype=np.float64)
    values = -(target * _logarithm(shares)).sum(axis=-1)
    return float(np.mean(values[~np.isnan(values)])) if np.any(~np.isnan(values)) else np.nan


def _cross_entropy(log_p: FloatArray, target: FloatArray) -> tuple[float, FloatArray]:
    """Return the loss and its slope along the scores before the softmax."""
    return -float((target * log_p).sum()), np.exp(log_p) - target


def _js(log_p: FloatArray, target: FloatArray) -> tuple[float, FloatArray]:
    """Return four times the divergence in nats, and its slope."""
    p = np.exp(log_p)
    total = p + target
    value = (rel_entr(2 * p, total) + rel_entr(2 * target, total)).sum()
    # A search that reaches far makes a share 0; where nobody voted for it either, nothing pulls.
    log_total = np.log(total, where=total > 0, out=np.zeros_like(total))
    toward = 2 * (log_p - log_total + np.log(2))
    return float(value), p * (toward - (p * toward).sum(axis=1, keepdims=True))


_LOSSES: dict[str, Callable[[FloatArray, FloatArray], tuple[float, FloatArray]]] = {
    "cross_entropy": _cross_entropy,
    "js": _js,
}


def _logarithm(shares: npt.ArrayLike) -> FloatArray:
    values = np.asarray(shares, dtype=np.float64)
    return np.asarray(np.log((1 - FLOOR) * values + FLOOR / values.shape[-1]))
