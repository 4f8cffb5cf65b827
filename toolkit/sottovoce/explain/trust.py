"""Whether a map deserves trust: deletion, insertion, random orders, shuffled weights."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import xarray as xr
from scipy import stats

from sottovoce.capture.modes import require_positive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sottovoce.capture.progress import Progress
    from sottovoce.explain.cells import Cells
    from sottovoce.explain.probe import Probe
    from sottovoce.models import SpeechModel

FRACTIONS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Checks:
    """How hard a map is tested.

    Parameters
    ----------
    n_random
        Random orders to hold the map's own against; 19 can show a p-value of .05.
    n_shuffled
        Models with shuffled weights, each of which makes the map anew.

    Raises
    ------
    ModelError
        If one is not a whole number of at least 1.
    """

    n_random: int = 19
    n_shuffled: int = 1

    def __post_init__(self) -> None:
        require_positive("n_random", self.n_random)
        require_positive("n_shuffled", self.n_shuffled)


def check_map(
    probe: Probe,
    cells: Cells,
    effect: NDArray[np.float64],
    target: int,
    again: Callable[[], NDArray[np.float64]],
    checks: Checks,
    *,
    seed: int = 0,
    progress: bool | Progress = False,
) -> xr.Dataset:
    """Put a map to the test.

    Deletion covers the cells in the map's order, the most important first, and follows the
    target's share; insertion uncovers them in that order (Petsiuk et al. 2018, arXiv:1806.07421). A
    map that knows something makes the share fall, or rise, sooner than random orders do. And where
    the model's weights are shuffled, the map must change: one that stays shows the sound, not what
    the model makes of it (Adebayo et al. 2018, arXiv:1810.03292).

    Parameters
    ----------
    probe, cells
        Who is asked, and about what.
    effect
        The map, shape (cell,).
    target
        The place of its emotion.
    again
        Makes the map once more, with the weights as they are then.
    checks
        How many of them.
    seed
        Of the orders and the shuffles.
    progress
        As for :func:`sottovoce.capture`.

    Returns
    -------
    xarray.Dataset
        ``deletion`` and ``insertion`` (fraction): the share when that fraction of the cells is
        covered, or uncovered; ``random_deletion`` and ``random_insertion`` (order, fraction);
        ``shuffled_correlation`` (shuffle): Spearman's rank correlation of the map with that of a
        shuffled model, NaN where that map is flat. Attributes ``deletion_gain`` and
        ``insertion_gain``, by how much the area beside the curve is better than the mean of random
        orders, in share; ``deletion_p`` and ``insertion_p``, one-sided, by rank among them.
    """
    generator = np.random.default_rng(seed)
    orders = [np.argsort(-effect, kind="stable")]
    orders += [generator.permutation(len(effect)) for _ in range(checks.n_random)]
    curves = _curves(probe, cells, orders, target, progress)
    correlations = []
    for shuffle in range(checks.n_shuffled):
        with shuffled_weights(probe.model, seed + shuffle):
            other = again()
        flat = np.ptp(other) == 0 or np.ptp(effect) == 0
        correlations.append(np.nan if flat else float(stats.spearmanr(effect, other).statistic))
    tested = xr.Dataset(
        {
            "deletion": ("fraction", curves[0, 0]),
            "insertion": ("fraction", curves[1, 0]),
            "random_deletion": (("order", "fraction"), curves[0, 1:]),
            "random_insertion": (("order", "fraction"), curves[1, 1:]),
            "shuffled_correlation": ("shuffle", correlations),
        },
        {"fraction": np.array(FRACTIONS)},
    )
    areas = np.asarray(np.trapezoid(curves, FRACTIONS, axis=-1))
    told: dict[str, Any] = {}
    for name, sign, area in zip(("deletion", "insertion"), (-1, 1), areas, strict=True):
        better = sign * area
        told[f"{name}_gain"] = float(better[0] - better[1:].mean())
        told[f"{name}_p"] = float((1 + (better[1:] >= better[0]).sum()) / len(better))
    return tested.assign_attrs(told)


def _curves(
    probe: Probe,
    cells: Cells,
    orders: list[NDArray[np.intp]],
    target: int,
    progress: bool | Progress,
) -> NDArray[np.float64]:
    """Return the target's share along each order, shape (2, order, fraction), deletion first."""
    counts = [round(fraction * cells.count) for fraction in FRACTIONS]
    inner = [count for count in dict.fromkeys(counts) if 0 < count < cells.count]
    sounds = [cells.recording.samples, cells.without(range(cells.count))]
    for order in orders:
        for count in inner:
            sounds += [cells.without(order[:count]), cells.only(order[:count])]
    shares = probe.shares(sounds, progress=progress)[:, target]
    whole, nothing = shares[:2]
    between = shares[2:].reshape(len(orders), len(inner), 2)
    curves = np.empty((2, len(orders), len(counts)))
    for place, count in enumerate(counts):
        if count in inner:
            curves[:, :, place] = between[:, inner.index(count)].T
        else:
            curves[:, :, place] = [[nothing], [whole]] if count else [[whole], [nothing]]
    return curves


@contextmanager
def shuffled_weights(model: SpeechModel, seed: int) -> Iterator[None]:
    """Shuffle the rows and columns of every weight, and put them back afterwards.

    Nothing is copied but one weight at a time, so it also works where a second model would not fit.
    The model must not be used for anything else meanwhile.

    Parameters
    ----------
    model
        From :func:`sottovoce.load_model`.
    seed
        Of the shuffles.
    """
    generator = torch.Generator().manual_seed(seed)
    orders: list[tuple[torch.Tensor, int, torch.Tensor]] = []
    try:
        for weight in model.model.parameters():
            for dim in range(weight.ndim):
                order = torch.randperm(weight.shape[dim], generator=generator).to(weight.device)
                _reorder(weight, dim, order)
                orders.append((weight, dim, order))
        yield
    finally:
        for weight, dim, order in reversed(orders):
            _reorder(weight, dim, torch.argsort(order))


@torch.no_grad()
def _reorder(weight: torch.Tensor, dim: int, order: torch.Tensor) -> None:
    weight.copy_(weight.index_select(dim, order))
