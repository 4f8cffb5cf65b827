"""The parts of a share, read back from what was drawn."""

import numpy as np
import pytest

from sottovoce.errors import ReadoutError
from sottovoce.explain import contributions
from sottovoce.plots import (
    contribution_heatmap,
    contribution_waterfall,
    describe_contribution_heatmap,
    describe_contribution_waterfall,
)

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def bars(ax):
    return [patch for patch in ax.patches if patch.get_gid() in ("part", "whole")]


@pytest.mark.parametrize("readout", ["mean_logprob", "mean_prob", "answer_step"])
def test_the_bars_of_a_waterfall_add_up(run, readout):
    parts = contributions(run, readout)
    ax = contribution_waterfall(parts, emotion="sad", max_parts=4)
    drawn = bars(ax)
    share = float(parts["share"].sel(emotion="sad").item())
    assert drawn[-1].get_width() == pytest.approx(share)
    assert sum(bar.get_width() for bar in drawn[:-1]) == pytest.approx(share)
    ends = [bar.get_x() + bar.get_width() for bar in drawn[:-1]]
    starts = [bar.get_x() for bar in drawn[1:-1]]
    np.testing.assert_allclose(starts, ends[:-1], atol=1e-9)


def test_what_lowers_the_share_is_hatched(run):
    ax = contribution_waterfall(contributions(run, "mean_logprob"), emotion="sad")
    assert {bool(bar.get_hatch()) for bar in bars(ax) if bar.get_width() < 0} == {True}
    assert not any(bar.get_hatch() for bar in bars(ax) if bar.get_width() > 0)


def test_cells_of_the_heat_map_are_parts_grouped_by_emotion(run):
    parts = contributions(run, "mean_prob")
    ax = contribution_heatmap(parts)
    cells = ax.get_images()[0].get_array()
    rows = [label.get_text() for label in ax.get_yticklabels()]
    texts = [str(text) for text in parts["token_text"].values]
    expected = parts["of_token"][0, 0, : cells.shape[1], texts.index(" sad")]
    np.testing.assert_allclose(cells[rows.index("␣sad")], expected)
    assert len(contribution_heatmap(parts, max_tokens=6).get_yticklabels()) == 6


def test_the_words_name_the_largest(run):
    parts = contributions(run, "mean_prob")
    assert "Together" in describe_contribution_waterfall(parts)
    of_token = parts["of_token"][0, 0].values
    step, row = np.unravel_index(np.nanargmax(of_token), of_token.shape)
    named = str(parts["token_text"].values[row]).replace(" ", "␣")
    assert f"{named!r} at step {step + 1} raises" in describe_contribution_heatmap(parts)


def test_what_cannot_be_drawn_is_refused(run):
    parts = contributions(run, "mean_prob")
    with pytest.raises(ReadoutError, match="must come from sottovoce"):
        contribution_waterfall(run)
    with pytest.raises(ReadoutError, match="emotion='bored' is not in the shares"):
        contribution_waterfall(parts, emotion="bored")
    with pytest.raises(ReadoutError, match="max_tokens=0"):
        contribution_heatmap(parts, max_tokens=0)
