"""Self-consistency: what several sampled answers state, averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sottovoce.dataset import check_run
from sottovoce.errors import ReadoutError
from sottovoce.readout.answer_text import text
from sottovoce.readout.ensemble import pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sottovoce.readout.result import Policy


def self_consistency(
    run: xr.Dataset, policy: Policy = "missing", *, emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Return the mean of what several sampled answers state: the baseline that needs no logits.

    Parameters
    ----------
    run
        Captured with ``mode="sample"``.
    policy, emotions
        As for :func:`~sottovoce.readout.text`, for every sampled answer.

    Returns
    -------
    DataArray
        Dims (utterance, prompt, emotion), with one prompt for all of its samples. Samples that
        cannot be read are left out; a row is NaN where none can be. The coordinate `n_read`
        (utterance, prompt) counts those that could.

    Raises
    ------
    ReadoutError
        If the run holds no samples.

    References
    ----------
    X. Wang et al., "Self-consistency improves chain of thought reasoning in language models", ICLR
    2023, arXiv:2203.11171; here the answers' distributions are averaged.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(
    ...     model, clip, "one_word", mode="sample", n_samples=3, seed=0, progress=False
    ... )
    >>> shares = self_consistency(run)
    >>> shares["prompt"].values.tolist(), round(float(shares.sum()), 6)
    (['one_word'], 1.0)
    """
    check_run(run)
    if "prompt_of" not in run.coords:
        raise ReadoutError(
            "this run holds one answer to each question. Capture it with mode='sample' and "
            "n_samples=..., or use the read-out 'text'"
        )
    stated = text(run, policy, emotions=emotions)
    of = run["prompt_of"].values.astype(str)
    prompts = list(dict.fromkeys(of.tolist()))
    values = [
        pool(
            stated.isel(prompt=of == name).transpose("prompt", "utterance", "emotion").values,
            np.ones(int((of == name).sum())),
            "mean",
        )
        for name in prompts
    ]
    read = [
        stated.isel(prompt=of == name).notnull().all("emotion").sum("prompt").values
        for name in prompts
    ]
    kept = {name: c for name, c in stated.coords.items() if c.dims == ("utterance",)}
    return xr.DataArray(
        np.stack(values, axis=1),
        dims=("utterance", "prompt", "emotion"),
        coords={
            **kept,
            "prompt": np.array(prompts, dtype=object),
            "emotion": stated["emotion"],
            "n_read": (("utterance", "prompt"), np.stack(read, axis=1)),
        },
        name="self_consistency",
        attrs=stated.attrs | {"readout": "self_consistency"},
    )
