"""Assumptions: everything that a saving depends on and that no recording tells."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sottovoce.errors import AlertError

if TYPE_CHECKING:
    import numpy.typing as npt

    from sottovoce.alerts.rule import FloatArray


def _assumed(meaning: str, **options: Any) -> Any:
    return field(metadata={"meaning": meaning}, **options)


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What alerts cost and save, by assumption.

    Nothing else enters a saving but these numbers, the votes and the rule's alerts; change one with
    :func:`dataclasses.replace`. A saving is against doing nothing, so that every case is missed.
    Costs are in `currency`.

    Parameters
    ----------
    n_per_month
        Recordings (or windows, as the votes are given) that are monitored in a month.
    cost_of_miss
        What a case costs that nobody noticed.
    share_averted
        The part of that cost which is saved when the alert comes and somebody acts, from 0 to 1.
    cost_of_review
        What it costs to have an alert listened to, right or wrong.
    cost_of_false_alarm
        What a false alert costs beside its review.
    prevalence
        How many of the recordings are cases, from 0 to 1; None: as many as among the votes. A
        corpus in which every sixth sentence is acted in anger is no guide to a telephone line.
    setup_cost
        Spent once.
    running_cost
        Spent every month.
    months
        Over how many months all is summed up.
    currency
        What to write behind amounts.

    Raises
    ------
    AlertError
        If a number is out of range.

    Examples
    --------
    >>> assumed = Assumptions(n_per_month=1000, cost_of_miss=40, cost_of_review=2, prevalence=0.1)
    >>> assumed.saving(recall=0.75, false_alarm_rate=0.5, prevalence=0.1).round().item()
    23400.0
    >>> assumed.to_table().loc["cost_of_miss", "value"]
    40
    """

    n_per_month: float = _assumed("recordings monitored in a month")
    cost_of_miss: float = _assumed("cost of a case that nobody noticed")
    share_averted: float = _assumed("part of that cost saved by acting on an alert", default=1.0)
    cost_of_review: float = _assumed("cost of listening to an alert", default=0.0)
    cost_of_false_alarm: float = _assumed("further cost of a false alert", default=0.0)
    prevalence: float | None = _assumed(
        "part of the recordings that are cases; none: as among the votes", default=None
    )
    setup_cost: float = _assumed("spent once", default=0.0)
    running_cost: float = _assumed("spent every month", default=0.0)
    months: float = _assumed("months over which all is summed up", default=12.0)
    currency: str = _assumed("unit of all amounts", default="EUR")

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "currency" or (one.name == "prevalence" and value is None):
                continue
            share = one.name in ("share_averted", "prevalence")
            number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
            if not number or not (0 <= value <= 1 if share else 0 <= value < math.inf):
                allowed = "from 0 to 1" if share else "a number of at least 0"
                raise AlertError(
                    f"{one.name}={value!r} ({one.metadata['meaning']}) must be {allowed}"
                )

    def saving(
        self, recall: npt.ArrayLike, false_alarm_rate: npt.ArrayLike, prevalence: npt.ArrayLike
    ) -> FloatArray:
        """Return what is saved over all months, against doing nothing.

        Parameters
        ----------
        recall, false_alarm_rate
            Of the rule.
        prevalence
            Of the votes; used if none is assumed.

        Returns
        -------
        ndarray
            In `currency`, negative for a loss; of the shape that the three have together.
        """
        hit, false = self._alarmed(recall, false_alarm_rate, prevalence)
        gained = hit * (self.share_averted * self.cost_of_miss - self.cost_of_review)
        lost = false * (self.cost_of_review + self.cost_of_false_alarm)
        monthly = self.n_per_month * (gained - lost) - self.running_cost
        return np.asarray(self.months * monthly - self.setup_cost)

    def spending(
        self, recall: npt.ArrayLike, false_alarm_rate: npt.ArrayLike, prevalence: npt.ArrayLike
    ) -> FloatArray:
        """Return what is spent over all months: set-up, running, reviews and false alarms."""
        hit, false = self._alarmed(recall, false_alarm_rate, prevalence)
        alerts = (hit + false) * self.cost_of_review + false * self.cost_of_false_alarm
        monthly = self.n_per_month * alerts + self.running_cost
        return np.asarray(self.months * monthly + self.setup_cost)

    def alerts_per_month(
        self, recall: npt.ArrayLike, false_alarm_rate: npt.ArrayLike, prevalence: npt.ArrayLike
    ) -> FloatArray:
        """Return how many recordings a month are alarmed, and so have to be listened to."""
        hit, false = self._alarmed(recall, false_alarm_rate, prevalence)
        return np.asarray(self.n_per_month * (hit + false))

    def precision(
        self, recall: npt.ArrayLike, false_alarm_rate: npt.ArrayLike, prevalence: npt.ArrayLike
    ) -> FloatArray:
        """Return the part of the alarmed that are cases, at the prevalence assumed."""
        hit, false = self._alarmed(recall, false_alarm_rate, prevalence)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(hit + false > 0, hit / (hit + false), np.nan))

    def to_dict(self) -> dict[str, Any]:
        """Return every assumption by its name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def to_table(self) -> pd.DataFrame:
        """Return every assumption with its value and its meaning, a row each."""
        rows = {
            one.name: {"value": getattr(self, one.name), "meaning": one.metadata["meaning"]}
            for one in fields(self)
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "meaning"])

    def _alarmed(
        self, recall: npt.ArrayLike, false_alarm_rate: npt.ArrayLike, prevalence: npt.ArrayLike
    ) -> tuple[FloatArray, FloatArray]:
        """Return which part of all recordings is alarmed rightly, and which wrongly."""
        cases = np.asarray(prevalence if self.prevalence is None else self.prevalence, dtype=float)
        return cases * np.asarray(recall), (1 - cases) * np.asarray(false_alarm_rate)
