"""The Explorer without a browser: the whole way, from a click on Run to the code."""

import asyncio
import statistics
import threading
import time

import numpy as np
import pytest
import xarray as xr
from loops import in_a_loop

import sottovoce
from sottovoce.errors import ModelError, PromptError, ReadoutError, RunError
from sottovoce.readout import READOUTS
from sottovoce.widgets import Explorer
from sottovoce.widgets.shared.still import Still

TELLING = "anna_disgusted-happy_3"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def model():
    return sottovoce.load_model()


@pytest.fixture
def explorer(model):
    return Explorer(model)


@pytest.fixture(scope="module")
def asked(model):
    """An explorer after a run over three recordings and two questions."""
    explorer = Explorer(model)
    explorer.select(["anna_sad", TELLING, "tom_angry"], ["percentages", "one_word"])
    explorer.run_now()
    return explorer


@pytest.fixture
def answered(asked):
    """The same, read as at first; not to be run again."""
    asked.spellings.chosen = asked.spellings.spellings
    asked.read("answer_step", steps="all")
    asked.show(TELLING, "one_word")
    asked.messages.clear()
    return asked


@pytest.fixture
def never_asked(monkeypatch):
    """From here on no model is asked."""

    def refuse(*_, **__):
        raise AssertionError("the model was asked")

    monkeypatch.setattr(sottovoce, "capture", refuse)


def press(button):
    button.click()


def seen(explorer):
    return explorer.view.shares.sel(source=explorer.view.shares.source[0].item(), drop=True)


def executed(code):
    """Run code as a notebook's cell, and return what it defined."""
    names = {}
    exec(code.replace("plots.distribution_bars(", "plots.describe_distribution_bars("), names)  # noqa: S102
    return names


def test_whoever_presses_run_at_once_sees_something(model):
    explorer = Explorer(model)
    assert isinstance(explorer, Still)
    assert explorer.recordings.selected == (TELLING,)
    assert [prompt.name for prompt in explorer.prompts.prompts] == ["one_word"]
    assert explorer.answers.layout.display == "none"
    assert explorer.run is None
    assert explorer.shares is None
    press(explorer._runner.run)
    assert explorer._runner.run.disabled
    assert explorer.wait(60) == "finished"
    assert not explorer._runner.run.disabled
    assert explorer.answers.layout.display == ""
    assert explorer._choices.selected is None
    assert TELLING in explorer._choices.headings[0].title
    assert explorer.messages.text == ""
    assert explorer.view.shares.source.values.tolist() == [
        "token level",
        "text level",
        "listeners",
        "mean votes",
        "uniform guess",
    ]
    corpus = sottovoce.load_corpus("sample")
    listeners = explorer.view.shares.sel(source="listeners", drop=True)
    xr.testing.assert_allclose(
        listeners,
        corpus.reference.sel(utterance=TELLING, emotion=listeners.emotion).reset_coords(drop=True),
    )
    assert "knows the votes" in explorer.answers.notes.value


def test_a_model_is_loaded_only_when_it_is_needed(monkeypatch, model):
    loaded = []
    monkeypatch.setattr(sottovoce, "load_model", lambda name: loaded.append(name) or model)
    explorer = Explorer()
    named = Explorer("some/model")
    assert loaded == []
    explorer._repr_mimebundle_()
    assert explorer._loading.wait(10) == "finished"
    assert loaded == ["bundled"]
    assert explorer.tokens.tokenizer is model.tokenizer
    explorer._repr_mimebundle_()
    named.select("anna_sad")
    named.run_now()
    assert loaded == ["bundled", "some/model"]
    assert "sottovoce.load_model('some/model')" in named.code()


def test_a_model_that_is_not_there_is_told_in_the_widget(tmp_path):
    explorer = Explorer(str(tmp_path))
    explorer.load()
    assert explorer._loading.wait(10) == "failed"
    assert "config.json" in explorer.messages.text
    press(explorer._runner.run)
    assert explorer.wait(30) == "failed"
    assert explorer.messages.level == "error"
    assert not explorer._runner.run.disabled
    with pytest.raises(ModelError):
        explorer.run_now()


