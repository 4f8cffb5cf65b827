import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import ratio

EMOTIONS = ("angry", "disgusted", "happy", "sad")


@pytest.fixture
def with_logits(run):
    """Return a run in which every answer has these mean logits."""

    def build(*rows):
        built = run.isel(utterance=[0] * len(rows), prompt=[0])
        built = built.assign_coords(utterance=[f"clip {i}" for i in range(len(rows))])
        for row, logits in enumerate(rows):
            for name, logit in zip(EMOTIONS, logits, strict=True):
                built["logit"][row, ..., np.flatnonzero(built["concept"] == name)] = logit
        return built

    return build


def test_the_ratio_of_mean_logits(with_logits):
    shares = ratio(with_logits((22, 20, 18, 15)))
    np.testing.assert_allclose(shares[0, 0], [0.293, 0.267, 0.24, 0.2], atol=1e-3)


def test_a_constant_changes_it_which_is_why_it_is_no_default(with_logits):
    shares = ratio(with_logits((1022, 1020, 1018, 1015)))
    np.testing.assert_allclose(shares[0, 0], 0.25, atol=1e-2)


def test_what_cannot_be_divided_is_missing_and_counted(with_logits):
    shares = ratio(
        with_logits((22, 20, 18, 15), (-22, -20, -18, -15), (4, 1, -1, -3), (1, 0, -1, 0))
    )
    assert np.isnan(shares).all("emotion").values.ravel().tolist() == [False, True, True, True]
    assert shares.attrs["n_sum_not_positive"] == 2
    assert shares.attrs["n_negative_share"] == 1
    assert shares.attrs["n_missing"] == 3


def test_if_nothing_is_left_it_says_why_and_what_to_use(with_logits):
    with pytest.raises(ReadoutError, match=r"divides none of the 2 answers.*use 'mean_logit'"):
        ratio(with_logits((-1, -1, -1, -1), (4, 1, -1, -3)))


def test_no_such_step_is_missing_and_no_error(run):
    assert np.isnan(ratio(run.isel(prompt=[1]), "percentage")).all()
