import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.stats import entropy

from sottovoce.errors import ReadoutError, VotesError
from sottovoce.evaluation import evaluate
from sottovoce.plots import ambiguity_scatter, describe_ambiguity_scatter

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def points(ax):
    (drawn,) = [c for c in ax.collections if c.get_gid() == "utterances"]
    return drawn


def subtitle(ax):
    (text,) = [text for text in ax.texts if text.get_gid() == "subtitle"]
    return text.get_text()


def test_points_are_the_entropies_in_bits(votes, predicted):
    listeners = votes(8)
    shares = predicted(listeners, ["one"])
    drawn = points(ambiguity_scatter(shares, listeners)).get_offsets()
    wanted = np.column_stack(
        [entropy(listeners.values, base=2, axis=1), entropy(shares.values[:, 0], base=2, axis=1)]
    )
    np.testing.assert_allclose(sorted(drawn.tolist()), sorted(wanted.tolist()))


def test_the_correlation_told_is_that_of_evaluate(votes, predicted):
    listeners = votes(60)
    shares = predicted(listeners, ["one"])
    result = evaluate(shares, listeners).sel(measure="entropy_rho").isel(predictor=0, prompt=0)
    rho, low, high = (f"{result[name].item():.2f}" for name in ("value", "low", "high"))
    told = f"Spearman's ρ {rho} [{low}, {high}], 95% interval over 10 speakers"
    assert subtitle(ambiguity_scatter(shares, listeners)) == told
    assert told in describe_ambiguity_scatter(shares, listeners)


def test_utterances_in_one_place_are_a_larger_point_and_the_legend_says_so(votes, predicted):
    listeners = votes(12)
    listeners[:] = [9, 0, 0, 0, 0, 0]
    shares = predicted(listeners, ["one"])
    shares[:] = [1, 0, 0, 0, 0, 0]
    shares[0] = 1 / 6
    ax = ambiguity_scatter(shares, listeners)
    sizes = points(ax).get_sizes()
    assert sizes[0] == pytest.approx(11 * sizes[1])
    np.testing.assert_allclose(points(ax).get_offsets(), [[0, 0], [0, np.log2(6)]], atol=1e-9)
    assert [text.get_text() for text in ax.get_legend().get_texts()][1:] == ["1", "4", "11"]


def test_thousands_are_small_faint_and_all_there(votes, predicted):
    few, many = (
        points(ambiguity_scatter(predicted(listeners, ["one"]), listeners))
        for listeners in (votes(30), votes(3000))
    )
    single = many.get_sizes().min()
    assert single < 0.3 * few.get_sizes().min()
    assert round(many.get_sizes().sum() / single) == 3000
    assert many.get_alpha() < few.get_alpha()


@pytest.mark.parametrize("size", [(3.2, 3.6), (5.4, 4.4), (9, 6)])
def test_it_is_square_and_nothing_is_cut(votes, predicted, size):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    listeners = votes(300)
    assert ambiguity_scatter(predicted(listeners, ["録音の質問"]), listeners, ax=ax) is ax
    figure.canvas.draw()
    box = ax.get_window_extent()
    assert box.width == pytest.approx(box.height, rel=0.01)
    assert ax.get_xlim() == ax.get_ylim()
    legend = ax.get_legend().get_window_extent()
    label = ax.xaxis.label.get_window_extent()
    assert legend.y0 >= -1
    assert legend.y1 <= label.y0 + 1


def test_missing_shares_are_counted(votes, predicted):
    listeners = votes(30)
    shares = predicted(listeners, ["one"])
    shares[:2] = np.nan
    title = ambiguity_scatter(shares, listeners).get_title(loc="left")
    assert title == "one  ·  answer_step  ·  28 of 30 utterances"
    shares[:] = np.nan
    ambiguity_scatter(shares, listeners).figure.canvas.draw()
    assert describe_ambiguity_scatter(shares, listeners).endswith("None of them has shares.")


def test_one_utterance_has_no_correlation(votes, predicted):
    listeners = votes(1)
    ax = ambiguity_scatter(predicted(listeners, ["one"]), listeners)
    assert subtitle(ax) == "Spearman's ρ not defined (equal entropies)"


def test_a_prompt_must_be_chosen_and_known(votes, predicted):
    listeners = votes(30)
    shares = predicted(listeners, ["one", "two"])
    assert (
        ambiguity_scatter(shares, listeners, prompt="two").get_title(loc="left")
        == "two  ·  answer_step  ·  30 utterances"
    )
    with pytest.raises(
        ReadoutError, match="shares have 2 prompts: say prompt= one of 'one', 'two'"
    ):
        ambiguity_scatter(shares, listeners)
    with pytest.raises(ReadoutError, match="prompt='three' is not in the shares"):
        ambiguity_scatter(shares, listeners, prompt="three")
    with pytest.raises(ReadoutError, match=r"this is dimensions \('step',\)"):
        ambiguity_scatter(shares.rename(emotion="step")[0, 0], listeners)
    with pytest.raises(ReadoutError, match="this is a dict"):
        ambiguity_scatter({"a": shares}, listeners)
    with pytest.raises(VotesError, match="no utterance has both"):
        ambiguity_scatter(shares[:2], listeners[2:], prompt="one")