def test_the_answers_are_chosen_and_read_without_asking(answered, never_asked):
    which = answered.answers.which
    assert which.layout.display == ""
    assert list(which.recordings.options) == ["anna_sad", TELLING, "tom_angry"]
    answered.show("tom_angry", "percentages")
    assert which.chosen == ("tom_angry", "percentages")
    assert (answered.view.utterance, answered.view.prompt) == ("tom_angry", "percentages")
    which.recordings.value = TELLING
    assert answered.view.utterance == TELLING
    assert answered.view.audio[:4] == b"RIFF"
    for name in [name for name in READOUTS if name != "ratio"]:
        answered.readout.readouts.value = name
        expected = sottovoce.read_out(answered.run, name)
        xr.testing.assert_identical(answered.shares, expected)
        here = expected.sel(utterance=TELLING, prompt="percentages")
        np.testing.assert_allclose(seen(answered), here / here.sum())


def test_dragging_the_range_chooses_the_steps(answered, never_asked):
    answered.show(TELLING, "percentages")
    answered.read("mean_logprob", steps="emotion")
    used = answered.view.used_steps
    assert any(used)
    assert not all(used)
    answered.view.step_range = (1, 4)
    assert answered.readout.steps == (1, 4)
    assert answered.readout.step_choice.value == "range"
    assert answered.view.used_steps[:6] == [False, True, True, True, True, False]
    expected = sottovoce.read_out(answered.run, "mean_logprob", steps=slice(1, 5))
    xr.testing.assert_identical(answered.shares, expected)
    np.testing.assert_allclose(
        seen(answered), expected.sel(utterance=TELLING, prompt="percentages")
    )
    # Another answer comes with its own steps; the range stays chosen.
    answered.show("anna_sad")
    assert answered.readout.steps == (1, 4)
    assert answered.view.step_range == (1, 4)
    answered.readout.step_choice.value = "all"
    assert all(answered.view.used_steps)
    answered.readout.step_choice.value = "range"
    assert answered.readout.steps == (1, 4)
    # A read-out that chooses its own step has no use for a range.
    answered.read("answer_step")
    answered.view.step_range = (0, 1)
    assert answered.view.used_steps.count(True) == 1
    assert answered.readout.step_choice.layout.display == "none"


def test_another_readout_takes_less_than_thirty_milliseconds(answered, never_asked):
    """In the Python half of the way; the quickest quarter, as others may be at work."""
    answered.show(TELLING, "percentages")
    answered.read("mean_logprob")
    taken = []
    for first in range(3):
        for last in range(first + 1, 8):
            start = time.thread_time()
            answered.view.step_range = (first, last)
            taken.append(time.thread_time() - start)
            assert answered.readout.steps == (first, last)
    quickest, _, _ = statistics.quantiles(taken, n=4)
    assert quickest < 0.03


def test_other_spellings_are_read_without_asking(answered, never_asked):
    answered.view.step, answered.view.time = 1, 0.5
    before = seen(answered)
    heading = answered.answers._spellings.headings[0]
    assert heading.title == "Spellings: all count"
    answered.spellings.chosen = {"happy": ["happy"], "sad": ["sad"], "angry": ["angry"]}
    assert "3 of" in heading.title
    assert (answered.view.step, answered.view.time) == (1, 0.5)
    now = seen(answered)
    assert now.emotion.values.tolist() == ["angry", "happy", "sad"]
    # The same tokens, divided between fewer.
    some = before.sel(emotion=now.emotion)
    np.testing.assert_allclose(now, some / some.sum(), atol=0.02)
    assert answered.shares.sizes["emotion"] == 3
    answered.spellings.chosen = {}
    assert answered.messages.level == "error"
    answered.show("anna_sad")
    assert answered.view.utterance == TELLING  # the last picture stays
    answered.spellings.chosen = answered.spellings.spellings
    assert answered.view.utterance == "anna_sad"
    answered.show(TELLING)
    assert answered.messages.text == ""
    xr.testing.assert_identical(seen(answered), before)


