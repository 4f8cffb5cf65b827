import numpy as np
import pytest
from matplotlib import pyplot as plt

from sottovoce.errors import ReadoutError, VotesError
from sottovoce.plots import describe_prompt_strip, prompt_strip

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")

PROMPTS = ["one_word", "percentages", "json"]


def drawn(ax, emotion):
    return np.concatenate([c.get_offsets() for c in ax.collections if c.get_gid() == emotion])


def bars(ax):
    return [line.get_xdata()[0] for line in ax.lines if line.get_gid() == "listeners"]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def printed(ax, gid):
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def test_dots_are_the_shares_under_every_prompt_and_bars_the_votes(votes, predicted):
    listeners = votes(5)
    shares = predicted(listeners, PROMPTS)
    ax = prompt_strip(shares, "clip0003", reference=listeners)
    one = shares.sel(utterance="clip0003")
    for emotion in one["emotion"].values:
        np.testing.assert_allclose(drawn(ax, emotion)[:, 0], one.sel(emotion=emotion))
    np.testing.assert_allclose(bars(ax), listeners.values[3] / 9)
    assert legend(ax) == [*PROMPTS, "listeners"]


def test_the_order_of_the_votes_does_not_matter(votes, predicted):
    listeners = votes(5)
    shares = predicted(listeners, PROMPTS)
    ax = prompt_strip(shares, "clip0003", reference=listeners[:, ::-1])
    np.testing.assert_allclose(bars(ax), listeners.values[3] / 9)


def test_each_strip_tells_its_range_and_the_axis_what_moves_most(votes, predicted):
    shares = predicted(votes(1), ["one", "two"])
    shares[0, 0] = [0.9, 0.1, 0, 0, 0, 0]
    shares[0, 1] = [0.4, 0.1, 0.001, 0.4, 0.099, 0]
    ax = prompt_strip(shares)
    assert printed(ax, "range") == ["40–90%", "10%", "0–0.1%", "0–40%", "0–10%", "0%"]
    assert ax.get_xlabel() == "angry moves most: 40% (two) to 90% (one)"
    assert bars(ax) == []


def test_many_prompts_are_told_apart_by_their_form(votes, predicted):
    listeners = votes(1)
    shares = predicted(listeners, [f"prompt{i}" for i in range(20)])
    assert legend(prompt_strip(shares)) == ["prompt (20)"]
    shares = shares.assign_coords(prompt_format=("prompt", ["word"] * 14 + ["json"] * 6))
    ax = prompt_strip(shares, reference=listeners)
    assert legend(ax) == ["word (14)", "json (6)", "listeners"]
    assert len(drawn(ax, "sad")) == 20


@pytest.mark.parametrize("n_prompts", [1, 6, 27, 300])
def test_dots_keep_to_their_strip_and_rarely_meet(votes, predicted, n_prompts):
    shares = predicted(votes(1), [f"prompt{i}" for i in range(n_prompts)])
    ax = prompt_strip(shares)
    ax.figure.canvas.draw()
    for row, emotion in enumerate(shares["emotion"].values):
        places = drawn(ax, emotion)
        assert np.abs(places[:, 1] - row).max() <= 0.5
        assert len(np.unique(places.round(6), axis=0)) == n_prompts


@pytest.mark.parametrize("size", [(3.4, 2.6), (5.4, 4.4), (9, 6)])
def test_nothing_is_cut(votes, predicted, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    listeners = votes(1).assign_coords(utterance=["録音１"])
    shares = predicted(listeners, ["一語", "割合", "$5"])
    assert prompt_strip(shares, reference=listeners, ax=ax) is ax
    figure.canvas.draw()
    texts = [*ax.texts, *ax.get_yticklabels(), *ax.get_legend().get_texts(), ax.xaxis.label]
    for text in texts:
        box = text.get_window_extent()
        assert box.x0 >= -1
        assert box.x1 <= figure.bbox.x1 + 1


def test_a_prompt_without_an_answer_is_counted(votes, predicted):
    shares = predicted(votes(1), PROMPTS)
    shares[0, 1] = np.nan
    title = prompt_strip(shares).get_title(loc="left")
    assert title == "clip0000  ·  answer_step  ·  2 prompts, 1 without an answer"
    shares[:] = np.nan
    with pytest.raises(ReadoutError, match="shares are missing under every prompt"):
        prompt_strip(shares)


def test_what_cannot_be_drawn_is_refused_by_name(votes, predicted):
    listeners = votes(5)
    shares = predicted(listeners, PROMPTS)
    with pytest.raises(ReadoutError, match="shares have 5 utterances: say utterance= one of"):
        prompt_strip(shares)
    with pytest.raises(ReadoutError, match="utterance='x' is not in the shares"):
        prompt_strip(shares, "x")
    with pytest.raises(VotesError, match="no votes for 'clip0003': leave reference out"):
        prompt_strip(shares, "clip0003", reference=listeners[:2])
    with pytest.raises(VotesError, match="both must be the same"):
        prompt_strip(shares[..., :4], "clip0003", reference=listeners)


def test_description_tells_ranges_and_votes(votes, predicted):
    listeners = votes(1)
    listeners[0] = [9, 0, 0, 0, 0, 0]
    told = describe_prompt_strip(predicted(listeners, ["one"]), reference=listeners)
    assert told.startswith("Strip plot: shares of 6 emotions in clip0000 under 1 prompt. angry ")
    assert ", listeners 100%; disgusted" in told
    assert "moves most" not in told
