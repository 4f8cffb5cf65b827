"""The Explorer without its widgets: what is asked, kept, read, and written as code."""

import json

import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce.errors import ModelError, RunError
from sottovoce.widgets.explorer.captured import NOT_ASKED
from sottovoce.widgets.explorer.exploration import Asked, Exploration, in_sum
from sottovoce.widgets.explorer.job import Job

NAMES = ["anna_sad", "tom_angry", "anna_disgusted-happy_3"]


@pytest.fixture(scope="module")
def model():
    return sottovoce.load_model()


@pytest.fixture(scope="module")
def corpus():
    return sottovoce.load_corpus("sample")


@pytest.fixture
def asked_of(model, monkeypatch):
    """Which (recordings, prompts) the model has answered, in order."""
    heard = []
    capture = sottovoce.capture

    def listening(model, recordings, prompts, *rest, **options):
        run = capture(model, recordings, prompts, *rest, **options)
        heard.append((tuple(recordings), tuple(prompt.name for prompt in prompts)))
        return run

    monkeypatch.setattr(sottovoce, "capture", listening)
    return heard


def asking(names, prompts=("one_word",), tokens="emotions+percentages", **more):
    recordings = sottovoce.load_corpus("sample").recordings
    sources = {name: recordings[name] for name in names} | more
    return Asked(
        sources, tuple(sottovoce.get_prompts(list(prompts))), sottovoce.TokenSet.preset(tokens)
    )


def ask(exploration, asked):
    exploration.begin(asked)
    job = Job(exploration.work, exploration.take)
    job.start()
    job.wait(60)
    return job


def executed(code):
    """Run code as a notebook's cell, and return what it defined."""
    names = {}
    exec(code.replace("plots.distribution_bars(", "plots.describe_distribution_bars("), names)  # noqa: S102
    return names


def assert_same_shares(columns, names, answer):
    cell = {
        "utterance": str(answer.utterance.item()),
        "prompt": str(answer.prompt.item()),
    }
    assert list(columns) == list(names["shares"])
    for label, column in columns.items():
        made = names["shares"][label]
        one = made.sel({dim: name for dim, name in cell.items() if dim in made.dims})
        here = column.shares.sel({dim: cell[dim] for dim in cell if dim in column.shares.dims})
        xr.testing.assert_allclose(
            one.reset_coords(drop=True).drop_vars(["utterance", "prompt"], errors="ignore"),
            here.reset_coords(drop=True).drop_vars(["utterance", "prompt"], errors="ignore"),
            atol=1e-6,
        )


def test_what_was_asked_is_never_asked_again(model, asked_of):
    exploration = Exploration(model, None)
    assert exploration.run is None
    ask(exploration, asking(NAMES[:2]))
    assert asked_of == [(("anna_sad", "tom_angry"), ("one_word",))]
    first = exploration.run
    ask(exploration, asking(NAMES, ["one_word", "json"]))
    assert asked_of[1:] == [
        (("anna_sad", "tom_angry"), ("json",)),
        (("anna_disgusted-happy_3",), ("one_word", "json")),
    ]
    run = exploration.run
    assert run.utterance.values.tolist() == NAMES
    assert run.prompt.values.tolist() == ["one_word", "json"]
    assert (run.status == "ok").all()
    here = run.sel(utterance=first.utterance, prompt=["one_word"]).isel(
        step=slice(first.sizes["step"])
    )
    np.testing.assert_array_equal(here.logit, first.logit)
    job = ask(exploration, asking(NAMES[::-1], ["json"]))
    assert job.state == "finished"
    assert len(asked_of) == 3
    assert exploration.run.utterance.values.tolist() == NAMES[::-1]
    # Other tokens are other numbers, and a new question.
    ask(exploration, asking(NAMES[:1], tokens="emotions-ja"))
    assert len(asked_of) == 4


