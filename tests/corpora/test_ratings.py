import csv
import dataclasses
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sottovoce.corpora import load_corpus, load_ratings, load_votes
from sottovoce.corpora.cells import guard_cell, plain_cell
from sottovoce.corpora.ratings import COLUMNS, Rating, RatingsFile, now
from sottovoce.errors import VotesError

HEADER = ",".join(COLUMNS) + "\n"
TIME = "2026-05-04T09:30:00Z"


def rating(utterance="a", emotion="sad", rater="eve", **changes):
    return Rating(utterance, emotion, rater, 1.5, 2, TIME, **changes)


@pytest.fixture
def file(tmp_path):
    return RatingsFile(tmp_path / "votes.csv")


def test_a_rating_is_one_row_that_others_can_read(file):
    assert file.read() == []
    assert not file.path.exists()
    file.add([rating()])
    file.add([rating("b", "")])
    assert file.path.read_text() == f"{HEADER}a,sad,eve,1.5,2,{TIME}\nb,,eve,1.5,2,{TIME}\n"
    assert file.read() == [rating(), rating("b", "")]
    assert load_votes(file.path).to_pandas().loc["a", "sad"] == 1
    assert load_votes(file.path).attrs["n_without_votes"] == 1


def test_the_time_is_that_of_utc():
    assert now().endswith("Z")
    assert len(now()) == len(TIME)


def test_several_emotions_are_several_votes_of_one_answer(file):
    file.add([rating(emotion="sad"), rating(emotion="angry")])
    file.add([rating(emotion="sad", rater="tom")])
    votes = load_votes(file.path).sel(utterance="a")
    assert votes.sel(emotion=["angry", "sad"]).values.tolist() == [1, 2]
    assert load_ratings(file.path).sel(utterance="a").values.tolist() == ["angry + sad", "sad"]
    assert file.undo("eve") == "a"
    assert file.read() == [rating(emotion="sad", rater="tom")]


def test_a_recording_is_rated_once(file):
    file.add([rating()])
    with pytest.raises(VotesError, match="'eve' has rated this recording before"):
        file.add([rating(emotion="angry")])
    assert file.read() == [rating()]


def test_undo_leaves_the_rows_of_others(file):
    lines = [
        f"a,sad,eve,1.50,2,{TIME}\r\n",
        f'"b",happy,tom,1,2,{TIME}\r\n',
        f"b,sad,eve,1,2,{TIME}\r\n",
        f"c,sad,tom,1,2,{TIME}\r\n",
    ]
    file.path.write_bytes((HEADER + "".join(lines)).encode())
    assert file.undo("eve", {"a"}) == "a"
    assert file.path.read_bytes().decode() == HEADER + "".join(lines[1:])
    assert file.undo("eve") == "b"
    assert file.path.read_bytes().decode() == HEADER + lines[1] + lines[3]
    assert file.undo("eve") is None


@pytest.mark.parametrize("cut", range(1, len(f'"b, c",sad,tom,1.5,2,{TIME}') + 1))
def test_a_row_that_was_cut_off_is_replaced(file, cut):
    row = f'"b, c",sad,tom,1.5,2,{TIME}'
    file.path.write_text(f"{HEADER}a,sad,eve,1.5,2,{TIME}\n{row[:cut]}")
    whole = cut == len(row)
    assert file.cut_off() == ("" if whole else row[:cut])
    before = [rating(), rating("b, c", rater="tom")] if whole else [rating()]
    assert file.read() == before
    file.add([rating("d")])
    assert file.read() == [*before, rating("d")]


@pytest.mark.parametrize("content", ["", "utter", HEADER.strip(), "\ufeff", "\ufeffutterance,"])
def test_a_header_that_was_cut_off_is_replaced(file, content):
    file.path.write_text(content, encoding="utf-8")
    file.add([rating()])
    assert file.path.read_text() == f"{HEADER}a,sad,eve,1.5,2,{TIME}\n"


def test_letters_that_were_cut_in_two(file):
    file.path.write_bytes(f"{HEADER}怒".encode()[:-1])
    assert file.read() == []
    file.add([rating("怒り")])
    assert file.read() == [rating("怒り")]


def test_what_a_spreadsheet_saved_is_read(file):
    file.path.write_text(f"\ufeff{HEADER}a,sad,eve,1.5,2,{TIME}\n\n".replace("\n", "\r\n"))
    file.add([rating("b")])
    assert file.read() == [rating(), rating("b")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("utterance,angry,sad\na,1,2\n", "no table of ratings.*'utterance', 'angry'.*another file"),
        ("just a letter\n", "no table of ratings"),
        (b"\x89PNG\r\n\x1a\n\0\xff", "no table of ratings.*no text"),
        (HEADER.replace(",", ";"), "no table of ratings"),
        (f"{HEADER}a,sad,eve,1,2\nb,sad,eve,1,2,{TIME}\n", "row 2: 5 cells, but there must be 6"),
        (f"{HEADER}a,sad,eve,1,2,yesterday\n", "row 2: time is 'yesterday'"),
        (f"{HEADER}a,sad,eve,soon,2,{TIME}\n", "row 2: seconds and plays are 'soon' and '2'"),
        (f"{HEADER},sad,eve,1,2,{TIME}\n", "row 2: the cell utterance is empty"),
        (f"{HEADER}a,sad,,1,2,{TIME}\n", "row 2: the cell rater is empty"),
        (f'{HEADER}"a,sad,eve,1,2,{TIME}\nb,sad,eve,1,2,{TIME}\n', "row 2: this is no row"),
        (f"{HEADER}a,sad,eve,1,2,{TIME}\n".encode() * 2, "row 3: time is 'time'"),
        (HEADER + f"a,sad,eve,1,2,{TIME}\n" * 2, "row 3: 'eve' has said 'sad' of 'a' before"),
        (HEADER.encode() + b"\xff\xfe,sad,eve,1,2,\n", "row 2: this is not text in UTF-8"),
    ],
)
def test_what_is_no_table_of_ratings_is_left_as_it_is(file, content, says):
    content = content.encode() if isinstance(content, str) else content
    file.path.write_bytes(content)
    for attempt in (file.read, lambda: file.add([rating("z")]), lambda: file.undo("eve")):
        with pytest.raises(VotesError, match=says):
            attempt()
    assert file.path.read_bytes() == content


