import csv
import re

import numpy as np
import pytest
import soundfile

import sottovoce
from sottovoce.corpora.ratings import RatingsFile
from sottovoce.errors import RecordingError, VotesError
from sottovoce.evaluation import evaluate, krippendorff_alpha, uniform
from sottovoce.widgets import Annotator
from sottovoce.widgets.annotator.listening import blind_order


@pytest.fixture
def clips(tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for i, name in enumerate(["anna_angry", "=ben", "cleo_sad", "dan"]):
        tone = 0.3 * np.sin(np.arange(8000) * (0.1 + 0.02 * i))
        soundfile.write(folder / f"{name}.wav", tone, 16000)
    return folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "votes.csv"


def say(annotator, kind, **content):
    """Send what the browser would."""
    content = {"turn": annotator.view.shown["turn"], **content}
    annotator.view._handle_custom_msg({"kind": kind, **content}, [])


def choose(annotator, *places, seconds=2.0, plays=1):
    say(annotator, "answer", chosen=list(places), seconds=seconds, plays=plays)


def table(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_an_answer_is_on_the_disk_before_the_next_clip(clips, path):
    annotator = Annotator(clips, path, "eve")
    assert not path.exists()
    choose(annotator, 5, seconds=3.14159, plays=2)
    (row,) = table(path)
    first = blind_order(["anna_angry", "=ben", "cleo_sad", "dan"], "eve")[0]
    assert row["utterance"].removeprefix("'") == first
    assert (row["emotion"], row["rater"]) == ("sad", "eve")
    assert (row["seconds"], row["plays"]) == ("3.14", "2")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["time"])
    assert annotator.view.shown["done"] == 1
    assert annotator.view.shown["last"] == "sad"


def test_nothing_that_is_shown_tells_what_others_know(clips, path):
    annotator = Annotator(clips, path, "eve")
    for shown in (annotator.view.shown, annotator.still(), annotator.to_html(), annotator.code()):
        for name in ("anna_angry", "cleo_sad", "=ben", "dan.wav"):
            assert name not in str(shown)
    assert annotator.view.audio[:4] == b"RIFF"
    assert annotator.view.shown["agreement"] == ""
    sample = Annotator(sottovoce.load_corpus("sample"), path, "tom")
    assert "votes" not in str(sample.view.shown)
    assert sample.view.shown["of"] == len(sottovoce.load_corpus("sample"))
    named = Annotator(clips, path, "eve", show_names=True)
    assert named.view.shown["name"] in ("anna_angry", "cleo_sad", "=ben", "dan")


def test_the_order_is_the_raters_own_and_stays(clips, path):
    names = [f"clip{i}" for i in range(40)]
    eve = blind_order(names, "eve")
    assert eve == blind_order(reversed(names), "eve")
    assert sorted(eve) == sorted(names)
    assert eve != names
    assert eve != blind_order(names, "tom")
    more = blind_order([*names, "clip99"], "eve")
    assert [name for name in more if name != "clip99"] == eve


def test_who_comes_back_goes_on(clips, path):
    annotator = Annotator(clips, path, "eve")
    choose(annotator, 0)
    choose(annotator, 1)
    again = Annotator(clips, path, " eve ")
    assert (again.view.shown["done"], again.view.shown["last"]) == (2, "disgusted")
    assert again.view.audio == annotator.view.audio
    other = Annotator(clips, path, "tom")
    assert (other.view.shown["done"], other.view.shown["last"]) == (0, None)
    choose(other, 2)
    choose(again, 3)
    choose(again, 4)
    assert again.finished
    assert [row["rater"] for row in table(path)] == ["eve", "eve", "tom", "eve", "eve"]


def test_undo_and_skip(clips, path):
    annotator = Annotator(clips, path, "eve")
    first = annotator.view.audio
    choose(annotator, 0)
    choose(Annotator(clips, path, "tom"), 1)
    say(annotator, "undo")
    assert [row["rater"] for row in table(path)] == ["tom"]
    assert annotator.view.audio == first
    assert annotator.view.shown["last"] is None
    choose(annotator)
    assert table(path)[-1]["emotion"] == ""
    assert annotator.view.shown["last"] == "skipped"
    assert annotator.view.shown["done"] == 1
    annotator.undo()
    annotator.undo()
    assert len(table(path)) == 1


def test_an_answer_counts_once(clips, path):
    annotator = Annotator(clips, path, "eve")
    turn = annotator.view.shown["turn"]
    choose(annotator, 0)
    say(annotator, "answer", turn=turn, chosen=[1], seconds=1.0, plays=1)
    assert len(table(path)) == 1


def test_two_windows_of_one_rater(clips, path):
    left, right = Annotator(clips, path, "eve"), Annotator(clips, path, "eve")
    choose(left, 0)
    choose(right, 1)
    assert right.messages.level == "error"
    assert "has rated this recording before" in right.messages.text
    assert right.view.shown["done"] == 1
    choose(right, 1)
    assert right.messages.text == ""
    assert [row["emotion"] for row in table(path)] == ["angry", "disgusted"]


def test_none_of_these_and_several(clips, path):
    annotator = Annotator(clips, path, "eve", other=True, several=True)
    assert [one["key"] for one in annotator.view.shown["choices"]] == [*"123456", "0"]
    choose(annotator, 5, 0)
    choose(annotator, 6)
    assert [row["emotion"] for row in table(path)] == ["sad", "angry", "other"]
    assert table(path)[0]["utterance"] == table(path)[1]["utterance"]
    choose(annotator, 6, 0)
    assert "'none of these' cannot be chosen beside an emotion" in annotator.messages.text
    assert annotator.votes.sum().item() == 2
    assert annotator.votes.attrs["n_other_votes"] == 1
    say(annotator, "undo")
    say(annotator, "undo")
    assert table(path) == []


def test_choices_of_ones_own(clips, path):
    annotator = Annotator(clips, path, "eve", emotions={"calm": "落ち着き", "keen": "熱心"})
    assert [one["label"] for one in annotator.view.shown["choices"]] == ["落ち着き", "熱心"]
    choose(annotator, 1)
    assert table(path)[0]["emotion"] == "keen"
    assert annotator.votes["emotion"].values.tolist() == ["calm", "keen"]
    assert annotator.view.shown["last"] == "熱心"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"emotions": ["sad"]}, "two or more to choose from"),
        ({"emotions": "sad"}, "must be several"),
        ({"emotions": ["sad", "sadness"]}, "'sadness', which means the same as 'sad'"),
        ({"emotions": ["sad", ""]}, "by a name"),
        ({"rater": " "}, "must be a name or a code"),
        ({"rater": "two\nlines"}, "line break"),
        ({"recordings": {"two\nlines": "x.wav"}}, "line break"),
    ],
)
def test_what_makes_no_sense_is_refused(clips, path, options, says):
    given = {"recordings": clips, "path": path, "rater": "eve"} | options
    with pytest.raises(VotesError, match=says):
        Annotator(given.pop("recordings"), given.pop("path"), given.pop("rater"), **given)
    assert not path.exists()


