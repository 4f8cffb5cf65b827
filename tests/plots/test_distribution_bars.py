from itertools import combinations

import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt

from sottovoce.errors import ReadoutError
from sottovoce.plots import describe_distribution_bars, distribution_bars

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")

TOKEN = [0.52, 0.03, 0.05, 0.004, 0.136, 0.26]
TEXT = [0.6, 0, 0, 0, 0.1, 0.3]
VOTES = [5, 1, 0, 0, 2, 2]


def widths(ax):
    return {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}


def printed(ax):
    return [text.get_text() for text in ax.texts]


def test_bars_are_the_shares_and_their_values_are_printed(shares):
    ax = distribution_bars(
        {"token": shares(TOKEN), "text": shares(TEXT), "listeners": shares(VOTES)}
    )
    ax.figure.canvas.draw()
    np.testing.assert_allclose(widths(ax)["token"], TOKEN)
    np.testing.assert_allclose(widths(ax)["listeners"], np.array(VOTES) / 10)
    assert printed(ax)[:6] == ["52%", "3%", "5%", "<1%", "14%", "26%"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "token",
        "text",
        "listeners",
    ]


def test_a_share_of_zero_is_not_what_is_missing(shares):
    assert sorted(printed(distribution_bars({"text": shares(TEXT)}))) == [
        *("0%", "0%", "0%"),
        *("10%", "30%", "60%"),
    ]
    missing = distribution_bars({"text": shares([np.nan] * 6)})
    assert [text.get_text() for text in missing.texts].count("–") == 6


@pytest.mark.parametrize("size", [(3.2, 2.4), (5.4, 4.4), (9, 6)])
def test_values_overlap_neither_each_other_nor_the_borders(shares, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    several = {"token": shares(TOKEN), "text": shares([1, 0, 0, 0, 0, 0]), "votes": shares(VOTES)}
    distribution_bars(several, ax=ax)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if "%" in text.get_text()]
    shrunk = [box.shrunk(1, 0.8) for box in boxes]
    assert not any(a.overlaps(b) for a, b in combinations(shrunk, 2))
    assert max(box.x1 for box in boxes) <= figure.bbox.x1


def test_the_legend_is_one_row_where_it_fits(shares):
    ax = distribution_bars({"token": shares(TOKEN), "text": shares(TEXT), "votes": shares(VOTES)})
    ax.figure.canvas.draw()
    heights = [text.get_window_extent().y0 for text in ax.get_legend().get_texts()]
    assert max(heights) - min(heights) < 3


@pytest.mark.parametrize("count", [1, 2, 7])
def test_any_number_of_sources(shares, count):
    ax = distribution_bars({f"readout {i}": shares(TOKEN) for i in range(count)})
    ax.figure.canvas.draw()
    assert len(ax.containers) == count
    middles = sorted(bar.get_y() for bars in ax.containers for bar in bars)
    assert (np.diff(middles) > 0).all()
    legend = ax.get_legend().get_window_extent()
    assert legend.x1 <= ax.figure.bbox.x1


def test_any_emotions(shares):
    names = ["bored", "$5", "喜び"]
    ax = distribution_bars({"token": shares([0.5, 0.3, 0.2], names)})
    ax.figure.canvas.draw()
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["bored", r"\$5"]


def test_utterance_and_prompt_are_chosen_where_a_source_has_them(shares):
    token = xr.concat([shares(TOKEN), shares(TEXT)], xr.Variable("prompt", ["one", "two"]))
    listeners = xr.concat([shares(VOTES), shares(TEXT)], xr.Variable("utterance", ["a", "b"]))
    sources = {"token": token.expand_dims(utterance=["b"]), "listeners": listeners}
    ax = distribution_bars(sources, "b", "two")
    np.testing.assert_allclose(widths(ax)["token"], TEXT)
    np.testing.assert_allclose(widths(ax)["listeners"], TEXT)
    assert ax.get_title(loc="left") == "b  ·  two"


def test_a_source_without_an_answer_is_told(shares):
    sources = {"token": shares(TOKEN), "text": shares([np.nan] * 6)}
    ax = distribution_bars(sources)
    assert ax.get_legend().get_texts()[1].get_text() == "text (no answer)"
    assert printed(ax)[6:] == ["–"] * 6
    assert describe_distribution_bars(sources).endswith("text: no answer.")


def test_given_axes_are_used_and_returned(shares):
    _, ax = plt.subplots()
    assert distribution_bars({"token": shares(TOKEN)}, ax=ax) is ax


def test_what_cannot_be_drawn_is_refused_by_name(shares):
    many = xr.concat([shares(TOKEN), shares(TEXT)], xr.Variable("prompt", ["one", "two"]))
    with pytest.raises(ReadoutError, match="token has 2 prompts: say which"):
        distribution_bars({"token": many})
    with pytest.raises(ReadoutError, match="token has no prompt 'three'"):
        distribution_bars({"token": many}, prompt="three")
    with pytest.raises(ReadoutError, match="token must have the labelled dimension emotion"):
        distribution_bars({"token": shares(TOKEN).drop_vars("emotion")})
    with pytest.raises(ReadoutError, match="sources is empty"):
        distribution_bars({})


def test_description_lists_the_shares_by_size(shares):
    told = describe_distribution_bars({"text": shares(TEXT)}, "clip")
    assert told.startswith("Bar chart: shares of 6 emotions for clip. text: angry 60%, sad 30%")
