"""What follows from a run without running a model again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.errors import RunError

if TYPE_CHECKING:
    import xarray as xr


def log_probability(run: xr.Dataset) -> xr.DataArray:
    """Return the log-probability of every token in the slice.

    Since the normalizer was taken over the whole vocabulary, these are the model's own
    probabilities and not shares within the slice.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, step, token), in nats, at most 0; NaN after the end of an
        answer and where a recording failed.

    Examples
    --------
    >>> import xarray as xr
    >>> run = xr.Dataset({
    ...     "logit": (("step", "token"), [[2.0, 0.0]]), "log_normalizer": ("step", [2.5]),
    ... })
    >>> log_probability(run).values
    array([[-0.5, -2.5]])
    """
    log_probability = (run["logit"] - run["log_normalizer"]).rename("log_probability")
    return log_probability.assign_attrs(long_name="log-probability of the token", units="nat")


def select_ok(run: xr.Dataset) -> xr.Dataset:
    """Return the utterances for which every prompt was answered.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.

    Returns
    -------
    xarray.Dataset
        The same run without the utterances that failed.

    Raises
    ------
    RunError
        If none is left; the message repeats why the first ones failed.

    Examples
    --------
    >>> import xarray as xr
    >>> run = xr.Dataset(
    ...     {
    ...         "status": (("utterance", "prompt"), [["ok"], ["error"]]),
    ...         "message": (("utterance", "prompt"), [[""], ["b.wav: no such file"]]),
    ...     },
    ...     coords={"utterance": ["a", "b"]},
    ... )
    >>> select_ok(run).utterance.values.tolist()
    ['a']
    """
    ok = (run["status"] == "ok").all("prompt")
    if not bool(ok.any()):
        failed = run["message"].values.ravel()
        told = "; ".join(dict.fromkeys(str(message) for message in failed if message))
        raise RunError(f"Nothing in this run succeeded. {told[:500]}".rstrip())
    return run.isel(utterance=ok.values)
