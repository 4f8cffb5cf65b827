"""Running a model over recordings and prompts, and keeping a slice of its logits."""

from sottovoce.capture.capture import capture

__all__ = ["capture"]
