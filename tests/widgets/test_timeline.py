import io
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import xarray as xr

sys.path.insert(0, str(Path(__file__).parent))

from talks import PAUSE, SECONDS, talk

import sottovoce
from sottovoce.audio import windows
from sottovoce.errors import ReadoutError, RecordingError, RunError
from sottovoce.evaluation import entropy
from sottovoce.widgets import Timeline
from sottovoce.widgets.shared.still import Still


@pytest.fixture(scope="module")
def model():
    return sottovoce.load_model()


@pytest.fixture(scope="module")
def recording():
    return talk()


@pytest.fixture(scope="module")
def run(model, recording):
    parts = windows(recording, SECONDS)
    return sottovoce.capture(model, parts, ["one_word", "percentages"], progress=False)


@pytest.fixture
def timeline(run, recording):
    return Timeline(run, recording)


def ask(timeline, **content):
    timeline.view._handle_custom_msg(content, [])


def test_the_ribbon_shows_the_turns_and_the_pause(timeline, run):
    assert isinstance(timeline, Still)
    shares = timeline.shares
    assert shares.dims == ("utterance", "emotion")
    leading = [
        "" if row.isnull().all() else str(row.idxmax("emotion").item()) for row in shares
    ]  # fmt: skip
    assert leading == ["angry", "angry", "", "sad", "sad", "happy", "happy"]
    assert shares.start.values.tolist() == [0, 3, 6, 9, 12, 15, 18]
    expected = sottovoce.read_out(run, "answer_step").sel(prompt="one_word")
    xr.testing.assert_equal(shares, expected)
    np.testing.assert_allclose(timeline.entropy, entropy(shares))
    shown = timeline.view.shown
    np.testing.assert_array_equal(shown["windows"][0]["shares"], shares[0])
    assert [(one["from"], one["to"]) for one in shown["windows"]][:2] == [(0, 3), (3, 6)]
    assert not shown["overlapping"]
    pause = shown["windows"][PAUSE]
    assert pause["shares"] is None
    assert pause["message"].startswith("talk@6.0s: the recording is silent")
    assert (pause["from"], pause["to"]) == (6, 9)
    assert shown["duration"] == 21


def test_choices_come_from_code_and_from_the_browser(timeline, run):
    timeline.prompt = "percentages"
    ask(timeline, kind="choose", part="readout", value="mean_prob")
    ask(timeline, kind="choose", part="steps", value=[0, 1])
    expected = sottovoce.read_out(run, "mean_prob", steps=[0, 1]).sel(prompt="percentages")
    xr.testing.assert_equal(timeline.shares, expected)
    assert timeline.view.shown["steps"] == [0, 1]
    with pytest.raises(RunError, match="it has 'one_word', 'percentages'"):
        timeline.prompt = "poem"
    with pytest.raises(ReadoutError, match="must be one of"):
        timeline.readout = "majority"
    with pytest.raises(RunError, match="window=7 must be from 0 to 6"):
        timeline.window = 7
    turn = timeline.view.shown["turn"]
    ask(timeline, kind="choose", part="readout", value="majority")
    assert "majority" in timeline.messages.text
    assert timeline.view.shown["turn"] > turn
    assert timeline.readout == "mean_prob"
    timeline.readout = "text"
    assert timeline.messages.text == ""


def test_a_window_is_sent_when_it_is_to_be_heard(timeline, recording):
    assert timeline.view.sound == {}
    ask(timeline, kind="hear", window=3)
    sent = timeline.view.sound
    assert (sent["recording"], sent["window"]) == ("talk", 3)
    samples, rate = soundfile.read(io.BytesIO(sent["wav"]), dtype="float32")
    assert rate == 16000
    np.testing.assert_allclose(samples, recording.samples[9 * rate : 12 * rate], atol=1e-4)
    ask(timeline, kind="hear", window=3)
    assert timeline.view.sound["turn"] > sent["turn"], "a second view gets it too"
    ask(timeline, kind="hear", window=99)
    assert "no sound to hear" in timeline.messages.text


def test_the_chosen_window_is_that_of_the_view(timeline):
    timeline.view.set_state({"window": 4})
    assert timeline.window == 4
    timeline.window = 1
    assert timeline.view.window == 1


def test_windows_that_overlap_are_drawn_where_their_middle_is_nearest(model, recording):
    overlapping = Timeline.of(model, recording, seconds=3, hop=1.5, progress=False)
    shown = overlapping.view.shown
    assert shown["overlapping"]
    first, second = shown["windows"][:2]
    assert (first["start"], first["end"], first["from"], first["to"]) == (0, 3, 0, 2.25)
    assert (second["start"], second["end"], second["from"], second["to"]) == (1.5, 4.5, 2.25, 3.75)
    ends = [one["to"] for one in shown["windows"]]
    assert ends[:-1] == [one["from"] for one in shown["windows"]][1:]
    assert ends[-1] == 21
    assert "The windows overlap" in overlapping.to_html()


def test_windows_within_each_other_are_refused(run):
    same = run.assign_coords(start=("utterance", np.zeros(run.sizes["utterance"])))
    with pytest.raises(RunError, match="lie within each other"):
        Timeline(same)


def test_stretches_that_nobody_captured_stay_empty(run, recording):
    parts = Timeline(run.isel(utterance=[5, 0]), recording)
    shown = parts.view.shown["windows"]
    assert [(one["from"], one["to"]) for one in shown] == [(0, 3), (15, 18)]


