"""Whether a recording is heard to its end: some processors cut what is too long in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from sottovoce.models.check.finding import Finding
from sottovoce.models.check.probe import QUESTIONS, voice

if TYPE_CHECKING:
    from sottovoce.models.check.probe import Probe

# Longer than twice the usual window of thirty seconds; what is heard so far is heard on, and
# more would only take time.
TRIED = 61.0
LAST = 0.5


def check_whole_recording(probe: Probe) -> Finding:
    """Return whether the last half second of a long recording reaches the model's inputs."""
    model = probe.model
    seconds = min(model.max_seconds or TRIED, TRIED)
    sound = voice(150, seconds, model.rate)
    changed = sound.copy()
    n_last = round(min(LAST, seconds / 2) * model.rate)
    changed[-n_last:] = voice(400, n_last / model.rate, model.rate, seed=1)
    one, other = (model.inputs([heard], [QUESTIONS[0]]) for heard in (sound, changed))
    told = f"the last {n_last / model.rate:g} s of a recording"
    if _differ(one, other):
        return Finding(
            "whole_recording", "passed", seconds, None, f"{told} of so many seconds are heard"
        )
    return Finding(
        "whole_recording",
        "failed",
        seconds,
        None,
        f"{told} of so many seconds are cut in silence",
        "Load it with an interface whose longest() says how much is heard; captures then cut it.",
    )


def _differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return any(
        one[name].shape != other[name].shape or not torch.equal(one[name], other[name])
        for name in one
    )
