"""Running a model over recordings and prompts, and keeping a slice of its logits."""

from sottovoce.capture.capture import capture
from sottovoce.capture.score import score

__all__ = ["capture", "score"]