def test_the_run_is_that_of_a_single_capture(model, corpus):
    exploration = Exploration(model, corpus)
    asked = asking(NAMES, ["percentages", "one_word"])
    ask(exploration, asking(NAMES[1:2], ["one_word"]))
    ask(exploration, asked)
    options = {"batch_size": exploration.batch_size, "progress": False}
    whole = sottovoce.capture(model, asked.sources, asked.prompts, asked.tokens, **options)
    run = exploration.run
    assert set(run.variables) == set(whole.variables)
    decoded, at_once = (json.loads(one.attrs["decoding"]) for one in (run, whole))
    # What was asked last was a single question here, which shares no beginning with another.
    assert {**decoded, "share_prefix": None} == {**at_once, "share_prefix": None}
    xr.testing.assert_allclose(run.drop_attrs(), whole.drop_attrs(), atol=1e-4)
    for name in ("answer", "chosen_text", "n_steps", "path", "content_hash", "status"):
        assert (run[name] == whole[name]).all(), name


def test_the_same_sound_under_another_name_is_not_asked_again(model, asked_of, corpus, tmp_path):
    exploration = Exploration(model, corpus)
    ask(exploration, asking(["anna_sad"]))
    copy = tmp_path / "mine.flac"
    copy.write_bytes(corpus.recordings["anna_sad"].read_bytes())
    ask(exploration, asking([], mine=copy))
    assert len(asked_of) == 1
    assert exploration.run.utterance.values.tolist() == ["mine"]
    assert exploration.run.path.item() == str(copy)
    # It has no votes: only the corpus's own recording of that name has.
    answer = exploration.answer("mine", "one_word")
    assert "listeners" not in exploration.reading(answer).columns("answer_step", {})
    ask(exploration, asking([], anna_sad=copy))
    answer = exploration.answer("anna_sad", "one_word")
    assert "listeners" not in exploration.reading(answer).columns("answer_step", {})


def test_a_long_recording_becomes_windows_that_can_be_heard(model, corpus, asked_of):
    samples = np.concatenate(
        [sottovoce.load_recording(corpus.recordings[name]).samples for name in NAMES * 2]
    )
    talk = sottovoce.load_recording((samples, 16000), id="talk")
    exploration = Exploration(model, corpus)
    ask(exploration, asking([], talk=talk))
    utterances = exploration.run.utterance.values.tolist()
    assert utterances[:2] == ["talk@0.0s", "talk@6.0s"]
    second = exploration.recording(exploration.answer("talk@6.0s", "one_word"))
    np.testing.assert_array_equal(second.samples, samples[6 * 16000 : 12 * 16000])
    ask(exploration, asking([], speech=talk))
    assert exploration.run.utterance.values[1] == "speech@6.0s"
    assert set(exploration.run.recording.values) == {"speech"}
    assert len(asked_of) == 1


def test_what_fails_is_told_by_name_and_tried_again(model, tmp_path, asked_of):
    exploration = Exploration(model, None)
    lost, broken = tmp_path / "lost.wav", tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    job = ask(exploration, asking(["anna_sad"], lost=lost, broken=broken))
    assert job.state == "finished"
    assert exploration.run.status.values[:, 0].tolist() == ["ok", "error", "error"]
    assert "there is no such file" in exploration.failed["lost"]
    assert exploration.recording(exploration.answer("broken", "one_word")) is None
    told = in_sum(exploration.failed, 3)
    assert told.startswith("2 of 3 have no answer. ")
    assert str(broken) in told
    broken.write_bytes(asking(["tom_angry"]).sources["tom_angry"].read_bytes())
    ask(exploration, asking(["anna_sad"], broken=broken))
    assert asked_of[1:] == [(("broken",), ("one_word",))]
    assert not exploration.failed


def test_a_model_that_fails_on_some_goes_on_with_the_others(model, monkeypatch):
    capture = sottovoce.capture

    def fails_on_tom(model, recordings, *rest, **options):
        if "tom_angry" in recordings:
            raise ModelError("bundled failed on every recording")
        return capture(model, recordings, *rest, **options)

    monkeypatch.setattr(sottovoce, "capture", fails_on_tom)
    exploration = Exploration(model, None, batch_size=1)
    assert ask(exploration, asking(NAMES)).state == "finished"
    assert exploration.run.utterance.values.tolist() == [NAMES[0], NAMES[2]]
    assert exploration.failed == {"tom_angry": "bundled failed on every recording"}
    job = ask(Exploration(model, None), asking(["tom_angry"]))
    assert job.state == "failed"
    assert isinstance(job.error, ModelError)


