"""CREMA-D: a small folder of its shape, and the real one where it is there."""

import numpy as np
import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

VOTES = """\
,A,D,F,H,N,S,fileName,numResponses
100001,0,0,0,1,10,0,1001_IEO_NEU_XX,11
100002,2,0,0,6,2,0,1001_IEO_HAP_HI,10
100003,0,0,5,0,0,5,1002_DFA_FEA_LO,10
100004,9,0,0,0,0,0,1003_DFA_ANG_XX,9
100005,0,0,0,0,1,8,1002_TSI_SAD_MD,9
200001,0,0,0,0,7,1,1001_IEO_NEU_XX,8
300001,1,0,0,0,9,0,1001_IEO_NEU_XX,10
"""


@pytest.fixture
def root(tmp_path, add_recordings):
    add_recordings(
        tmp_path,
        [
            "AudioWAV/1001_IEO_NEU_XX.wav",
            "AudioWAV/1002_DFA_FEA_LO.wav",
            "AudioWAV/1002_XXX_FEA_LO.wav",
            "AudioWAV/notes.wav",
        ],
    )
    (tmp_path / "AudioWAV/._1001_IEO_NEU_XX.wav").touch()
    # Only the names matter until a recording is loaded.
    (tmp_path / "AudioOpus").mkdir()
    (tmp_path / "AudioOpus/1001_IEO_NEU_XX.opus").touch()
    (tmp_path / "AudioOpus/1001_IEO_HAP_HI.opus").touch()
    (tmp_path / "processedResults").mkdir()
    (tmp_path / "processedResults/tabulatedVotes.csv").write_text(VOTES)
    (tmp_path / "VideoDemographics.csv").write_text(
        "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n"
    )
    return tmp_path


def test_votes_of_voices_with_what_is_known_about_them(root):
    corpus = load_corpus("crema-d", root)
    assert list(corpus.recordings) == ["1001_IEO_HAP_HI", "1001_IEO_NEU_XX", "1002_DFA_FEA_LO"]
    assert corpus.emotions == ["angry", "disgusted", "fearful", "happy", "neutral", "sad"]
    assert corpus.votes.sel(utterance="1001_IEO_HAP_HI").values.tolist() == [2, 0, 0, 6, 2, 0]
    assert corpus.recordings["1001_IEO_NEU_XX"].suffix == ".wav"
    assert corpus.speakers == ["1001", "1002"]
    happy = corpus.utterances.loc["1001_IEO_HAP_HI"]
    assert happy[["acted", "level", "age", "sex"]].tolist() == ["happy", "high", 51, "male"]
    assert happy["sentence"] == "It's eleven o'clock."
    assert corpus.utterances.loc["1002_DFA_FEA_LO", "sex"] == ""


def test_what_is_left_out_is_told(root):
    corpus = load_corpus("crema-d", root)
    assert "Left out without recording: 1 ('1002_TSI_SAD_MD')." in corpus.note
    assert "Left out without votes: 1 ('1002_XXX_FEA_LO')." in corpus.note
    assert corpus.votes.attrs == {"modality": "voice", "n_left_out": 2, "n_without_votes": 0}


@pytest.mark.parametrize(
    ("modality", "neutral", "says"), [("voice", 10, "only heard"), ("face", 7, "only saw")]
)
def test_modalities(root, modality, neutral, says):
    corpus = load_corpus("crema-d", root, actors=1001, modality=modality)
    assert corpus.votes.sel(utterance="1001_IEO_NEU_XX", emotion="neutral") == neutral
    assert says in corpus.note


@pytest.mark.parametrize("actors", ["1001", "1001-1001", [1001], ["1001"], range(1001, 1002)])
def test_actors(root, actors):
    assert load_corpus("CREMA_D", root, actors=actors).speakers == ["1001"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"actors": "1001-1005"}, "no recordings of actors 1003-1005; there are .* 1001-1002"),
        ({"actors": "all"}, "actors='all'"),
        ({"modality": "ear"}, "modality='ear' must be one of 'voice', 'face', 'both'"),
    ],
)
def test_options_are_refused_by_name(root, options, says):
    with pytest.raises(VotesError, match=says):
        load_corpus("crema-d", root, **options)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("100002,2", "100002,-2"), r"row 3 \(1001_IEO_HAP_HI\), column 'A': '-2'"),
        (("100002", "clip"), "row 3: the first column must hold the number"),
        (("1001_IEO_HAP_HI", "1001_IEO_NEU_XX"), "more than one row for '1001_IEO_NEU_XX'"),
        (("A,D,F,H", "A,D,F,happy"), "the columns 'H' are missing"),
    ],
)
def test_broken_votes_are_refused_by_name(root, change, says):
    (root / "processedResults/tabulatedVotes.csv").write_text(VOTES.replace(*change))
    with pytest.raises(VotesError, match=says):
        load_corpus("crema-d", root)