def test_of_several_recordings_one_is_shown_and_another_can_be_chosen(
    model, run, recording, tmp_path
):
    other = talk("other")
    both = sottovoce.capture(
        model,
        [*windows(recording, 3), *windows(other, 5)],
        "one_word",
        progress=False,
    )
    timeline = Timeline(both, "other")
    assert timeline.view.choices["recordings"] == ["talk", "other"]
    assert (timeline.recording, len(timeline.windows)) == ("other", 5)
    timeline.window = 4
    timeline.recording = "talk"
    assert (timeline.window, timeline.run.sizes["utterance"]) == (0, 7)
    assert timeline.sound is None
    given = Timeline(both, other)
    assert given.recording == "other"
    assert given.sound.duration == 21
    given.recording = "talk"
    assert given.sound is None, "the sound that was given is of the other"
    path = tmp_path / "other.wav"
    soundfile.write(path, other.samples, other.rate)
    assert Timeline(both, path).recording == "other"


def test_the_file_that_the_run_names_is_played(model, recording, tmp_path):
    path = tmp_path / "long.wav"
    soundfile.write(path, recording.samples, recording.rate)
    run = sottovoce.capture(model, path, "one_word", progress=False)
    assert run.recording.values.tolist() == ["long"] * 4
    timeline = Timeline(run)
    assert timeline.sound.duration == 21
    assert timeline.view.outline["duration"] == 21
    path.unlink()
    lost = Timeline(run)
    assert lost.sound is None
    assert not lost.view.shown["audible"]
    assert lost.view.outline == {}
    ask(lost, kind="hear", window=0)
    assert "give Timeline(run, recording=...)" in lost.messages.text
    gone = Timeline(run, path)
    assert "there is no such file" in gone.messages.text


def test_a_sound_that_is_not_the_one_captured_is_not_played(run, recording):
    short = sottovoce.Recording(recording.samples[: 5 * 16000], 16000, id="talk")
    timeline = Timeline(run, short)
    assert timeline.sound is None
    assert "talk lasts 5.0 s, but the run has a window up to 21.0 s" in timeline.messages.text


def test_an_old_run_is_refused_with_the_remedy(run):
    older = run.drop_vars(["recording", "start"])
    with pytest.raises(RunError, match=r"run\.assign_coords\(recording=") as told:
        Timeline(older)
    names, starts = run.recording.values, run.start.values
    mended = older.assign_coords(recording=("utterance", names), start=("utterance", starts))
    assert len(Timeline(mended).windows) == 7
    assert "older sottovoce" in str(told.value)


@pytest.mark.parametrize("nothing", [None, xr.Dataset()])
def test_what_is_no_run_is_refused(nothing):
    with pytest.raises(RunError):
        Timeline(nothing)


def test_a_recording_that_fails_everywhere_is_all_gaps(run, recording):
    silent = run.isel(utterance=[PAUSE])
    timeline = Timeline(silent, recording)
    assert timeline.view.shown["windows"][0]["shares"] is None
    timeline.to_figure().canvas.draw()
    assert "is silent" in timeline.to_html()


def test_the_code_makes_the_same_numbers(model, recording, run, tmp_path):
    path = tmp_path / "it's long.wav"
    soundfile.write(path, recording.samples, recording.rate)
    captured = Timeline.of(model, path, "one_word", seconds=4, hop=2, progress=False)
    saved = sottovoce.save_run(run, tmp_path / "run.zarr")
    opened = Timeline(sottovoce.open_run(saved), recording, "percentages", "mean_prob", steps=[0])
    for timeline, known in ((captured, {}), (opened, {}), (Timeline(run), {"run": run})):
        names = dict(known)
        exec(timeline.code(), names)  # noqa: S102 - that it runs is what is tested
        np.testing.assert_array_equal(names["shares"], timeline.shares)
        np.testing.assert_array_equal(names["uncertainty"], timeline.entropy)
    made = Timeline.of(model, recording, ["one_word"], tokens="emotions", progress=False)
    names = {"source": recording}
    exec(made.code(), names)  # noqa: S102
    np.testing.assert_array_equal(names["shares"], made.shares)


def test_impossible_windows_are_refused(model, recording):
    with pytest.raises(RecordingError, match="hop=5"):
        Timeline.of(model, recording, seconds=3, hop=5)
    with pytest.raises(RecordingError, match="no such file"):
        Timeline.of(model, "nowhere.wav")


def test_the_still_forms_hold_the_numbers_the_sound_and_no_markup_of_others(run, recording):
    hostile = "<img src=x onerror=alert(1)>"
    n = run.sizes["utterance"]
    named = run.assign_coords(prompt=[hostile, "b"], recording=("utterance", [hostile] * n))
    named["answer"] = named.answer.copy(data=np.full((n, 2), hostile, dtype=object))
    timeline = Timeline(named, sottovoce.Recording(recording.samples, 16000, id=hostile))
    page = timeline.to_html()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page
    assert "data:audio/wav;base64,UklGR" in page
    share = float(timeline.shares[0].sel(emotion="angry"))
    assert f"{share:.1%}" in page
    assert f"{share:.1%}" in str(timeline.still())
    figure = timeline.to_figure()
    figure.canvas.draw()
    ribbon = figure.axes[0]
    heights = [bar.get_height() for bar in ribbon.containers[0]]
    np.testing.assert_allclose(heights, timeline.shares.sel(emotion="angry").dropna("utterance"))
    assert [bar.get_x() for bar in ribbon.containers[0]] == [0, 3, 9, 12, 15, 18]
    assert "http" not in page.replace("http-equiv", "")


def test_a_page_leaves_out_a_sound_that_is_too_large(run, recording, monkeypatch):
    monkeypatch.setattr("sottovoce.widgets.timeline.still.MOST_BYTES", 1000)
    page = Timeline(run, recording).to_html()
    assert "data:audio" not in page
    assert "too large for this page" in page
