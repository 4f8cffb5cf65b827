"""Whether a model gives the same numbers twice: noise or dropout within would make it differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.models.check.finding import Finding
from sottovoce.models.check.probe import distance

if TYPE_CHECKING:
    from sottovoce.models.check.probe import Probe


def check_repetition(probe: Probe) -> Finding:
    """Return by how much a model differs from itself."""
    first = probe.alone(probe.low)
    probe.model.features.forget()  # noise in the features counts too
    again = probe.together([probe.low])
    off = distance(first.logits[0], again.logits[0]) / probe.spread
    # On a GPU the order of a sum may differ from run to run; on a CPU it does not.
    most = 0.0 if probe.model.device.type == "cpu" else probe.tolerance
    meaning = "a second run moves a logit by this many standard deviations"
    if off <= most:
        return Finding("repeats", "passed", off, most, meaning)
    return Finding(
        "repeats",
        "failed",
        off,
        most,
        f"{meaning}: something within the model is random",
        "Look for noise or dropout that an argument of generate() switches off, and load the model "
        "with an interface that has it among its generate_options.",
    )