def test_spellings_stay_chosen_when_more_is_asked(model):
    explorer = Explorer(model)
    explorer.select("anna_sad", "one_word")
    explorer.run_now()
    explorer.spellings.chosen = {"happy": ["happy"], "sad": ["sad"]}
    explorer.select(["anna_sad", "tom_sad"])
    explorer.run_now()
    assert set(explorer.spellings.chosen) == {"happy", "sad"}
    assert explorer.shares.sizes == {"utterance": 2, "prompt": 1, "emotion": 2}


def test_a_readout_that_this_run_does_not_allow_is_told_and_gone_again(answered):
    answered.show(TELLING, "percentages")
    answered.read("ratio", steps="all")
    assert answered.messages.level == "error"
    assert "divides none" in answered.messages.text
    assert answered.view.shares is None
    assert answered.code().endswith("tokens, batch_size=8)\n")
    with pytest.raises(ReadoutError, match="divides none"):
        _ = answered.shares
    answered.read("answer_step")
    assert answered.messages.text == ""
    assert answered.view.shares.sizes["source"] == 5


def test_words_of_ones_own_take_the_shares(model):
    explorer = Explorer(model)
    explorer.select(
        "anna_sad", "Is she tense or calm?", {"tense": ["tense", "angry"], "calm": ["calm", "sad"]}
    )
    explorer.run_now()
    assert "tense, calm" in explorer._choices.headings[2].title
    assert explorer.view.shares.emotion.values.tolist() == ["tense", "calm"]
    # The listeners chose between other words.
    assert explorer.view.shares.source.values.tolist()[2:] == ["uniform guess"]


def test_a_run_can_be_cancelled_while_the_kernel_stays_free(model):
    explorer = Explorer(model, batch_size=1)
    explorer.select(list(explorer.recordings.everything), ["percentages"])
    threads = set()

    async def main():
        explorer._runner.bar.observe(lambda _: threads.add(threading.current_thread()), "value")
        press(explorer._runner.run)
        while explorer.run is None or explorer.job.done < 2:
            await asyncio.sleep(0.005)
        assert explorer._runner.cancel.layout.display == ""
        assert "answers" in explorer._runner.told.value
        press(explorer._runner.run)  # it is disabled, but a key may still be on its way
        assert "still being asked" in explorer.messages.text
        press(explorer._runner.cancel)
        assert "stopping" in explorer._runner.told.value
        while explorer.job.state == "running":
            await asyncio.sleep(0.005)

        return threading.current_thread()

    of_the_loop = in_a_loop(main)
    assert threads == {of_the_loop}
    assert explorer.job.state == "cancelled"
    assert "Cancelled" in explorer.messages.text
    n_answered = explorer.run.sizes["utterance"]
    assert 2 <= n_answered < 31
    assert (explorer.run.status == "ok").all()
    assert explorer.view.utterance
    assert explorer._runner.cancel.layout.display == "none"


def test_a_recording_of_ones_own_takes_the_place_of_the_sample(explorer):
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(24000) / 16000)
    explorer.recordings.add("mine", (tone.astype("float32"), 16000))
    assert explorer.recordings.selected == ("mine",)
    assert "mine" in explorer._choices.headings[0].title
    press(explorer._runner.run)
    explorer.wait(60)
    assert explorer.view.utterance == "mine"
    assert "listeners" not in explorer.view.shares.source.values
    assert "explorer.recordings.save('my_recordings') writes it" in explorer.code()
    # What was chosen by hand stays chosen.
    explorer.select(["anna_sad"])
    explorer.recordings.add("another", (tone[:16000].astype("float32"), 16000))
    assert explorer.recordings.selected == ("anna_sad", "another")


def test_saved_recordings_are_named_in_the_code(explorer, tmp_path):
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(24000) / 16000)
    explorer.recordings.add("mine", (tone.astype("float32"), 16000))
    explorer.run_now()
    saved = explorer.recordings.save(tmp_path)
    assert f"'mine': {str(saved['mine'])!r}," in explorer.code()


