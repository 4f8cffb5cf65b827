"""Read-outs by name."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Literal, get_args

from sottovoce.errors import ReadoutError, require_one_of
from sottovoce.readout.answer import answer_step
from sottovoce.readout.answer_text import text
from sottovoce.readout.expectation import expected_percentage
from sottovoce.readout.expected_share import expected_share
from sottovoce.readout.means import mean_logit, mean_logprob, mean_prob
from sottovoce.readout.ratios import ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

ReadoutName = Literal[
    "answer_step",
    "mean_logprob",
    "mean_prob",
    "mean_logit",
    "ratio",
    "expected_percentage",
    "expected_share",
    "text",
]

#: The names that :func:`read_out` knows, token level first.
READOUTS: tuple[str, ...] = get_args(ReadoutName)

_FUNCTIONS: dict[str, Callable[..., xr.DataArray]] = {
    function.__name__: function
    for function in (
        answer_step,
        mean_logprob,
        mean_prob,
        mean_logit,
        ratio,
        expected_percentage,
        expected_share,
        text,
    )
}


def read_out(
    run: xr.Dataset, name: ReadoutName | str = "answer_step", **options: Any
) -> xr.DataArray:
    """Turn a run into emotion distributions by a named rule.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    name
        "answer_step", "mean_logprob", "mean_prob", "mean_logit", "ratio", "expected_percentage" and
        "expected_share" read the model's probabilities, "text" reads its answer.
    **options
        Those of the function of that name in :mod:`sottovoce.readout`.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1, or is NaN where the recording
        failed or the rule finds nothing to read. The attributes tell the rule, its options, the
        model and the token set, and count what went another way: ``n_failed``, ``n_missing``,
        ``n_cut`` (answers cut off after the most tokens that were allowed) and the read-out's own.

    Raises
    ------
    ReadoutError
        If there is no such read-out, it has no such option, or this run does not allow it.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> shares = read_out(run, "mean_logprob", steps="answer")
    >>> shares.dims, shares.attrs["readout"]
    (('utterance', 'prompt', 'emotion'), 'mean_logprob')
    >>> read_out(run, "majority")
    Traceback (most recent call last):
    sottovoce.errors.ReadoutError: name='majority' must be one of 'answer_step', ...
    """
    require_one_of("name", name, READOUTS, ReadoutError)
    function = _FUNCTIONS[name]
    allowed = [option for option in inspect.signature(function).parameters if option != "run"]
    if unknown := [option for option in options if option not in allowed]:
        raise ReadoutError(
            f"The read-out {name!r} has no option {', '.join(map(repr, unknown))}; "
            f"it has {', '.join(map(repr, allowed))}"
        )
    return function(run, **options)
