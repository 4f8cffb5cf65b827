"""Whether the logits that are recorded are those by which tokens are chosen.

A model may ship settings for sampling, penalties and forbidden tokens, and `generate` fills in from
them whatever a call leaves open. With a penalty on repetition, the words that a question names are
made less likely in the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.models.check.finding import Finding

if TYPE_CHECKING:
    from sottovoce.models.check.probe import Probe

# Of the generation settings, those that say where an answer ends and what stands for nothing.
_HARMLESS = (
    "token_id",
    "transformers_version",
    "_from_model_config",
    "cache",
    "max_",
    "return_dict",
)


def check_rawness(probe: Probe) -> Finding:
    """Return how many tokens have another score than their raw logit."""
    weighed = probe.alone(probe.low)
    changed = int((weighed.logits != weighed.scores).sum())
    if not changed:
        meaning = "tokens whose score is not their raw logit"
        return Finding("raw_logits", "passed", 0.0, 0.0, meaning)
    settings = probe.model.model.generation_config.to_diff_dict()
    bent = [
        f"{name}={value!r}"
        for name, value in settings.items()
        if not any(part in name for part in _HARMLESS) and value not in (None, False, 1)
    ]
    told = f", by {', '.join(bent)} in its generation_config" if bent else ""
    return Finding(
        "raw_logits",
        "failed",
        float(changed),
        0.0,
        f"tokens whose score is not their raw logit{told}",
        "Reset model.model.generation_config, or load the model anew: load_model sets its own "
        "settings aside.",
    )
