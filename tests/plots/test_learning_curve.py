import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.plots import describe_learning_curve, learning_curve


@pytest.fixture
def curve():
    value = np.array([[0.3, 0.2, 0.19], [0.1, 0.11, 0.1]])
    return xr.Dataset(
        {
            "value": (("prompt", "size"), value),
            "low": (("prompt", "size"), value - 0.02),
            "high": (("prompt", "size"), value + 0.02),
            "enough": ("prompt", [5.0, 0.0]),
        },
        coords={"prompt": ["one_word", "一言"], "size": [0, 5, 2000]},
        attrs={
            "title": "Jensen-Shannon divergence, base 2",
            "better": "lower",
            "n_draws": 7,
            "verdict": "one_word: 5 labelled clips are enough: more gain less.\n一言: none.",
        },
    )


def test_what_is_drawn_is_the_curve(curve):
    ax = learning_curve(curve, prompt="one_word")
    dashed, line, mark = ax.get_lines()
    np.testing.assert_allclose(line.get_ydata(), [0.3, 0.2, 0.19])
    assert dashed.get_ydata()[0] == 0.3
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1, 0.2)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["none", "5", "2,000"]
    assert "lower is better" in ax.get_ylabel()
    assert "enough" in [text.get_text() for text in ax.texts]


def test_none_may_be_needed_and_names_may_be_japanese(curve):
    ax = learning_curve(curve, prompt="一言")
    assert "none needed" in [text.get_text() for text in ax.texts]


def test_without_an_end_there_is_no_mark(curve):
    curve["enough"][:] = np.nan
    assert len(learning_curve(curve, prompt="one_word").get_lines()) == 2


def test_it_is_told_in_words(curve):
    assert describe_learning_curve(curve, prompt="one_word") == (
        "Learning curve of a calibration (prompt one_word), Jensen-Shannon divergence, base 2 "
        "(lower is better), mean of 7 draws: 0.300 without labels, 0.200 with 5, 0.190 with 2,000 "
        "labelled clips. 5 labelled clips are enough: more gain less."
    )


def test_what_is_no_curve_is_refused(curve):
    with pytest.raises(VotesError, match="say which prompt"):
        learning_curve(curve)
    with pytest.raises(VotesError, match="prompt='json'"):
        describe_learning_curve(curve, prompt="json")
    with pytest.raises(VotesError, match="no learning curve"):
        learning_curve(xr.Dataset())
