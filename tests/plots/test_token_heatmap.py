import numpy as np
import pytest
from matplotlib import pyplot as plt

from sottovoce.dataset import log_probability
from sottovoce.errors import RunError
from sottovoce.plots import describe_token_heatmap, token_heatmap

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_cells_are_log_probabilities_grouped_by_concept(run):
    ax = token_heatmap(run)
    ax.figure.canvas.draw()
    image = ax.get_images()[0].get_array()
    assert image.shape == (34, 18)
    assert rows(ax)[-11:] == [*"0123456789%"]
    assert rows(ax)[0] == "␣angry"
    texts = run["token_text"].values.tolist()
    expected = log_probability(run)[0, 0].values[:18, texts.index(" sad")]
    np.testing.assert_allclose(image[rows(ax).index("␣sad")], expected, rtol=1e-6)
    groups = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert groups[:2] == ["angry", "disgusted"]
    assert "percentages" in groups


def test_emitted_tokens_are_marked_where_they_stand(run):
    ax = token_heatmap(run)
    marks = {(round(frame.get_x() + 0.5), round(frame.get_y() + 0.5)) for frame in ax.patches}
    assert (0, rows(ax).index("␣angry")) in marks
    assert (2, rows(ax).index("6")) in marks
    assert len(marks) == 12
    bold = [label.get_text() for label in ax.get_xticklabels() if label.get_fontweight() == "bold"]
    assert bold == ["␣angry", "␣sad", "␣neutral"]


def test_the_likeliest_and_the_emitted_are_kept(make_run):
    many = {f"concept{i}": [f" word{i}{letter}" for letter in "abcdef"] for i in range(20)}
    run = make_run([" word3b", " and", " word17c", "."], many)
    ax = token_heatmap(run, max_tokens=15)
    assert len(rows(ax)) == 15
    assert {"␣word3b", "␣word17c"} <= set(rows(ax))
    assert "15 of 131 followed tokens" in ax.get_xlabel()


def test_what_never_has_weight_is_left_out_but_no_concept_is(run):
    unlikely = run.assign(logit=run["logit"].where(run["concept"] != "sad", -20.0))
    unlikely["logit"] = unlikely["logit"].where(unlikely["kind"] != "percentage", -20.0)
    unlikely["chosen_token"] = unlikely["chosen_token"].where(False, 7)
    ax = token_heatmap(unlikely)
    groups = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert groups == ["angry", "disgusted", "fearful", "happy", "neutral", "sad"]
    assert sum("ad" in row.lower() for row in rows(ax)) == 1
    assert f"{len(rows(ax))} of 34 followed tokens" in ax.get_xlabel()


def test_cells_tell_their_percentage_where_there_is_room(run):
    def cells(ax):
        return [text for text in ax.texts if text.get_gid() == "percentage"]

    p = np.exp(log_probability(run)[0, 0].values[:18])
    assert len(cells(token_heatmap(run))) == (p >= 0.01).sum()
    _, ax = plt.subplots(figsize=(5, 3))
    assert not cells(token_heatmap(run, ax=ax))


@pytest.mark.parametrize("max_tokens", [1, 40])
def test_rows_can_be_read(run, max_tokens):
    ax = token_heatmap(run, max_tokens=max_tokens)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    heights = np.diff([box.y0 for box in boxes])
    assert all(abs(step) > 0.8 * boxes[0].height for step in heights)


def test_row_labels_shrink_in_small_axes(run):
    _, ax = plt.subplots(figsize=(5, 3))
    assert token_heatmap(run, ax=ax) is ax
    assert ax.get_yticklabels()[0].get_fontsize() < 6


def test_nothing_to_draw_is_refused(run):
    with pytest.raises(RunError, match="the run follows 34 tokens, and max_tokens=0"):
        token_heatmap(run, max_tokens=0)
    with pytest.raises(RunError, match="the run follows 0 tokens"):
        token_heatmap(run.isel(token=[]))


def test_description_names_the_likeliest_cell(run):
    told = describe_token_heatmap(run)
    assert told.startswith("Heat map: probability, on a log scale, of 34 tokens at the 18 ")
    assert "The likeliest cell is the token" in told
