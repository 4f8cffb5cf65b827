"""Synthetic emotional speech with synthetic votes: for the samples and for training."""

from sottovoce.tuning.voices.listeners import simulate_votes
from sottovoce.tuning.voices.speech import speak
from sottovoce.tuning.voices.training_set import training_set

__all__ = ["simulate_votes", "speak", "training_set"]
