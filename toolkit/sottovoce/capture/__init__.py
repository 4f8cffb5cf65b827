"""Running a model over recordings and prompts, and keeping a slice of its logits."""

from sottovoce.capture.capture import capture
from sottovoce.capture.score import score
from sottovoce.capture.several import ModelRuns, capture_models

__all__ = ["ModelRuns", "capture", "capture_models", "score"]
