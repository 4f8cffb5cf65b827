import numpy as np
import pytest
import xarray as xr

EMOTIONS = ["angry", "neutral", "sad"]


@pytest.fixture
def series():
    """Shares of windows of recordings, by the series of the share of "angry" in each."""

    def make(hop=1.0, seconds=2.0, **recordings):
        names, starts, of, rows = [], [], [], []
        for recording, angry in recordings.items():
            for i, share in enumerate(angry):
                names.append(f"{recording}@{i * hop:.1f}s")
                starts.append(i * hop)
                of.append(recording)
                rows.append([share, (1 - share) * 0.75, (1 - share) * 0.25])
        return xr.DataArray(
            np.array(rows),
            dims=("utterance", "emotion"),
            coords={
                "utterance": names,
                "emotion": EMOTIONS,
                "recording": ("utterance", of),
                "start": ("utterance", starts),
                "duration": ("utterance", np.full(len(rows), seconds)),
            },
        )

    return make


@pytest.fixture
def clips():
    """Shares and votes of clips by speakers; how far they go together is up to `noise`."""

    def make(n=240, n_speakers=8, noise=0.15, seed=0):
        rng = np.random.default_rng(seed)
        angry = rng.beta(0.6, 1.2, n)
        heard = np.clip(angry + rng.normal(0, noise, n), 0, 1)
        labels = {
            "utterance": [f"clip{i}" for i in range(n)],
            "emotion": ["angry", "sad"],
        }
        speakers = ("utterance", [f"speaker{i % n_speakers}" for i in range(n)])
        votes = xr.DataArray(np.stack([angry, 1 - angry], axis=1), labels)
        shares = xr.DataArray(np.stack([heard, 1 - heard], axis=1), labels)
        return shares.assign_coords(
            speaker=speakers, duration=("utterance", np.full(n, 3.6))
        ), votes

    return make