def test_no_recordings(tmp_path, path):
    for nothing in (tmp_path, {}, []):
        with pytest.raises(RecordingError):
            Annotator(nothing, path, "eve")


def test_a_foreign_file_stays_as_it_is(clips, path):
    path.write_text("utterance,angry,sad\na,1,2\n")
    with pytest.raises(VotesError, match="no table of ratings, so nothing is written"):
        Annotator(clips, path, "eve")
    assert path.read_text() == "utterance,angry,sad\na,1,2\n"


def test_a_file_that_breaks_meanwhile(clips, path):
    annotator = Annotator(clips, path, "eve")
    choose(annotator, 0)
    whole = path.read_bytes()
    path.write_bytes(b"garbage\n" + whole)
    choose(annotator, 1)
    assert "no table of ratings" in annotator.messages.text
    assert path.read_bytes() == b"garbage\n" + whole
    path.write_bytes(whole)
    choose(annotator, 1)
    assert [row["emotion"] for row in table(path)] == ["angry", "disgusted"]


def test_after_a_crash(clips, path):
    choose(Annotator(clips, path, "eve"), 0)
    path.write_bytes(path.read_bytes() + b"cleo_sad,ang")
    annotator = Annotator(clips, path, "eve")
    assert annotator.messages.level == "warning"
    assert "'cleo_sad,ang'" in annotator.messages.text
    assert annotator.view.shown["done"] == 1
    choose(annotator, 1)
    assert annotator.messages.text == ""
    assert [row["emotion"] for row in table(path)] == ["angry", "disgusted"]


def test_clips_that_cannot_be_read_are_left_out(clips, path):
    (clips / "broken_angry.wav").write_bytes(b"no sound")
    annotator = Annotator(clips, path, "eve")
    while not annotator.finished:
        assert "broken_angry" not in str(annotator.view.shown)
        choose(annotator, 0)
    assert annotator.view.shown["of"] == annotator.view.shown["done"] == 4
    assert "1 clip left out" in annotator.view.shown["unreadable"]
    assert "broken_angry" in annotator.view.shown["unreadable"]
    assert list(annotator.unreadable) == ["broken_angry"]
    with pytest.raises(VotesError, match="nothing to answer"):
        annotator.answer("sad")


def test_agreement_is_told_at_the_end_or_when_asked(clips, path):
    eve, tom = Annotator(clips, path, "eve"), Annotator(clips, path, "tom")
    say(eve, "agreement")
    assert "agreement needs two" in eve.view.shown["agreement"]
    heard = {"anna_angry": "angry", "=ben": "happy", "cleo_sad": "sad", "dan": "neutral"}
    for annotator in (eve, tom):
        for name in blind_order(heard, annotator.rater):
            assert annotator.view.shown["agreement"] == "" or annotator is eve
            other = "sad" if annotator is tom and name == "dan" else heard[name]
            annotator.answer(other)
    told = tom.view.shown["agreement"]
    assert "over 4 clips that two or more of 2 listeners rated (8 answers)" in told
    alpha = float(tom.agreement()["alpha"])
    assert f"alpha {alpha:.2f}".replace("0.", ".") in told
    # Three of four agree: observed disagreement 2 / 8, expected 46 / 56.
    assert alpha == pytest.approx(1 - (2 / 8) / (46 / 56))


