"""The linked view without a browser: what it sends, and its forms without a kernel."""

import io
import json
import re
from html import unescape

import numpy as np
import pytest
import soundfile
import xarray as xr
from linked_example import EMITTED, EMOTIONS, HOSTILE, make_run, make_shares, make_tone

from sottovoce.dataset import log_probability
from sottovoce.errors import RunError
from sottovoce.readout import choose_steps, pooled_log_probability, read_out
from sottovoce.widgets import LinkedView
from sottovoce.widgets.linked_view.view_state import answer_state, shares_state


@pytest.fixture
def run():
    return make_run()


@pytest.fixture
def view(run):
    view = LinkedView()
    shares = make_shares(run)
    used = choose_steps(run, "emotion")
    view.show(run, "anna", "one_word", shares=shares, recording=make_tone(), used_steps=used)
    return view


def test_probabilities_are_those_of_the_run(run):
    steps = answer_state(run, "anna", "one_word")["steps"]
    assert [step["p"] for step in steps] == pytest.approx([EMITTED, 0.5, EMITTED, 0.75, EMITTED])
    assert [step["label"] for step in steps] == ["I", "␣angry", "↵", "6", "‹end›"]
    assert [step["concept"] for step in steps] == ["", "angry", "", "", ""]
    assert [step["entropy"] for step in steps] == [0.5, 1.5, 2.5, 3.5, 4.5]


def test_every_step_sums_to_one(run):
    for utterance in ("anna", HOSTILE):
        for step in answer_state(run, utterance, "one_word")["steps"]:
            listed = sum(entry["p"] for entry in step["alternatives"])
            assert listed + step["rest"] + step["beyond"] == pytest.approx(1, abs=1e-6)
            assert sum(entry["emitted"] for entry in step["alternatives"]) == 1


def test_alternatives_are_sorted_and_say_what_they_speak_for(run):
    step = answer_state(run, "anna", "one_word")["steps"][1]
    told = [(entry["label"], round(entry["p"], 3)) for entry in step["alternatives"][:3]]
    assert told == [("␣angry", 0.5), ("␣happy", 0.2), ("angry", 0.1)]
    assert step["alternatives"][1]["concept"] == "happy"
    assert step["beyond"] == pytest.approx(0.15, abs=1e-5)


def test_an_emitted_token_that_is_not_followed_is_listed(run):
    step = answer_state(run, "anna", "one_word")["steps"][0]
    assert step["alternatives"][0] == {
        "label": "I",
        "concept": "",
        "p": pytest.approx(EMITTED),
        "emitted": True,
        "followed": False,
    }


def test_what_is_kept_but_not_listed_is_summed(run, monkeypatch):
    monkeypatch.setattr("sottovoce.widgets.linked_view.view_state.MOST_ALTERNATIVES", 2)
    step = answer_state(run, "anna", "one_word")["steps"][1]
    p = np.exp(log_probability(run).sel(utterance="anna", prompt="one_word")[1].values)
    assert step["n_rest"] == 4
    assert step["rest"] == pytest.approx(p.sum() - 0.7)


def test_an_emitted_token_is_listed_however_unlikely(run, monkeypatch):
    monkeypatch.setattr("sottovoce.widgets.linked_view.view_state.MOST_ALTERNATIVES", 1)
    made = run.assign(chosen_token=run["chosen_token"].where(run["chosen_token"] != 0, 1))
    step = answer_state(made, "anna", "one_word")["steps"][1]
    assert [entry["label"] for entry in step["alternatives"]] == ["angry"]


def test_trajectories_are_pooled_over_spellings(run):
    made = answer_state(run, "anna", "one_word")["trajectories"]
    pooled = np.exp(pooled_log_probability(run, None).sel(utterance="anna", prompt="one_word"))
    assert [emotion["name"] for emotion in made["emotions"]] == EMOTIONS
    for emotion in made["emotions"]:
        assert emotion["p"] == pytest.approx(pooled.sel(emotion=emotion["name"]).values)
    assert made["emotions"][0]["p"][1] == pytest.approx(0.6)
    assert made["answer_step"] == 1