RESPONSES = """\
Unnamed: 0,localid,pos,ans,ttr,queryType,numTries,clipNum,questNum,clipName,respEmo,respLevel
1,P1,33,H_18,9229,1,0,16,6,1001_IEO_HAP_HI,H,18
2,P2,34,A_60,3100,1,0,16,7,1001_IEO_HAP_HI,A,60
3,P1,35,N_20,4100,2,0,16,8,1001_IEO_NEU_XX,N,20
4,P3,36,N_20,4100,1,0,16,8,9999_IEO_NEU_XX,N,20
"""


def test_raters_are_kept_where_their_file_is(root):
    (root / "finishedResponses.csv").write_text(RESPONSES)
    corpus = load_corpus("crema-d", root)
    assert corpus.single_ratings["rater"].tolist() == ["P1", "P2"]
    assert corpus.ratings.sel(utterance="1001_IEO_HAP_HI").values.tolist() == ["happy", "angry"]
    assert corpus.votes.sel(utterance="1001_IEO_HAP_HI", emotion="happy") == 6
    assert "Single raters are known for 1 of 3 clips; their counts differ" in corpus.note
    # Not every clip's raters are known, so agreement is that of the votes.
    assert corpus.answers.identical(corpus.votes)
    faces = load_corpus("crema-d", root, modality="face")
    assert faces.ratings.to_pandas().to_dict() == {"P1": {"1001_IEO_NEU_XX": "neutral"}}
    assert "Single raters" not in load_corpus("crema-d", root, modality="both").note


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("P2,34,A_60,3100,1,0,16,7,1001_IEO_HAP_HI,A", "P2,,,,1,,,,1001_IEO_HAP_HI,Q"),
            "row 3, c",
        ),
        (("localid", "listener"), "the columns 'localid' are missing"),
    ],
)
def test_broken_responses_are_refused_by_row(root, change, says):
    (root / "finishedResponses.csv").write_text(RESPONSES.replace(*change))
    with pytest.raises(VotesError, match=says):
        load_corpus("crema-d", root)


def test_real_raters_agree_as_the_votes_do(test_data):
    whole = load_corpus("crema-d", test_data / "crema-d", actors=1001)
    rated = whole.select(utterances=whole.single_ratings["utterance"].unique())
    assert len(rated) == 10
    assert rated.single_ratings["rater"].nunique() == 102
    of_ratings = krippendorff_alpha(rated)
    assert of_ratings["n_ratings"] == len(rated.single_ratings) == 102
    of_votes = krippendorff_alpha(rated.votes)
    # The published votes count a few answers less.
    assert of_votes["n_ratings"] == 95
    assert of_ratings["alpha"].item() == pytest.approx(of_votes["alpha"].item(), abs=0.05)


def test_other_folders_are_refused(tmp_path, root):
    with pytest.raises(VotesError, match="crema-d needs root"):
        load_corpus("crema-d")
    with pytest.raises(VotesError, match="no such folder"):
        load_corpus("crema-d", tmp_path / "none")
    with pytest.raises(VotesError, match="no recordings of CREMA-D in AudioWAV or AudioOpus"):
        load_corpus("crema-d", root / "AudioWAV")
    (root / "processedResults/tabulatedVotes.csv").unlink()
    with pytest.raises(VotesError, match=r"tabulatedVotes.csv: there is no such file"):
        load_corpus("crema-d", root)


def test_a_folder_is_recognised(root):
    assert load_corpus(root).name == "crema-d"


def test_ten_real_actors(test_data):
    corpus = load_corpus("crema-d", test_data / "crema-d", actors="1061-1070")
    assert len(corpus) == 820
    assert corpus.speakers == [str(actor) for actor in range(1061, 1071)]
    assert corpus.votes.sum("emotion").median() == 9
    assert corpus.utterances["age"].notna().all()
    assert load_recording(corpus.recordings["1061_DFA_ANG_XX"]).duration > 1


def test_the_known_duplicates_stay(test_data):
    corpus = load_corpus("crema-d", test_data / "crema-d", actors="1006, 1013")
    twins = corpus.select(utterances=["1006_TIE_HAP_XX", "1006_TIE_NEU_XX"])
    assert len(twins) == 2
    shares = load_corpus("crema-d", test_data / "crema-d").reference.mean("utterance")
    assert shares.sel(emotion="neutral") == pytest.approx(0.44, abs=0.01)
    np.testing.assert_allclose(shares.sum(), 1)


def test_actors_that_are_not_there(test_data):
    with pytest.raises(VotesError, match="actors 1071-1091; there are recordings of 1001-1070"):
        load_corpus("crema-d", test_data / "crema-d", actors="1071-1091")
