import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import learning_curve
from sottovoce.evaluation.learning_curve import _enough


@pytest.fixture
def sure(good):
    sharp = good**5
    return sharp / sharp.sum("emotion")


def test_more_labels_bring_more(votes, sure):
    curve = learning_curve(sure, votes, sizes=[5, 20, 40], n_draws=12)
    assert curve["size"].values.tolist() == [0, 5, 20, 40]
    value = curve["value"].values
    assert (value[:, 0] > value[:, 1]).all()
    assert (value[:, 1] > value[:, 3]).all()
    assert (curve["low"] <= curve["value"]).all()
    assert (curve["value"] <= curve["high"]).all()


def test_what_needs_no_calibration_is_told_so(votes):
    shares = (votes + 0.01) / (votes + 0.01).sum("emotion")
    curve = learning_curve(shares, votes, sizes=[5, 10], n_draws=4, worth=0.05)
    assert curve["enough"].item() == 0
    assert curve.attrs["verdict"].startswith("calibration does not pay: it gains less than 0.05")


def test_enough_is_where_no_later_size_gains():
    sizes = [0, 5, 10, 20]
    assert _enough(np.array([0.5, 0.3, 0.29, 0.289]), sizes, 0.02) == 5
    assert _enough(np.array([0.5, 0.3, 0.29, 0.2]), sizes, 0.02) is not None
    assert np.isnan(_enough(np.array([0.5, 0.3, 0.29, 0.2]), sizes, 0.02))
    assert _enough(np.array([0.5, 0.51, 0.6, 0.5]), sizes, 0.02) == 0
    # A plateau does not end it where a later size gains.
    assert _enough(np.array([0.5, 0.3, 0.3, 0.29]), sizes, 0.02) == 5


def test_higher_may_be_better(votes, sure):
    curve = learning_curve(sure, votes, sizes=[10, 40], n_draws=6, measure="bc", worth=1e-3)
    assert curve.attrs["better"] == "higher"
    assert (curve["value"][:, -1] > curve["value"][:, 0]).all()
    assert not (curve["enough"] == 0).any()


def test_the_same_seed_gives_the_same(votes, sure):
    one, two, other = (
        learning_curve(sure, votes, sizes=[5], n_draws=3, seed=seed) for seed in (1, 1, 2)
    )
    xr.testing.assert_identical(one, two)
    assert not one["value"].equals(other["value"])


def test_sizes_beyond_the_clips_are_left_out(votes, sure):
    curve = learning_curve(sure, votes, sizes=[5, 40, 41, 5000], n_draws=2)
    assert curve["size"].values.tolist() == [0, 5, 40]
    with pytest.raises(VotesError, match="have 40 clips with votes, but the smallest size is 41"):
        learning_curve(sure, votes, sizes=[41])
    with pytest.raises(VotesError, match="sizes="):
        learning_curve(sure, votes, sizes=[0])
