import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce.errors import ReadoutError, RunError
from sottovoce.evaluation import js_divergence
from sottovoce.widgets import Compare
from sottovoce.widgets.shared.still import Still

PROMPTS = ["one_word", "percentages"]
NAMES = ["anna_angry", "anna_sad", "tom_neutral-angry_3"]


@pytest.fixture(scope="module")
def corpus():
    return sottovoce.load_corpus("sample").select(utterances=NAMES)


@pytest.fixture(scope="module")
def run(corpus):
    recordings = {**corpus.recordings, "lost": "lost.wav"}
    return sottovoce.capture(sottovoce.load_model(), recordings, PROMPTS, progress=False)


@pytest.fixture
def compare(run, corpus):
    return Compare(run, corpus)


def choose(compare, side, part, value):
    """Do what the browser does when something is chosen."""
    content = {"kind": "choose", "side": side, "part": part, "value": value}
    compare.view._handle_custom_msg(content, [])


def keep(compare, part, value):
    compare.view._handle_custom_msg({"kind": "same", "part": part, "value": value}, [])


def test_unasked_it_compares_two_prompts_about_one_recording(compare, run):
    assert isinstance(compare, Still)
    assert compare.run is run
    assert compare.left == {
        "run": "run", "utterance": "anna_angry", "prompt": "one_word",
        "readout": "answer_step", "steps": "all",
    }  # fmt: skip
    assert compare.right == {**compare.left, "prompt": "percentages"}
    assert compare.same == ["utterance"]


def test_unasked_two_runs_are_compared_and_one_prompt_by_two_read_outs(run):
    two = Compare({"first": run, "second": run.isel(utterance=[1])})
    assert (two.left["run"], two.right["run"]) == ("first", "second")
    assert two.right["utterance"] == "anna_sad"
    assert two.same == []
    assert two.run is None
    alone = Compare(run.isel(prompt=[0]))
    assert (alone.left["readout"], alone.right["readout"]) == ("answer_step", "text")


def test_shares_difference_and_divergence_are_those_of_the_read_outs(compare, run):
    compare.right = {"utterance": "anna_sad", "prompt": "one_word", "readout": "text"}
    assert compare.left["utterance"] == "anna_sad", "the recording is kept the same"
    at = {"utterance": "anna_sad", "prompt": "one_word"}
    left = sottovoce.read_out(run, "answer_step").sel(at)
    right = sottovoce.read_out(run, "text").sel(at)
    np.testing.assert_array_equal(compare.shares.sel(side="left"), left)
    np.testing.assert_array_equal(compare.shares.sel(side="right"), right)
    assert compare.shares["readout"].values.tolist() == ["answer_step", "text"]
    np.testing.assert_allclose(compare.difference, right.values - left.values)
    assert compare.js == js_divergence(left, right)
    shown = compare.view.shown
    assert [one["left"] for one in shown["emotions"]] == left.values.tolist()
    assert shown["js"] == compare.js
    assert (shown["left"]["title"], shown["right"]["title"]) == ("answer_step", "text")


def test_listeners_stand_beside_both_sides(compare, corpus):
    compare.same = []
    compare.right = {"utterance": "tom_neutral-angry_3"}
    reference = corpus.reference.sel(utterance=["anna_angry", "tom_neutral-angry_3"])
    np.testing.assert_allclose(
        compare.reference, reference.sel(emotion=compare.shares["emotion"].values)
    )
    shown = compare.view.shown
    np.testing.assert_allclose(shown["right"]["listeners"], compare.reference[1])
    expected = js_divergence(compare.shares[1], compare.reference[1])
    assert shown["right"]["js_listeners"] == pytest.approx(float(expected))


def test_a_part_is_changed_and_the_rest_stays(compare):
    compare.left = {"readout": "mean_prob", "steps": [0, 1]}
    assert compare.left["steps"] == [0, 1]
    assert compare.left["prompt"] == "one_word"
    assert compare.shares["steps"].values.tolist() == ["0, 1", "all"]
    compare.left = {"readout": "text"}
    assert (compare.left["readout"], compare.left["steps"]) == ("text", [0, 1])


def test_what_is_kept_the_same_follows_from_either_side(compare):
    keep(compare, "readout", True)
    choose(compare, "right", "readout", "mean_logprob")
    assert compare.left["readout"] == "mean_logprob"
    choose(compare, "left", "utterance", "anna_sad")
    assert compare.right["utterance"] == "anna_sad"
    keep(compare, "utterance", False)
    choose(compare, "left", "utterance", "anna_angry")
    assert compare.right["utterance"] == "anna_sad"
    keep(compare, "utterance", True)
    assert compare.right["utterance"] == "anna_angry"
    assert compare.view.shown["same"] == ["utterance", "readout"]


