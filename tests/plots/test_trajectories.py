from itertools import combinations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from sottovoce.errors import ReadoutError, RunError
from sottovoce.plots import EMOTION_COLORS, describe_trajectories, trajectories
from sottovoce.readout import pooled_log_probability

pytestmark = pytest.mark.filterwarnings("ignore:No font with Japanese")


def lines(ax):
    return {
        line.get_label(): line
        for line in ax.get_lines()
        if not str(line.get_label()).startswith("_")
    }


def names_at_line_ends(ax):
    return [text for text in ax.texts if text.get_text() in lines(ax)]


def test_lines_are_the_pooled_log_probabilities(run):
    ax = trajectories(run, "1061_TIE_ANG_XX", "percentages")
    expected = pooled_log_probability(run, None).squeeze(["utterance", "prompt"])
    assert list(lines(ax)) == list(EMOTION_COLORS)
    for name, line in lines(ax).items():
        np.testing.assert_allclose(line.get_ydata(), expected.sel(emotion=name)[:18])
        assert line.get_color() == EMOTION_COLORS[name]


def test_tokens_stand_along_the_axis(run):
    ax = trajectories(run)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels[:6] == ["␣angry", "␣", "6", "0", "%", ","]
    assert labels[-1] == "‹end›"
    assert len(labels) == 18


def test_japanese_tokens_stand_along_the_axis(japanese):
    ax = trajectories(japanese)
    ax.figure.canvas.draw()
    assert ax.get_xticklabels()[0].get_text() in ("怒り", "□□")


def test_names_at_the_line_ends_do_not_overlap(run):
    ax = trajectories(run)
    ax.figure.canvas.draw()
    # Of the text alone: an annotation's own extent holds its line too.
    boxes = [Text.get_window_extent(name) for name in names_at_line_ends(ax)]
    assert len(boxes) == 6
    tight = [box.shrunk(1, 0.8) for box in boxes]
    assert not any(a.overlaps(b) for a, b in combinations(tight, 2))


def test_the_answer_step_is_shaded(make_run):
    ax = trajectories(make_run([" The", " voice", " sounds", " happy", "."]))
    assert "answer step" in [text.get_text() for text in ax.texts]
    (band,) = ax.patches
    assert band.get_extents().x0 < ax.transData.transform((3, 0))[0] < band.get_extents().x1


def test_given_axes_are_used_and_returned(run):
    figure, (left, right) = plt.subplots(1, 2)
    assert trajectories(run, ax=right) is right
    assert not left.has_data()
    assert plt.get_fignums() == [figure.number]


def test_some_emotions_and_own_concepts(run, make_run):
    assert list(lines(trajectories(run, emotions=["sad", "happy"]))) == ["sad", "happy"]
    own = make_run([" bored", "."], {"bored": [" bored"], "calm": [" calm"]})
    assert list(lines(trajectories(own))) == ["bored", "calm"]
    with pytest.raises(ReadoutError, match="'jealous'"):
        trajectories(run, emotions=["jealous"])


def test_an_answer_full_of_mathematics_is_drawn_as_text(make_run):
    ax = trajectories(make_run(["$", r"\frac", "{", "$", " sad"], utterance="$odd$ <name>"))
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left") == r"\$odd\$ <name>  ·  percentages"


def test_one_step_is_enough(make_run):
    trajectories(make_run([" happy"])).figure.canvas.draw()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("other", None), "utterance='other' is not in this run; it has '1061_TIE_ANG_XX'"),
        ((None, "other"), "prompt='other' is not in this run; it has 'percentages'"),
    ],
)
def test_unknown_names_are_told(run, names, message):
    with pytest.raises(RunError, match=message):
        trajectories(run, *names)


def test_a_failed_recording_is_told_with_its_reason(make_run):
    with pytest.raises(RunError, match=r"nothing to draw for 'clip' .*: silent"):
        trajectories(make_run([" sad", ""], utterance="clip", failed="silent"))


def test_description_says_what_is_to_be_seen(run):
    told = describe_trajectories(run)
    assert told.startswith("Line chart: log-probability of 6 emotions over the 18 decoding steps")
    assert "The model said: angry 60%, sad 30%, neutral 10%." in told
    assert "where it emitted '␣angry', the likeliest were angry" in told
