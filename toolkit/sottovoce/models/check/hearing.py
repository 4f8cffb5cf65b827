"""Whether a recording changes what a model weighs: another sound, the same length and question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.models.check.finding import Finding
from sottovoce.models.check.probe import distance

if TYPE_CHECKING:
    from sottovoce.models.check.probe import Probe

# A model that does not hear gives the same numbers to the bit, since nothing else differs.
LEAST = 1e-5


def check_hearing(probe: Probe, repeated: float) -> Finding:
    """Return whether two sounds are weighed otherwise, by more than the model differs from itself.

    Parameters
    ----------
    probe
        Of the model.
    repeated
        By how much it differs from itself, in standard deviations of the logits.
    """
    low, swapped = probe.alone(probe.low), probe.alone(probe.swapped)
    moved = distance(low.logits[0], swapped.logits[0]) / probe.spread
    least = max(LEAST, 2 * repeated)
    if moved > least:
        meaning = "another sound moves a logit by this many standard deviations"
        return Finding("hears", "passed", moved, least, meaning)
    return Finding(
        "hears",
        "failed",
        moved,
        least,
        "it weighs the same whatever it hears, so its answers say nothing of a recording",
        "Check that its processor is the one that it was trained with; check=False loads it all "
        "the same.",
    )