def test_recordings_that_fail_are_told_and_the_others_shown(explorer, tmp_path):
    path = tmp_path / "soon gone.wav"
    path.write_bytes(sottovoce.load_corpus("sample").recordings["tom_sad"].read_bytes())
    explorer.recordings.add("soon gone", path)
    path.unlink()
    explorer.select(["soon gone", "anna_sad"])
    explorer.run_now()
    assert explorer.messages.level == "warning"
    assert "1 of 2 has no answer" in explorer.messages.text
    assert str(path) in explorer.messages.text
    assert explorer.run.status.values[:, 0].tolist() == ["error", "ok"]
    explorer.show("soon gone")
    assert "no such file" in explorer.view.answer["message"]
    explorer.show("anna_sad")
    assert seen(explorer).sum() == pytest.approx(1)


def test_nothing_a_name_says_is_markup(explorer):
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(24000) / 16000)
    name = explorer.recordings.add(HOSTILE, (tone.astype("float32"), 16000))
    explorer.run_now()
    assert explorer.view.utterance == name
    assert "<img" not in explorer.to_html().replace(repr(name), "")
    assert "<img" not in explorer._repr_mimebundle_()[0]["text/html"]
    assert "<img" not in explorer.messages.value + explorer.answers.notes.value


def test_a_defect_of_ours_is_shown_too(explorer, monkeypatch):
    def breaks(*_, **__):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(sottovoce, "capture", breaks)
    press(explorer._runner.run)
    assert explorer.wait(30) == "failed"
    assert "ZeroDivisionError: oh" in explorer.messages.text


def test_its_still_forms_hold_what_is_seen(answered):
    answered.show(TELLING, "one_word")
    page = answered.to_html()
    assert TELLING in page
    assert "sottovoce.capture(" in page
    assert "<audio" in page
    assert len(answered.to_figure().axes) >= 2
    bundle = answered._repr_mimebundle_()[0]
    assert TELLING in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_code_makes_the_same_shares(answered):
    answered.show(TELLING, "percentages")
    answered.read("mean_prob", steps=(2, 6))
    answered.spellings.chosen = {"happy": ["happy"], "sad": ["sad"], "angry": ["angry"]}
    made = executed(answered.code())["shares"]["token level"]
    assert made.attrs["options"].startswith('{"steps": [2, 7, null]')
    made = made.sel(utterance=TELLING, prompt="percentages")
    np.testing.assert_allclose(seen(answered), made / made.sum(), atol=1e-6)


def test_show_code_follows_what_is_seen(answered):
    answered._code.button.value = True
    answered.read("mean_logit")
    assert "'mean_logit'" in answered._code.text.value
    answered.show("anna_sad", "one_word")
    assert "'anna_sad', 'one_word'" in answered._code.text.value
    answered._code.button.value = False


def test_a_wrong_word_is_answered_in_words(explorer, answered):
    assert explorer.code().startswith("# Press Run first")
    for call in (explorer.to_html, explorer.to_figure, explorer.wait):
        with pytest.raises(RunError):
            call()
    with pytest.raises(RunError, match=r"no recording 'nobody'.*explorer\.recordings\.add"):
        explorer.select("nobody")
    with pytest.raises(PromptError, match="one_wort"):
        explorer.select(prompts="one_wort")
    with pytest.raises(ReadoutError, match="'majority'"):
        explorer.read("majority")
    with pytest.raises(ReadoutError, match="'last'"):
        explorer.read("mean_prob", steps="last")
    with pytest.raises(RunError, match="prompt='json'"):
        answered.show(prompt="json")
    explorer.recordings.selected = ()
    press(explorer._runner.run)
    assert explorer.messages.text == "Choose a recording first"
    explorer.select("anna_sad")
    explorer.prompts.prompts = ()
    press(explorer._runner.run)
    assert explorer.messages.text == "Choose a question first"