def test_what_was_answered_before_a_cancel_stays(model, asked_of):
    exploration = Exploration(model, None, batch_size=1)
    ask(exploration, asking(NAMES[:1]))
    exploration.begin(asking(NAMES, ["one_word", "json"]))

    def take(answers):
        exploration.take(answers)
        job.cancel()

    job = Job(exploration.work, take)
    job.start()
    assert job.wait(60) == "cancelled"
    run = exploration.run
    assert 1 <= run.sizes["utterance"] < 3
    assert run.status.sel(utterance="anna_sad", prompt="one_word") == "ok"
    ask(exploration, asking(NAMES, ["one_word", "json"]))
    assert (exploration.run.status == "ok").all()
    questions = [
        (name, prompt) for names, prompts in asked_of for name in names for prompt in prompts
    ]
    assert len(questions) == len(set(questions)) == 6


def test_an_answer_that_was_not_reached_is_told_so(model):
    exploration = Exploration(model, None)
    ask(exploration, asking(["anna_sad"]))
    exploration.begin(asking(["anna_sad"], ["one_word", "json"]))
    run = exploration.run
    assert run.status.values.tolist() == [["ok", "error"]]
    assert run.message.sel(prompt="json").item() == NOT_ASKED
    assert run.n_steps.values.tolist()[0][1] == 0


@pytest.mark.parametrize(
    ("readout", "options"),
    [
        ("answer_step", {}),
        ("mean_logprob", {"steps": "emotion"}),
        ("mean_prob", {"steps": slice(0, 2)}),
        ("text", {}),
    ],
)
def test_the_code_makes_the_same_shares(model, readout, options):
    exploration = Exploration(model, "sample", max_new_tokens=40)
    ask(exploration, asking(NAMES[1:], ["percentages", "How does this person sound?"]))
    utterance, prompt = NAMES[2], "percentages"
    answer = exploration.answer(utterance, prompt)
    columns = exploration.reading(answer).columns(readout, options)
    code = exploration.code(columns, utterance, prompt)
    assert "model = sottovoce.load_model()\n" in code
    assert_same_shares(columns, executed(code), answer)


def test_the_code_holds_numbers_where_a_corpus_has_no_name(model, corpus):
    part = corpus.select(speakers="anna")
    exploration = Exploration("bundled", part)
    ask(exploration, asking(["anna_sad"]))
    answer = exploration.answer("anna_sad", "one_word")
    columns = exploration.reading(answer).columns("answer_step", {})
    assert list(columns) == [
        "token level",
        "text level",
        "listeners",
        "mean votes",
        "uniform guess",
    ]
    code = exploration.code(columns, "anna_sad", "one_word")
    assert "corpus" not in code.replace("sample", "")
    assert_same_shares(columns, executed(code), answer)


def test_words_of_ones_own_have_no_votes_but_a_guess(model):
    own = Asked(
        asking(["anna_sad"]).sources,
        tuple(sottovoce.get_prompts(["Is she tense or calm?"])),
        sottovoce.TokenSet({"tense": ["tense", "angry"], "calm": ["calm", "sad"]}),
    )
    exploration = Exploration(model, "sample")
    ask(exploration, own)
    answer = exploration.answer("anna_sad", own.prompts[0].name)
    columns = exploration.reading(answer).columns("mean_logprob", {"steps": "all"})
    assert list(columns) == ["token level", "text level", "uniform guess"]
    names = executed(exploration.code(columns, "anna_sad", own.prompts[0].name))
    assert_same_shares(columns, names, answer)


def test_before_a_run_it_says_what_to_do(model):
    exploration = Exploration(model, None)
    with pytest.raises(RunError, match="press Run"):
        exploration.answer("anna_sad", "one_word")
    ask(exploration, asking(["anna_sad"]))
    with pytest.raises(RunError, match="'anna_sad'"):
        exploration.answer("tom_sad", "one_word")
