import numpy as np
import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError


@pytest.fixture
def folder(write, add_recordings, tmp_path):
    add_recordings(tmp_path, ["anna_sad.flac", "tom_mix.flac"])
    write(
        "utterance,file,speaker,sentence,series,step,angry,disgusted,fearful,happy,neutral,sad,"
        "weight_angry,weight_sad\n"
        'anna_sad,anna_sad.flac,anna,"Well, well.",pure,,0,0,0,0,1,9,0.0,1.0\n'
        'tom_mix,tom_mix.flac,tom,"Oh.",mix,2,4,0,0,0,1,5,0.5,0.5\n'
    )
    return tmp_path


def test_a_folder_like_the_sample(folder):
    corpus = load_corpus("sample", folder)
    assert len(corpus.emotions) == 6
    assert corpus.speakers == ["anna", "tom"]
    assert corpus.utterances.loc["tom_mix", "weight_sad"] == 0.5
    assert corpus.utterances["step"].fillna(-1).tolist() == [-1, 2]
    assert corpus.utterances.loc["anna_sad", "sentence"] == "Well, well."


def test_the_sample_says_that_it_is_synthetic():
    corpus = load_corpus("sample")
    assert "Synthetic voices and synthetic votes" in repr(corpus)
    assert corpus.licence == "CC0-1.0"


def test_the_sample_can_be_heard_and_has_votes():
    corpus = load_corpus("sample")
    assert len(corpus) >= 24
    assert len(corpus.speakers) >= 3
    assert not np.isnan(corpus.reference).any()
    for name, path in corpus.recordings.items():
        recording = load_recording(path)
        assert recording.id == name
        assert 0.5 < recording.duration < 10


def test_an_incomplete_folder_is_refused(tmp_path):
    with pytest.raises(VotesError, match="there is no such file"):
        load_corpus("sample", tmp_path)
