import numpy as np
import pytest
from matplotlib import pyplot as plt

from sottovoce import evaluation
from sottovoce.errors import ReadoutError, VotesError
from sottovoce.plots import describe_reliability, reliability

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def dots(ax):
    (line,) = [line for line in ax.lines if line.get_gid() == "bins"]
    return line.get_xydata()


def counts(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() == "pairs"]


def subtitle(ax):
    (text,) = [text for text in ax.texts if text.get_gid() == "subtitle"]
    return text.get_text()


def test_dots_intervals_and_counts_are_those_of_the_evaluation(votes, predicted):
    listeners = votes(60)
    shares = predicted(listeners, ["one", "two"])
    ax = reliability(shares, listeners, prompt="two", bins=8)
    result = evaluation.reliability(shares, listeners, bins=8).sel(prompt="two")
    filled = result.isel(bin=result["n"].values > 0)
    np.testing.assert_allclose(dots(ax), np.stack([filled["predicted"], filled["observed"]], 1))
    (intervals,) = [c for c in ax.collections if c.get_gid() == "intervals"]
    ends = np.array([path.vertices[:, 1] for path in intervals.get_paths()])
    np.testing.assert_allclose(ends, np.stack([filled["low"], filled["high"]], axis=1))
    assert counts(ax) == ["pairs:", *map(str, result["n"].values)]
    error = f"{result['error'].item():.3f}"
    assert subtitle(ax).startswith(f"Calibration error {error} [")
    assert subtitle(ax).endswith("95% interval over 10 speakers")


def test_what_cannot_be_read_from_an_empty_bin_is_not_drawn(votes, predicted):
    listeners = votes(30)
    shares = predicted(listeners, ["one"])
    shares[:] = [1, 0, 0, 0, 0, 0]
    ax = reliability(shares, listeners)
    assert dots(ax)[:, 0].tolist() == [0, 1]
    (between,) = [line for line in ax.lines if line.get_gid() is None and line.get_alpha()]
    assert np.isnan(between.get_ydata()[1:-1]).all()  # no line over bins that hold nothing
    assert counts(ax)[1:] == ["150", *["0"] * 8, "30"]


@pytest.mark.parametrize("bins", [10, 40, [0, 0.05, 0.1, 0.2, 0.4, 1]])
@pytest.mark.parametrize("size", [(3.4, 3.6), (5.4, 4.4), (9, 6)])
def test_it_is_square_and_nothing_is_cut(votes, predicted, size, bins):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    listeners = votes(300)
    shares = predicted(listeners, ["録音の質問"])
    assert reliability(shares, listeners, bins=bins, ax=ax) is ax
    figure.canvas.draw()
    box = ax.get_window_extent()
    assert box.width == pytest.approx(box.height, rel=0.01)
    rows = [text for text in ax.texts if text.get_gid() in ("pairs", "subtitle")]
    for text in (*rows, ax.xaxis.label, ax.yaxis.label, ax._left_title):
        extent = text.get_window_extent()
        assert extent.y1 <= figure.bbox.y1 + 1
        assert extent.y0 >= -1
    numbers = [text.get_window_extent() for text in rows if text.get_gid() == "pairs"]
    above = [text.get_window_extent() for text in rows if text.get_gid() == "subtitle"]
    assert max(extent.y1 for extent in numbers) <= above[0].y0 + 2


def test_missing_shares_are_counted(votes, predicted):
    listeners = votes(30)
    shares = predicted(listeners, ["one"])
    shares[:2] = np.nan
    title = reliability(shares, listeners).get_title(loc="left")
    assert title == "one  ·  answer_step  ·  28 of 30 utterances"
    shares[:] = np.nan
    reliability(shares, listeners).figure.canvas.draw()
    assert describe_reliability(shares, listeners).endswith("None of them has shares.")


def test_one_utterance_has_no_interval(votes, predicted):
    listeners = votes(1)
    ax = reliability(predicted(listeners, ["one"]), listeners)
    ax.figure.canvas.draw()
    assert subtitle(ax).endswith("without an interval")


def test_what_cannot_be_drawn_is_refused_by_name(votes, predicted):
    listeners = votes(5)
    shares = predicted(listeners, ["one", "two"])
    with pytest.raises(ReadoutError, match="shares have 2 prompts"):
        reliability(shares, listeners)
    with pytest.raises(VotesError, match="bins=0 must be from 1 to 100"):
        reliability(shares, listeners, prompt="one", bins=0)


def test_description_tells_the_filled_bins(votes, predicted):
    listeners = votes(2)
    listeners[:] = [9, 0, 0, 0, 0, 0]
    shares = predicted(listeners, ["one"])
    shares[:] = [0.75, 0.05, 0.05, 0.05, 0.05, 0.05]
    told = describe_reliability(shares, listeners, bins=4)
    assert "for 2 utterances (prompt one). Calibration error 0.083" in told
    assert "At 5% the listeners gave 0% (10 pairs); at 75% they gave 100% (2 pairs)." in told
    assert told.endswith("2 speakers are fewer than 3.")
