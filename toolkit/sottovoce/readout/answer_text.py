"""The text-level read-out: what the answer says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.readout.concepts import declared_spellings, emotion_names, token_labels
from sottovoce.readout.located import cut_answers
from sottovoce.readout.parse import parse_answer
from sottovoce.readout.result import Policy, as_shares, fill_unread

if TYPE_CHECKING:
    from collections.abc import Sequence


def text(
    run: xr.Dataset, policy: Policy = "missing", *, emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Return the shares that the generated answers state; the rules are :func:`parse_answer`'s.

    Parameters
    ----------
    run
        From :func:`sottovoce.capture` or :func:`sottovoce.open_run`.
    policy
        What a row becomes whose answer cannot be read: "missing" (NaN), "neutral" or "uniform".
        The three give three different results in an evaluation, so say which.
    emotions
        The concepts to divide between; by default those of the run's token set, or the six of the
        presets where it has none. They need no tokens.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1, or is NaN where the recording
        failed. The attribute ``n_parse_failures`` counts the answers that could not be read,
        whatever the policy, and ``n_cut`` those that were cut off; a number at the very end of such
        a one may be half of one and is not read.

    Raises
    ------
    ReadoutError
        If the policy is none of the above, or "neutral" where no emotion has that name.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> round(float(text(run, policy="neutral").sum()), 6)
    1.0
    """
    names = emotion_names(run, emotions)
    spellings = {name: _run_spellings(run, name) for name in names}
    answers = run["answer"].transpose("utterance", "prompt").values
    ok = (run["status"] == "ok").transpose("utterance", "prompt").values
    stated = np.full((*answers.shape, len(names)), np.nan)
    cut = cut_answers(run)
    for cell in zip(*np.nonzero(ok), strict=True):
        parsed = parse_answer(str(answers[cell]), spellings, is_cut=bool(cut[cell]))
        if parsed is not None:
            stated[cell] = [parsed[name] for name in names]
    shares = xr.DataArray(
        stated,
        dims=("utterance", "prompt", "emotion"),
        coords={"emotion": np.array(names, dtype=object)},
    )
    return as_shares(
        fill_unread(shares, policy),
        run,
        "text",
        options={"policy": policy, "emotions": emotions},
        counts={"n_parse_failures": int((np.isnan(stated).any(axis=-1) & ok).sum())},
    )


def _run_spellings(run: xr.Dataset, emotion: str) -> list[str]:
    """Return the spellings of an emotion that the run was asked to follow, or does."""
    followed = token_labels(run, "spelling")[token_labels(run, "concept") == emotion]
    return [*declared_spellings(run).get(emotion, ()), *map(str, followed)]
