import re
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


def key_names(ax):
    return [text for text in ax.texts if text.get_text() in lines(ax)]


def markers(ax, kind="_marker"):
    found = [line for line in ax.get_lines() if line.get_label() == kind]
    return {(line.get_xdata()[0], line.get_color(), line.get_ydata()[0]) for line in found}


def labels(ax):
    """Return what is written in the axes, the name of the answer step aside."""
    inside = [text for text in ax.texts if re.fullmatch(r"(\S+ )?<?[\d.]+%", text.get_text())]
    return [text for text in inside if text.xy != (1, 1)]


def test_lines_are_the_pooled_log_probabilities_clamped_at_the_floor(run):
    ax = trajectories(run, "1061_TIE_ANG_XX", "percentages")
    expected = pooled_log_probability(run, None).squeeze(["utterance", "prompt"])
    assert list(lines(ax)) == list(EMOTION_COLORS)
    for name, line in lines(ax).items():
        p = np.exp(expected.sel(emotion=name)[:18].values)
        drawn = ~np.isnan(line.get_ydata())
        clamped = np.log(np.maximum(p, 1e-4))
        np.testing.assert_allclose(line.get_ydata()[drawn], clamped[drawn])
        assert (p[~drawn] <= 1e-4).all()
        assert line.get_color() == EMOTION_COLORS[name]


def test_what_is_above_the_floor_has_a_marker_and_what_is_below_has_none(run):
    ax = trajectories(run)
    expected = pooled_log_probability(run, None).squeeze(["utterance", "prompt"])
    above = {
        (step, EMOTION_COLORS[name])
        for name in EMOTION_COLORS
        for step in range(18)
        if expected.sel(emotion=name)[step] > np.log(1e-4)
    }
    assert {(step, color) for step, color, _ in markers(ax)} == above
    assert len(above) < 6 * 18


def test_the_emotions_that_were_said_are_ringed(run):
    ax = trajectories(run)
    assert {step for step, *_ in markers(ax, "_ring")} == {0, 6, 12}
    assert "ringed above" in ax.get_xlabel()


def test_ticks_are_probabilities_down_to_the_floor(run):
    ticks = [tick.get_text() for tick in trajectories(run).get_yticklabels()]
    assert ticks == ["100%", "10%", "1%", "0.1%", "<0.01%"]


def test_the_floor_sinks_where_all_emotions_are_unlikely(run):
    unlikely = run.assign(log_normalizer=run["log_normalizer"] + 12)
    ax = trajectories(unlikely)
    assert markers(ax)
    assert ax.get_yticklabels()[-1].get_text() == "<0.00001%"
    assert describe_trajectories(unlikely).endswith("Emotions had little weight at any step.")


@pytest.mark.parametrize("size", [(4, 3), (7, 3), (12, 5)])
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_the_leading_emotions_are_named_and_nothing_overlaps(run, size, layout):
    figure, ax = plt.subplots(figsize=size, layout=layout)
    trajectories(run, ax=ax)
    figure.canvas.draw()
    assert labels(ax)
    boxes = [Text.get_window_extent(text).shrunk(1, 0.8) for text in labels(ax)]
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))


def test_labels_tell_what_won_where_emotions_were_said(run):
    ax = trajectories(run)
    p = np.exp(pooled_log_probability(run, None)).squeeze(["utterance", "prompt"])
    told = {text.get_text() for text in labels(ax)}
    for step in (0, 6, 12):
        winner = str(p["emotion"][int(p[step].argmax("emotion"))].item())
        assert f"{winner} {float(p[step].max()):.0%}" in told
    assert {text.xy[0] for text in labels(ax)} == {0, 6, 12}


def test_the_key_is_ordered_by_the_answer_step(run):
    p = np.exp(pooled_log_probability(run, None)).squeeze(["utterance", "prompt"])[0]
    expected = [str(p["emotion"].values[i]) for i in np.argsort(-p.values)]
    assert [name.get_text() for name in key_names(trajectories(run))] == expected


def test_a_long_key_is_cut_and_says_so(make_run):
    many = {f"concept{i}": [f" word{i}"] for i in range(40)}
    ax = trajectories(make_run([" word3", "."], many))
    shown = len(key_names(ax))
    assert f"and {40 - shown} more" in [text.get_text() for text in ax.texts]


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


def test_names_in_the_key_do_not_overlap(run):
    ax = trajectories(run)
    ax.figure.canvas.draw()
    boxes = [Text.get_window_extent(name) for name in key_names(ax)]
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


@pytest.mark.parametrize("steps", [1, 3, 58])
def test_any_number_of_steps(make_run, steps):
    ax = trajectories(make_run([" happy", *[" and", " sad"] * 29][:steps]))
    ax.figure.canvas.draw()
    assert len(ax.get_xticklabels()) == steps


def test_an_end_that_is_spelled_is_the_end_and_a_cut_answer_has_none(run, make_run):
    spelled = run.assign(chosen_text=run["chosen_text"].copy(deep=True))
    spelled["chosen_text"][0, 0, 17] = "<|im_end|>"
    assert trajectories(spelled).get_xticklabels()[-1].get_text() == "‹end›"
    cut = make_run([" sad", " and", " then"])
    assert trajectories(cut).get_xticklabels()[-1].get_text() == "␣then"


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
    assert told.startswith("Line chart: probability, on a log scale, of 6 emotions over the 18 ")
    assert "The model said: angry 60%, sad 30%, neutral 10%." in told
    assert "where it emitted '␣angry', the likeliest were angry" in told
    assert "Emotions had weight at 3 steps (step 1, '␣angry': angry " in told
