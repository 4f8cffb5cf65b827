import numpy as np
import pandas as pd
import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha


@pytest.fixture
def table(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["one/a.wav", "b.flac"])
    return write("file,speaker,sex,angry,sad\none/a.wav,anna,f,3,1\nb.flac,tom,m,0,0\n")


def test_a_table_and_its_folder(table):
    corpus = load_corpus(table)
    assert (corpus.name, len(corpus), corpus.speakers) == ("votes", 2, ["anna", "tom"])
    assert corpus.utterances["sex"].tolist() == ["f", "m"]
    assert all(load_recording(path).id == name for name, path in corpus.recordings.items())
    np.testing.assert_array_equal(corpus.reference.values, [[0.75, 0.25], [np.nan, np.nan]])
    assert corpus.note == "Without votes: 1."


def test_a_folder_that_holds_votes(table):
    assert load_corpus(table.parent).votes.identical(load_corpus(str(table)).votes)


def test_recordings_elsewhere(table, tmp_path, tmp_path_factory, add_recordings):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    add_recordings(elsewhere, ["deep/er/a.wav"])
    corpus = load_corpus(table, elsewhere)
    assert list(corpus.recordings.values()) == [elsewhere / "deep/er/a.wav"]
    assert corpus.note == "Left out without recording: 1 ('b')."
    assert corpus.votes.attrs == {"n_left_out": 1, "n_without_votes": 0}


def test_recordings_are_found_by_name(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["x/a.wav", "x/b.wav", "x/unheard.wav"])
    corpus = load_corpus(write("utterance;angry;sad\nb;1;2\na;3;4\n"))
    assert [path.name for path in corpus.recordings.values()] == ["b.wav", "a.wav"]
    assert corpus.speakers == []
    assert "speaker" not in corpus.votes.coords


def test_single_ratings_become_a_corpus(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["a.wav", "b.wav"])
    path = write("utterance,rater,emotion,sex\na,1,sad,f\nb,1,angry,m\na,2,happy,f\n")
    corpus = load_corpus(path, emotions=["angry", "happy", "sad"])
    assert corpus.utterances.columns.tolist() == ["path", "speaker", "sex"]
    assert corpus.votes.values.tolist() == [[0, 1, 1], [1, 0, 0]]


def test_raters_of_a_table_are_kept(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["a.wav", "b.wav"])
    path = write("utterance,rater,emotion\na,1,sad\na,2,happy\na,2,sad\nb,1,angry\nc,2,sad\n")
    corpus = load_corpus(path)
    assert corpus.ratings.values.tolist() == [["sad", "happy + sad"], ["angry", ""]]
    assert corpus.answers.sel(utterance="a", emotion="happy + sad") == 1
    assert krippendorff_alpha(corpus)["n_ratings"] == 2
    assert "2 raters" in repr(corpus)
    assert corpus.select(utterances="b").single_ratings["emotion"].tolist() == ["angry"]


def test_labels_of_a_table(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["a.wav", "b.wav"])
    ratings = write("utterance,rater,emotion\na,1,excited\na,1,joy\na,2,bored\nb,2,sad\n")
    corpus = load_corpus(ratings, labels={"excited": "happy", "happy": "happy", "sad": "sad"})
    assert corpus.votes.to_pandas().to_dict("index") == {
        "a": {"happy": 1, "sad": 0},
        "b": {"happy": 0, "sad": 1},
    }
    assert corpus.left_out == {"bored": 1}
    assert "excited counts as happy" in corpus.note
    counts = write("utterance,excited,joy,bored,sad\na,1,2,3,0\nb,0,0,0,4\n")
    corpus = load_corpus(counts, labels="words-basic")
    assert corpus.votes.sel(utterance="a", emotion="happy") == 2
    assert corpus.left_out == {"excited": 1, "bored": 3}
    assert corpus.votes.attrs["n_other_votes"] == 4


def test_accents_may_be_written_in_another_way_than_in_the_files(write, add_recordings, tmp_path):
    apart, together = "Rene\u0301", "Ren\xe9"
    add_recordings(tmp_path, [f"{apart}.wav", "👩‍🎤.wav", "line\nbreak.wav"])
    path = write(f'utterance,angry,sad\n{together},1,0\n👩‍🎤,0,1\n"line\nbreak",1,1\n')
    corpus = load_corpus(path)
    assert list(corpus.recordings) == [together, "👩‍🎤", "line\nbreak"]
    assert corpus.recordings[together].name == f"{apart}.wav"
    assert "alike" not in corpus.note


def test_names_that_look_alike_are_two_and_told(write, add_recordings, tmp_path):
    names = ["Rene\u0301", "Ren\xe9", "a", "a\u200f"]
    add_recordings(tmp_path, [f"{name}.wav" for name in names])
    rows = "".join(f"{name},{n},1\n" for n, name in enumerate(names))
    corpus = load_corpus(write(f"utterance,angry,sad\n{rows}"))
    assert corpus.votes.sel(emotion="angry").values.tolist() == [0, 1, 2, 3]
    assert [path.stem for path in corpus.recordings.values()] == names
    assert "Names that look alike but are not: " in corpus.note
    assert "'a\\u200f'" in corpus.note


@pytest.mark.parametrize("layout", ["counts", "ratings"])
def test_parquet(add_recordings, tmp_path, layout):
    add_recordings(tmp_path, ["a.wav", "b.wav"])
    if layout == "counts":
        table = pd.DataFrame({"file": ["a.wav", "b.wav"], "angry": [1, None], "sad": [2, 3]})
    else:
        heard = ["sad", "sad", "angry", "sad", "sad", "sad"]
        raters = pd.Categorical(["1", "2", "3", "1", "2", "3"])
        table = pd.DataFrame({"utterance": list("aaabbb"), "rater": raters, "emotion": heard})
    table.to_parquet(tmp_path / "votes.parquet")
    corpus = load_corpus(tmp_path / "votes.parquet")
    assert corpus.votes.sel(emotion=["angry", "sad"]).values.tolist() == [[1, 2], [0, 3]]


def test_a_table_without_any_recording_is_refused(write, tmp_path):
    path = write("file,angry,sad\na.wav,1,2\n")
    with pytest.raises(VotesError, match=r"none of its 1 recordings is in .*'a\.wav'.*as root"):
        load_corpus(path)


def test_unknown_corpora_and_options_are_refused(table, tmp_path):
    with pytest.raises(VotesError, match="there is no corpus 'imocap'"):
        load_corpus("imocap")
    with pytest.raises(VotesError, match="sample has no option 'actors'; it has none"):
        load_corpus("sample", actors="1001")
    with pytest.raises(VotesError, match="no option 'actors'; it knows emotions, labels, encoding"):
        load_corpus(table, actors="1001")