def test_agreement_of_several_is_that_of_sets(clips, path):
    for rater in ("eve", "tom"):
        annotator = Annotator(clips, path, rater, several=True)
        for name in blind_order(["anna_angry", "=ben", "cleo_sad", "dan"], rater):
            annotator.answer("sad", *["angry"] * (name == "dan"))
    assert path.read_text().count("dan,angry,") == 2
    result = annotator.agreement()
    assert (result["alpha"].item(), result["n_ratings"].item()) == (1.0, 8)


def test_agreement_needs_two_who_heard_the_same(clips, path):
    eve, tom = Annotator(clips, path, "eve"), Annotator(clips, path, "tom")
    eve.answer("sad")
    tom.skip()
    with pytest.raises(VotesError, match="agreement needs two"):
        tom.agreement()
    assert "krippendorff" not in tom.code()


def test_the_code_gives_the_same_votes(clips, path):
    for rater, places in (("eve", (0, 1, 2, 5)), ("tom", (0, 1, 3, 6))):
        annotator = Annotator(clips, path, rater, other=True)
        for place in places:
            choose(annotator, place)
    scope = {}
    exec(annotator.code(), scope)  # noqa: S102 - what "Show code" promises
    assert scope["votes"].drop_attrs().equals(annotator.votes.drop_attrs())
    assert scope["shares"].equals(annotator.shares)
    assert scope["agreement"].identical(annotator.agreement())
    corpus = scope["corpus"]
    assert sorted(corpus.recordings) == ["=ben", "anna_angry", "cleo_sad", "dan"]
    assert all(path.is_file() for path in corpus.recordings.values())
    result = evaluate({"flat": uniform(annotator.votes)}, corpus, n_boot=0)
    assert np.isfinite(result["value"].sel(measure="js", predictor="flat")).all()


def test_samples_rated_flow_into_an_evaluation(path):
    sample = sottovoce.load_corpus("sample").select(speakers="anna")
    for rater in ("eve", "tom"):
        annotator = Annotator(sample, path, rater)
        for name in blind_order(sample.recordings, rater):
            annotator.answer(re.split("[_-]", name)[1])
    corpus = sottovoce.load_corpus(path, root=next(iter(sample.recordings.values())).parent)
    assert corpus.recordings.keys() == sample.recordings.keys()
    run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, "one_word", progress=False)
    result = sottovoce.evaluate(sottovoce.read_out(run), corpus, n_boot=0)
    assert np.isfinite(result["value"].sel(measure="js")).all()
    assert float(krippendorff_alpha(sottovoce.corpora.load_ratings(path))["alpha"]) == 1.0


def test_recordings_that_are_no_files(path):
    tone = (0.3 * np.sin(np.arange(8000) * 0.1), 16000)
    annotator = Annotator({"a": tone, "b": tone}, path, "eve")
    choose(annotator, 0)
    scope = {}
    exec(annotator.code(), scope)  # noqa: S102
    assert scope["votes"].equals(annotator.votes)


def test_still_forms(clips, path, tmp_path):
    hostile = '<img src=x onerror="x">'
    annotator = Annotator(clips, path, hostile, emotions=["sad", hostile])
    assert annotator.votes is None
    assert annotator.shares is None
    for _ in range(2):
        choose(annotator, 1)
    assert annotator.shares.sum().item() == 2
    assert annotator.to_html().startswith("<!doctype html>")
    assert "<img" not in annotator.to_html()
    assert "&lt;img" in str(annotator.still())
    bundle, _ = annotator._repr_mimebundle_()
    assert "<td>2</td>" in bundle["text/html"]
    figure = annotator.to_figure()
    left, right = figure.axes
    assert [bar.get_width() for bar in left.patches] == [4, 2]
    assert [bar.get_width() for bar in right.patches] == [0, 2]
    figure.savefig(tmp_path / "figure.png")
    assert annotator.run is None


def test_others_choices_are_not_drawn_before_the_end(clips, path):
    for _ in range(4):
        choose(Annotator(clips, path, "tom"), 0)
    annotator = Annotator(clips, path, "eve")
    assert sum(bar.get_width() for bar in annotator.to_figure().axes[1].patches) == 0
    for _ in range(4):
        choose(annotator, 1)
    assert sum(bar.get_width() for bar in annotator.to_figure().axes[1].patches) == 8
    assert "interval" in annotator.to_html()


def test_the_ratings_file_of_the_widget_is_that_of_the_corpora(clips, path):
    choose(Annotator(clips, path, "eve"), 0)
    (rating,) = RatingsFile(path).read()
    assert (rating.rater, rating.emotion) == ("eve", "angry")