def test_a_side_that_cannot_follow_is_let_go_with_the_reason(run):
    compare = Compare({"all": run, "few": run.isel(utterance=[0])}, same=["utterance"])
    choose(compare, "left", "utterance", "anna_sad")
    assert compare.same == []
    assert "utterance='anna_sad' is not in this run" in compare.messages.text
    assert compare.right["utterance"] == "anna_angry"
    assert compare.left["utterance"] == "anna_sad"
    choose(compare, "left", "run", "few")
    assert compare.left["utterance"] == "anna_angry"


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        ({"utterance": "nobody"}, RunError, "it has 'anna_angry', 'anna_sad'"),
        ({"prompt": "poem"}, RunError, "it has 'one_word', 'percentages'"),
        ({"run": "other"}, RunError, "run='other' must be one of 'run'"),
        ({"speaker": "anna"}, RunError, "must be one of 'run', 'utterance'"),
        ({"readout": "majority"}, ReadoutError, "readout='majority' must be one of"),
        ({"steps": "last"}, ReadoutError, "steps='last' must be one of"),
        ({"steps": [-1]}, ReadoutError, "count from 0"),
    ],
)
def test_what_is_not_there_is_refused_in_words(compare, run, change, error, told):
    before = compare.left
    with pytest.raises(error, match=told):
        compare.left = change
    with pytest.raises(error, match=told):
        Compare(run, left=change)
    part, value = next(iter(change.items()))
    choose(compare, "left", part, value)
    assert told.split("'")[0] in compare.messages.text
    assert compare.left == before
    choose(compare, "left", "prompt", "percentages")
    assert compare.messages.text == ""


def test_a_refused_choice_goes_back_in_the_browser(compare):
    turn = compare.view.shown["turn"]
    choose(compare, "left", "readout", "majority")
    assert compare.view.shown["turn"] > turn


def test_what_is_no_run_is_refused():
    for nothing in ({}, None, {"a": 3}, xr.Dataset()):
        with pytest.raises(RunError):
            Compare(nothing)


def test_a_recording_that_failed_says_why_and_has_no_shares(compare):
    choose(compare, "right", "utterance", "lost")
    shown = compare.view.shown
    assert "lost.wav: there is no such file" in shown["left"]["message"]
    assert shown["js"] is None
    assert all(one["difference"] is None for one in shown["emotions"])
    assert shown["left"]["listeners"] == [None] * len(shown["emotions"])
    assert np.isnan(compare.js)
    assert "there is no such file" in compare.to_html()
    compare.to_figure().canvas.draw()


def test_runs_with_different_emotions_have_no_divergence(corpus, run):
    other = sottovoce.capture(
        sottovoce.load_model(),
        {"anna_angry": corpus.recordings["anna_angry"]},
        "one_word",
        {"angry": ["angry"], "bored": ["sad"]},
        progress=False,
    )
    compare = Compare({"six": run, "two": other}, corpus)
    assert compare.shares["emotion"].values.tolist()[-1] == "bored"
    assert np.isnan(compare.js)
    assert np.isfinite(compare.difference.sel(emotion="angry"))
    assert "bored" in compare.view.shown["note"]
    exec_code(compare, run_1=run, run_2=other)


def exec_code(compare, **names):
    exec(compare.code(), names)  # noqa: S102 - that it runs is what is tested
    np.testing.assert_array_equal(names["left"], compare.shares.sel(side="left"))
    np.testing.assert_array_equal(names["difference"], compare.difference)
    np.testing.assert_array_equal(names["divergence"], compare.js)
    return names


def test_the_code_makes_the_same_numbers(compare, run, corpus, tmp_path):
    compare.right = {"prompt": "one_word", "readout": "mean_prob", "steps": [0]}
    names = exec_code(compare, run=run, corpus=corpus)
    np.testing.assert_array_equal(names["listeners"][0], compare.reference[0])
    path = sottovoce.save_run(run, tmp_path / "it's.nc")
    saved = Compare(sottovoce.open_run(path), corpus)
    exec_code(saved)
    saved._show_code.button.value = True
    assert repr(str(path)) in saved._show_code.text.value
    saved.right = {"readout": "text"}
    assert "'text'" in saved._show_code.text.value


def test_the_still_forms_hold_the_numbers_and_no_markup_of_others(run, corpus):
    hostile = "<img src=x onerror=alert(1)>"
    named = run.assign_coords(
        utterance=[hostile, *run.utterance.values[1:]], prompt=[hostile, "$x$ & <b>"]
    )
    named["answer"] = named.answer.copy(data=np.full(named.answer.shape, hostile, dtype=object))
    compare = Compare(named, corpus)
    figure = compare.to_figure()
    figure.canvas.draw()
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    np.testing.assert_allclose(widths, compare.shares.sel(side="left"))
    page = compare.to_html()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page
    assert f"{float(compare.shares.sel(side='right', emotion='angry')):.1%}" in page
    assert f"{100 * float(compare.difference.sel(emotion='angry')):+.1f}" in str(compare.still())
    assert "http" not in page.replace("http-equiv", "")
