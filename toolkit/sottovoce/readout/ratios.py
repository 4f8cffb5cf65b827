"""The ratio of raw logits, as published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.errors import ReadoutError
from sottovoce.readout.means import mean_raw_logit
from sottovoce.readout.result import as_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from sottovoce.readout.steps import Steps


def ratio(
    run: xr.Dataset, steps: Steps = "all", *, emotions: Sequence[str] | None = None
) -> xr.DataArray:
    """Return phi = z / sum(z), where z is the mean raw logit of each emotion (arXiv:2505.18484).

    Offered for comparison, not as a default: logits are defined up to a constant a step, and this
    number depends on it. z = (22, 20, 18, 15) gives (.29, .27, .24, .20); with 19 less it is
    (-3, -1, 1, 4), with 1000 more it is uniform. That z is a raw logit, and which steps enter its
    mean, are this package's reading; the paper does not say.

    Parameters
    ----------
    run, steps, emotions
        As for :func:`mean_logprob`.

    Returns
    -------
    xarray.DataArray
        Dimensions (utterance, prompt, emotion); each row sums to 1. A row is NaN where the
        recording failed, no such step exists, or the division gives no shares: the sum of z is not
        positive (attribute ``n_sum_not_positive``), or it is but some z is negative (attribute
        ``n_negative_share``).

    Raises
    ------
    ReadoutError
        If no row at all can be divided, an emotion has no token in this run, or `steps` is none of
        those allowed.
    RunError
        If the dataset is not a run.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_sad.flac"
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, clip, "one_word", progress=False)
    >>> shifted = run.assign(logit=run["logit"] + 100_000)
    >>> ratio(shifted).round(2).values.ravel().tolist()
    [0.17, 0.17, 0.17, 0.17, 0.17, 0.17]
    """
    z = mean_raw_logit(run, steps, emotions)
    total = z.sum("emotion", skipna=False)
    not_positive = total <= 0
    negative = (z < 0).any("emotion") & (total > 0)
    read = total.notnull()
    if bool(read.any()) and bool((not_positive | negative | ~read).all()):
        raise ReadoutError(
            f"The ratio z / sum(z) divides none of the {int(read.sum())} answers: the sum of their "
            "mean logits is not positive, or one of them is negative. Logits are defined up to a "
            "constant, so this says nothing of the model; use 'mean_logit' or 'mean_logprob'."
        )
    shares = z / total.where((total > 0) & ~negative)
    counts = {
        "n_sum_not_positive": int(not_positive.sum()),
        "n_negative_share": int(negative.sum()),
    }
    options = {"steps": steps, "emotions": emotions}
    return as_shares(shares, run, "ratio", options=options, counts=counts)