def test_a_run_without_emotions_says_so(run):
    numbers = run.isel(token=run["kind"].values == "percentage")
    made = answer_state(numbers, "anna", "one_word")
    assert made["trajectories"] is None
    assert "No token of this run stands for 'angry'" in made["note"]


def test_a_failed_recording_is_told(run):
    made = answer_state(run, "lost", "one_word")
    assert (made["status"], made["steps"]) == ("error", [])
    assert made["message"] == f"{HOSTILE}.wav: no audio"


def test_all_that_is_sent_is_json(view, run):
    view.show(run, HOSTILE, "one_word", shares=make_shares(run))
    for state in (view.answer, view.bars):
        assert json.loads(json.dumps(state, allow_nan=False)) == state
    assert view.answer["steps"][2]["label"] == "‹end›" or "\x1b" not in json.dumps(view.answer)


def test_half_a_surrogate_pair_can_be_sent(run):
    odd = "caf\udce9"
    named = run.assign_coords(utterance=[odd, HOSTILE, "lost"])
    view = LinkedView()
    view.show(named, odd, "one_word", shares={})
    assert view.answer["utterance"] == "caf\\udce9"
    view.to_html().encode("utf-8")


def test_shares_sum_to_one_or_are_told_missing(run):
    made = shares_state(make_shares(run), "anna", "one_word")
    shares = {source["label"]: source["shares"] for source in made["sources"]}
    assert shares["listeners"] == [0.75, 0.25, 0.0]
    assert shares["token level"] == pytest.approx([0.6, 0.3, 0.1])
    assert shares["text level"] is None
    assert made["sources"][1]["note"] == "cannot be read from this answer"
    assert [source["people"] for source in made["sources"]] == [False, False, True, False]


def test_shares_are_handed_over_as_shown(view):
    assert view.shares.dims == ("source", "emotion")
    assert view.shares.sel(source="constant").values.tolist() == [0.25, 0.25, 0.5]
    assert view.shares.sel(source="text level").isnull().all()
    assert LinkedView().shares is None


def test_the_sound_is_a_wav_at_its_own_rate(view):
    samples, rate = soundfile.read(io.BytesIO(view.audio), dtype="float32")
    assert rate == 16000
    assert samples == pytest.approx(make_tone().samples, abs=1e-4)
    assert view.sound["duration"] == 2.0
    assert len(view.sound["low"]) == len(view.sound["high"]) == 800
    assert max(view.sound["high"]) == pytest.approx(1, abs=0.01)


def test_without_a_recording_there_is_no_sound(view, run):
    view.show(run, "anna", "one_word", shares={})
    assert view.sound is None
    assert view.audio == b""


def test_the_cursor_begins_at_the_answer_and_the_range_is_all(view):
    assert (view.step, view.step_range, view.time) == (1, (0, 4), 0.0)
    assert view.used_steps == [False, True, False, False, False]


def test_step_and_range_stay_within_the_answer(view):
    view.step = 99
    view.set_state({"step_range": [7, -2]})
    assert (view.step, view.step_range) == (4, (0, 4))
    view.step_range = (3, 2)
    assert view.step_range == (2, 3)


@pytest.fixture
def sent(view, monkeypatch):
    messages = []
    monkeypatch.setattr(view, "_send", lambda message, buffers=None: messages.append(message))
    return messages


def test_other_shares_are_one_small_message(view, run, sent):
    shares = {"token level": read_out(run, "mean_prob")}
    view.show_shares(shares, used_steps=[True] * 5)
    assert [set(message["state"]) for message in sent] == [{"bars", "used_steps", "python"}]
    expected = shares["token level"].sel(utterance="anna", prompt="one_word").values
    assert view.shares.values[0] == pytest.approx(expected)


