import numpy as np
import pytest
from matplotlib import pyplot as plt

from sottovoce.errors import ReadoutError
from sottovoce.evaluation import share_densities
from sottovoce.plots import describe_ridge, ridge

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def lines(ax, gid):
    return [line.get_xydata() for line in ax.lines if line.get_gid() == gid]


def ticks(ax):
    return [c.get_segments() for c in ax.collections if c.get_gid() == "ticks"]


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def printed(ax):
    return [text.get_text() for text in ax.texts if text.get_gid() == "mean"]


def test_outlines_are_the_densities_of_the_evaluation_from_0_to_1(votes, predicted):
    shares = predicted(votes(200), ["one"])
    ax = ridge(shares)
    density = share_densities(shares[:, 0])["density"][0]
    for line, (drawn, wanted) in enumerate(zip(lines(ax, "outline"), density.values, strict=True)):
        assert (drawn[0, 0], drawn[-1, 0]) == (0, 1)
        height = line - drawn[:, 1]
        np.testing.assert_allclose(height / height.max(), wanted / wanted.max(), atol=1e-9)
        assert height.max() < 1  # no peak reaches the line above
    assert ax.get_xlim() == (0, 1)


def test_means_are_marked_and_told(votes, predicted):
    shares = predicted(votes(200), ["one"])
    ax = ridge(shares)
    means = shares.mean("utterance")[0].values
    np.testing.assert_allclose([dot[0] for dot in np.concatenate(lines(ax, "mean"))], means)
    assert printed(ax) == [f"{mean:.0%}" for mean in means]


def test_every_utterance_has_a_tick_where_they_are_few(votes, predicted):
    few = predicted(votes(20), ["one"])
    drawn = ticks(ridge(few))
    np.testing.assert_allclose([one[0][0] for one in drawn[5]], few.values[:, 0, 5])
    assert ticks(ridge(predicted(votes(200), ["one"]))) == []


def test_fewer_than_five_have_no_curve(votes, predicted):
    ax = ridge(predicted(votes(4), ["one"]))
    ax.figure.canvas.draw()
    assert lines(ax, "outline") == []
    assert [len(one) for one in ticks(ax)] == [4] * 6


def test_groups_stand_below_their_emotion_with_their_numbers(votes, predicted):
    listeners = votes(25)
    shares = predicted(listeners, ["one"])
    ax = ridge(shares, by="speaker", emotions=["sad", "angry"])
    assert labels(ax)[:3] == ["sad", "speaker0 (3)", "speaker1 (3)"]
    assert labels(ax)[11:13] == ["angry", "speaker0 (3)"]
    sad = shares.sel(emotion="sad", prompt="one").groupby("speaker").mean().values
    np.testing.assert_allclose(np.concatenate(lines(ax, "mean"))[:10, 0], sad)
    some = {"clip0000": "録音", "clip0003": "$5"}
    assert labels(ridge(shares, by=some, emotions=["sad"])) == ["sad", r"\$5 (1)", "録音 (1)"]
    assert ridge(shares, by=some).get_title(loc="left").endswith("2 of 25 utterances")


@pytest.mark.parametrize("size", [(3.4, 2.6), (5.4, 4.4), (9, 6)])
def test_nothing_is_cut(votes, predicted, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    shares = predicted(votes(50), ["質問"]).assign_coords(
        emotion=["怒り", "嫌悪", "恐れ", "喜び", "中立", "悲しみ"]
    )
    assert ridge(shares, ax=ax) is ax
    figure.canvas.draw()
    for text in (*ax.texts, *ax.get_yticklabels(), ax.xaxis.label):
        box = text.get_window_extent()
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.x1 + 1
        assert box.y1 <= figure.bbox.y1 + 1


def test_what_cannot_be_drawn_is_refused_by_name(votes, predicted):
    shares = predicted(votes(200), ["one", "two"])
    with pytest.raises(ReadoutError, match="shares have 2 prompts"):
        ridge(shares)
    with pytest.raises(ReadoutError, match="emotion='bored' is not in the shares"):
        ridge(shares, prompt="one", emotions=["bored"])
    each = {f"clip{i:04d}": str(i) for i in range(200)}
    with pytest.raises(ReadoutError, match="1 emotions in 200 groups are 201 lines"):
        ridge(shares, prompt="one", by=each, emotions=["sad"])
    with pytest.raises(ReadoutError, match="by='actor' is no coordinate along utterance"):
        ridge(shares, prompt="one", by="actor")


def test_description_tells_means_and_middle_halves(votes, predicted):
    shares = predicted(votes(8), ["one"])
    shares[:] = [0.75, 0.25, 0, 0, 0, 0]
    told = describe_ridge(shares, by="speaker", emotions=["angry"])
    assert told.startswith(
        "Ridge plot: densities of the shares of 1 emotion over 8 utterances in 8 groups (prompt "
        "one). angry, group speaker0: mean 75%, middle half 75–75%; angry, group speaker1"
    )