def test_places_where_nothing_can_be_written(tmp_path):
    with pytest.raises(VotesError, match="there is no folder"):
        RatingsFile(tmp_path / "lost" / "votes.csv")
    with pytest.raises(VotesError, match="this is a folder"):
        RatingsFile(tmp_path)


def test_a_full_disk_leaves_the_file_as_it_was(file, monkeypatch):
    file.add([rating()])
    before = file.path.read_bytes()

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for attempt in (
        lambda: file.add([rating("b")]),
        lambda: file.add([rating("b"), rating("b", "angry")]),
        lambda: file.undo("eve"),
    ):
        with pytest.raises(VotesError, match=r"not saved \(No space left on device\)"):
            attempt()
        assert file.path.read_bytes() == before
    assert sorted(path.name for path in file.path.parent.iterdir())[-1] == "votes.csv"
    assert not list(file.path.parent.glob("*.new"))


@pytest.mark.parametrize("name", ["two\nlines", "end\r", "a\u2028b", " a", "a ", "\0", "a\udcff"])
def test_names_that_would_not_come_back_are_refused(file, name):
    for bad in (rating(name), rating(rater=name), rating(emotion=name)):
        with pytest.raises(VotesError, match="cannot be saved in a table"):
            file.add([bad])
    assert not file.path.exists()


HOSTILE = ["=1+1", "+a", "-a", "@SUM(A1)", "'=x", "''-y", "'tis", 'q"uote', "a,b", "a;b", "<img>"]


def test_spreadsheets_run_nothing(file):
    for name in HOSTILE:
        file.add([rating(name, "=cmd()", "@eve")])
    assert [r.utterance for r in file.read()] == HOSTILE
    assert {(r.emotion, r.rater) for r in file.read()} == {("=cmd()", "@eve")}
    cells = [cell for row in csv.reader(file.path.read_text().splitlines()) for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
    votes = load_votes(file.path, emotions=["=cmd()"])
    assert votes["utterance"].values.tolist() == HOSTILE
    assert load_ratings(file.path)["rater"].values.tolist() == ["@eve"]


@settings(deadline=None)
@given(st.text())
def test_every_cell_comes_back(text):
    guarded = guard_cell(text)
    assert plain_cell(guarded) == text
    assert guarded[:1] not in set("=+-@\t\r")


WRITER = """
import sys
from sottovoce.corpora.ratings import Rating, RatingsFile, now
file = RatingsFile(sys.argv[1])
for i in range(40):
    file.add([Rating(f"clip{i}", "sad", sys.argv[2], 1.0, 1, now())])
    if i % 4 == 3:
        file.undo(sys.argv[2])
"""


def test_two_raters_at_the_same_time(file):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file.path), rater])
        for rater in ("eve", "tom")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    for rater in ("eve", "tom"):
        theirs = [r.utterance for r in file.read() if r.rater == rater]
        assert theirs == [f"clip{i}" for i in range(40) if i % 4 != 3]


def test_ratings_become_a_corpus(file, add_recordings, tmp_path):
    add_recordings(tmp_path, ["anna/01.wav", "ben/01.wav", "=odd.wav"])
    for name, emotion in {"ben/01": "sad", "anna/01": "other", "=odd": "angry"}.items():
        file.add([rating(name, emotion)])
    corpus = load_corpus(file.path, emotions=["angry", "sad"])
    found = {
        name: path.relative_to(tmp_path).as_posix() for name, path in corpus.recordings.items()
    }
    assert found == {"ben/01": "ben/01.wav", "anna/01": "anna/01.wav", "=odd": "=odd.wav"}
    assert corpus.utterances.columns.tolist() == ["path", "speaker"]
    assert corpus.votes.attrs["n_other_votes"] == 1
    assert "Votes for other than these emotions left out: 1." in corpus.note
    assert load_votes(file.path)["emotion"].values.tolist()[-1] == "other"


@pytest.mark.parametrize(
    "name", ["ben/01", "ben/01.wav", "in/ben/01.wav", "C:\\\\in\\\\ben\\\\01.wav"]
)
def test_folders_tell_apart_what_is_called_alike(write, add_recordings, tmp_path, name):
    add_recordings(tmp_path / "x", ["anna/01.wav", "ben/01.wav", "anna/02.wav"])
    corpus = load_corpus(write(f"utterance,angry,sad\n{name},1,2\n02,1,1\n"), tmp_path / "x")
    paths = [path.relative_to(tmp_path / "x").as_posix() for path in corpus.recordings.values()]
    assert paths == ["ben/01.wav", "anna/02.wav"]


def test_ratings_need_raters(write):
    with pytest.raises(VotesError, match="does not say who heard what"):
        load_ratings(write("utterance,emotion\na,sad\n"))
    with pytest.raises(VotesError, match="does not say who heard what"):
        load_ratings(write("utterance,angry,sad\na,1,2\n"))


def test_a_rating_is_what_the_columns_say():
    assert [field.name for field in dataclasses.fields(Rating)] == list(COLUMNS)
