import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import ReadoutError
from sottovoce.readout import pool_windows

NAN = [np.nan, np.nan]


def make(values, names, recordings, **coords):
    return xr.DataArray(
        np.asarray(values, dtype=float)[:, None, :],
        dims=("utterance", "prompt", "emotion"),
        coords={
            "utterance": names,
            "prompt": ["word"],
            "emotion": ["happy", "sad"],
            "recording": ("utterance", recordings),
            **{name: ("utterance", cells) for name, cells in coords.items()},
        },
        name="answer_step",
        attrs={"readout": "answer_step"},
    )


def test_the_mean_over_windows_stands_in_the_place_of_the_first():
    shares = make(
        [[0.1, 0.9], [1, 0], [0, 1], [0.2, 0.8]],
        ["z", "b@0.0s", "b@3.0s", "a"],
        ["z", "b", "b", "a"],
        speaker=["s", "t", "t", "u"],
        start=[0.0, 0.0, 3.0, 0.0],
    )
    pooled = pool_windows(shares)
    assert pooled["utterance"].values.tolist() == ["z", "b", "a"]
    assert pooled["speaker"].values.tolist() == ["s", "t", "u"]
    assert "start" not in pooled.coords
    np.testing.assert_allclose(pooled.sel(prompt="word"), [[0.1, 0.9], [0.5, 0.5], [0.2, 0.8]])
    assert (pooled.name, pooled.attrs["n_windows_pooled"]) == ("answer_step", 2)


def test_windows_without_shares_do_not_count():
    names = ["b@0.0s", "b@3.0s", "c@0.0s", "c@3.0s"]
    shares = make([NAN, [0.4, 0.6], NAN, NAN], names, ["b", "b", "c", "c"])
    pooled = pool_windows(shares).sel(prompt="word").values
    np.testing.assert_allclose(pooled, [[0.4, 0.6], NAN])


def test_only_these_recordings_and_none_without_windows():
    names = ["b@0.0s", "b@3.0s", "c@0.0s", "c@3.0s"]
    shares = make(np.full((4, 2), 0.5), names, ["b", "b", "c", "c"])
    assert pool_windows(shares, ["c", "d"])["utterance"].values.tolist() == [*names[:2], "c"]
    assert pool_windows(shares, []).identical(shares)


def test_shares_must_know_their_recordings():
    shares = make([[1, 0]], ["a"], ["a"]).drop_vars("recording")
    with pytest.raises(ReadoutError, match="do not tell which recording"):
        pool_windows(shares)
