"""Whether a row's numbers depend on the other rows of its batch.

Padding that is not masked leaks: from the longest recording into the others where lengths differ,
seldom where they are equal. Questions of unequal length are padded on the left in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.models.check.finding import Finding
from sottovoce.models.check.probe import distance

if TYPE_CHECKING:
    from sottovoce.models.catalogue import Grouping
    from sottovoce.models.check.probe import Probe


def check_equal_length(probe: Probe) -> Finding:
    """Return how far a batch of equally long recordings is from single runs."""
    return _check(probe, "batch_equal_length", long=False)


def check_any_length(probe: Probe) -> Finding:
    """Return how far a batch of unequal recordings and questions is from single runs."""
    return _check(probe, "batch_any", long=True)


def _check(probe: Probe, name: str, *, long: bool) -> Finding:
    rows = [probe.low, probe.long if long else probe.high]
    most = probe.tolerance
    try:
        together = probe.together(rows)
    except Exception as error:  # noqa: BLE001 - transformers raises whatever it likes
        meaning = f"such a batch breaks the model ({type(error).__name__}: {error!s:.200})"
        return Finding(name, "failed", None, most, meaning, "Captures take smaller batches.")
    off = max(
        distance(together.logits[place], probe.alone(row).logits[0])
        for place, row in enumerate(rows)
    )
    off /= probe.spread
    meaning = "the batch moves a logit by this many standard deviations"
    if off <= most:
        return Finding(name, "passed", off, most, meaning)
    return Finding(name, "failed", off, most, meaning, "Captures take smaller batches.")


def safe_grouping(equal: Finding, unequal: Finding) -> Grouping:
    """Return the largest grouping in which rows do not change one another."""
    if equal.status != "passed":
        return "single"
    return "any" if unequal.status == "passed" else "equal_length"
