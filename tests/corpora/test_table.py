import numpy as np
import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError


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


def test_a_table_without_any_recording_is_refused(write, tmp_path):
    path = write("file,angry,sad\na.wav,1,2\n")
    with pytest.raises(VotesError, match=r"none of its 1 recordings is in .*'a\.wav'.*as root"):
        load_corpus(path)


def test_unknown_corpora_and_options_are_refused(table, tmp_path):
    with pytest.raises(VotesError, match="there is no corpus 'imocap'"):
        load_corpus("imocap")
    with pytest.raises(VotesError, match="sample has no option 'actors'; it has none"):
        load_corpus("sample", actors="1001")
    with pytest.raises(VotesError, match="no option 'actors'; it knows emotions"):
        load_corpus(table, actors="1001")
