"""Votes and predictors that cost nothing: eight speakers, ten clips each, made from a seed."""

import numpy as np
import pytest
import xarray as xr

EMOTIONS = ["angry", "disgusted", "fearful", "happy", "neutral", "sad"]


@pytest.fixture
def votes() -> xr.DataArray:
    rng = np.random.default_rng(7)
    lean = rng.dirichlet([0.5, 0.3, 0.3, 0.4, 1.5, 0.5], size=80)
    counts = np.array([rng.multinomial(9, p) for p in lean], dtype=float)
    return xr.DataArray(
        counts,
        dims=("utterance", "emotion"),
        coords={
            "utterance": [f"clip{i:02d}" for i in range(80)],
            "emotion": EMOTIONS,
            "speaker": ("utterance", [f"speaker{i // 10}" for i in range(80)]),
        },
        name="votes",
    )


@pytest.fixture
def good(votes: xr.DataArray) -> xr.DataArray:
    """Shares near the votes, over two prompts."""
    return predictor(votes, strength=3.0, seed=1)


@pytest.fixture
def poor(votes: xr.DataArray) -> xr.DataArray:
    """Shares that know little of the votes, over the same two prompts."""
    return predictor(votes, strength=0.2, seed=2)


def predictor(votes: xr.DataArray, strength: float, seed: int) -> xr.DataArray:
    rng = np.random.default_rng(seed)
    noise = rng.dirichlet(np.ones(6), size=(2, 80))
    mixed = strength * (votes / votes.sum("emotion")).values + noise
    return xr.DataArray(
        mixed / mixed.sum(axis=-1, keepdims=True),
        dims=("prompt", "utterance", "emotion"),
        coords={
            "prompt": ["one_word", "percentages"],
            "utterance": votes["utterance"].values,
            "emotion": EMOTIONS,
        },
        attrs={"readout": "answer_step", "n_failed": np.int64(0)},
    )