def test_another_answer_is_one_message(view, run, sent):
    view.show(run, HOSTILE, "one_word", shares=make_shares(run), recording=make_tone(1))
    assert len(sent) == 1
    assert {"answer", "sound", "step_range"} <= set(sent[0]["state"])
    assert sent[0]["buffer_paths"] == [["audio"]]


def test_a_list_of_used_steps_is_taken_too(view):
    view.show_shares({}, used_steps=[True, False, True, False, False, True, True])
    assert view.used_steps == [True, False, True, False, False]


def test_a_recording_that_nobody_heard_has_no_votes(view):
    votes = xr.DataArray([[3, 1, 0]], {"utterance": ["bob"], "emotion": EMOTIONS})
    view.show_shares({"listeners": votes})
    assert view.bars["sources"][0]["note"] == "no votes on this recording"
    assert view.shares.isnull().all()
    assert view.to_figure().axes


def test_nothing_changes_when_shares_do_not_fit(view, run):
    other = xr.DataArray([[1.0]], {"utterance": ["bob"], "emotion": ["sad"]})
    before = view.bars
    with pytest.raises(Exception, match="no utterance 'anna'"):
        view.show_shares({"token level": other})
    assert view.bars == before


def test_what_is_not_there_is_refused(run):
    view = LinkedView()
    with pytest.raises(RunError, match="Nothing is shown yet"):
        view.to_html()
    with pytest.raises(RunError, match="no answer yet"):
        view.show_shares({})
    with pytest.raises(RunError, match="utterance='bob' is not in this run"):
        view.show(run, "bob", "one_word", shares={})


def test_the_code_gives_the_same_shares(view, run, monkeypatch):
    shares = {**make_shares(run), "token level": read_out(run, "mean_prob", steps=slice(1, 3))}
    view.show(run, "anna", "one_word", shares=shares)
    monkeypatch.setattr("sottovoce.open_run", lambda path: run)
    names = {}
    exec(view.python, names)  # noqa: S102 - it is ours, and to run is what it is for
    xr.testing.assert_identical(names["view"].shares, view.shares)
    assert "steps=slice(1, 3, None)" in view.code()


def test_show_code_can_be_left_to_another_widget(run):
    view = LinkedView(show_code=False)
    view.show(run, "anna", "one_word", shares={})
    assert view.python == ""
    assert "# of the explorer" in view.to_html(code="# of the explorer")
    assert "view.show(run, 'anna'" in view.code()


def test_the_figure_has_trajectories_and_distribution(view):
    figure = view.to_figure()
    trajectories, bars = figure.axes[:2]
    assert trajectories.get_ylabel() == "probability, log scale"
    assert len(bars.containers) == 4


def test_a_saved_notebook_keeps_a_table(view, run):
    bundle, _ = view._repr_mimebundle_()
    html = bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert re.search(
        r'<th scope="row"[^>]*>listeners</th><td[^>]*>75%</td><td[^>]*>25%</td><td[^>]*>0%</td>',
        html,
    )
    assert "cannot be read from this answer" in html
    assert "<img" not in html
    assert "&lt;img src=x" in html
    view.show(run, "lost", "one_word", shares={})
    assert ".wav: no audio" in view._repr_mimebundle_()[0]["text/html"]
    assert "Nothing is shown yet" in LinkedView()._repr_mimebundle_()[0]["text/html"]


def test_the_page_fetches_nothing_and_nothing_ends_its_scripts(view, run):
    view.show(run, HOSTILE, "one_word", shares=make_shares(run), recording=make_tone(0.1))
    html = view.to_html()
    assert "default-src 'none'" in unescape(html)
    assert not re.search(r"(src|href)=\"(?!data:)", html)
    assert html.count("</script>") == 2
    assert "<img" not in html
    state = re.search(r'id="sottovoce-state">(.*?)</script>', html, re.DOTALL)
    assert "\u2028" not in state[1]
    assert json.loads(state[1])["answer"]["utterance"] == HOSTILE
