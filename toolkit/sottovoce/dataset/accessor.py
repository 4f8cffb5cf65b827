"""``run.sottovoce``: a run told at a glance, and what is often wanted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from sottovoce.dataset.check import check_run
from sottovoce.dataset.derived import log_probability, select_ok
from sottovoce.dataset.summary import failures, html_summary, text_summary
from sottovoce.errors import RunError
from sottovoce.markup import card, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "sottovoce"


class RunAccessor:
    """What ``run.sottovoce`` is: in a notebook a summary of the run.

    xarray's own view of a run tells its variables; this one tells which model was asked what, what
    it answered, and what failed. It is there on every dataset once a run was made or opened.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "anna_sad.flac"
    >>> run = sottovoce.capture(sottovoce.load_model(), clip, "one_word", progress=False)
    >>> run.sottovoce
    <Run of bundled: 1 recording, 1 prompt; 1 of 1 ok; ... tokens (angry ...); ... an answer>
      asked one_word: Which emotion does the speaker's voice express? ...
    >>> run.sottovoce.log_probability.dims
    ('utterance', 'prompt', 'step', 'token')
    """

    def __init__(self, run: xr.Dataset) -> None:
        self._run = run

    @property
    def log_probability(self) -> xr.DataArray:
        """The log-probability of every token in the slice; see :func:`log_probability`."""
        check_run(self._run)
        return log_probability(self._run)

    @property
    def ok(self) -> xr.Dataset:
        """The run without the utterances that failed; see :func:`select_ok`."""
        check_run(self._run)
        return select_ok(self._run)

    @property
    def failed(self) -> dict[str, str]:
        """The utterances that lack an answer, with the reason."""
        check_run(self._run)
        return failures(self._run)

    def __repr__(self) -> str:
        return self._told(text_summary, "<No run: {}>".format)

    def _repr_html_(self) -> str:
        return self._told(html_summary, lambda reason: card("No run", "", reason))

    def _told(self, summary: Callable[[xr.Dataset], str], otherwise: Callable[[str], str]) -> str:
        # A part of a run, such as run.isel(utterance=0), is no run; its display tells so.
        try:
            check_run(self._run)
        except RunError as error:
            first = " ".join(str(error).split("\n", 2)[:2])
            return str(otherwise(one_line(first)))
        return str(summary(self._run))


def register() -> None:
    """Make ``run.sottovoce`` known to xarray, once."""
    if not hasattr(xr.Dataset, NAME):
        xr.register_dataset_accessor(NAME)(RunAccessor)  # type: ignore[no-untyped-call]
