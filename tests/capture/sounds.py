"""Sounds that a model can tell apart."""

import numpy as np


def voice(seconds, pitch=150.0, seed=0, rate=16000):
    """A harmonic tone with some noise, float32, and its rate."""
    time = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 5))
    noise = np.random.default_rng(seed).normal(0, 0.02, len(time))
    return (0.2 * tone + noise).astype(np.float32), rate


def voices(n=5):
    """Recordings of different lengths, none beyond three seconds."""
    lengths = np.linspace(2.6, 0.6, n)[np.random.default_rng(1).permutation(n)]
    return {f"clip_{i}": voice(s, pitch=90 + 60 * i, seed=i) for i, s in enumerate(lengths)}
