import numpy as np
import pandas as pd
import pytest

from sottovoce.corpora import load_votes
from sottovoce.errors import VotesError


def rows(votes):
    return votes.to_pandas().to_dict("index")


def test_counts_are_labelled_and_in_the_usual_order(write):
    votes = load_votes(
        write("utterance,speaker,Sadness,Anger,votes_happy\n01,anna,1,3,\n02,tom,0,0,2\n")
    )
    assert votes.dims == ("utterance", "emotion")
    assert votes["emotion"].values.tolist() == ["angry", "happy", "sad"]
    assert votes["utterance"].values.tolist() == ["01", "02"]
    assert votes["speaker"].values.tolist() == ["anna", "tom"]
    np.testing.assert_array_equal(votes.values, [[3, 0, 1], [0, 2, 0]])
    assert (votes.name, votes.dtype) == ("votes", np.float64)


def test_japanese_columns(write):
    votes = load_votes(write("file,怒り,悲しみ,喜び\ndir/声.wav,1,2,3\n"))
    assert rows(votes) == {"声": {"angry": 1, "happy": 3, "sad": 2}}


@pytest.mark.parametrize(
    "header", ["file", "path", "File Name", "Filename", "recording", "audio", "wav"]
)
def test_a_file_gives_its_name(write, header):
    votes = load_votes(write(f"{header},angry,sad\nC:\\data\\a.b.wav,1,2\n"))
    assert votes["utterance"].values.tolist() == ["a.b"]
    assert "speaker" not in votes.coords


def test_a_file_is_the_better_name_than_a_number(write):
    votes = load_votes(write("id,file,sad,angry\n7,a.wav,1,2\n"))
    assert rows(votes) == {"a": {"angry": 2, "sad": 1}}


def test_emotions_of_ones_own(write):
    path = write("utterance,curious,bored,age,step,weight_sad,who\na,1,2.5,30,4,0.5,me\n")
    assert rows(load_votes(path)) == {"a": {"curious": 1, "bored": 2.5}}
    mixed = write("utterance,curious,angry\na,1,2\n")
    assert rows(load_votes(mixed)) == {"a": {"angry": 2, "curious": 1}}
    assert rows(load_votes(mixed, emotions=["anger"])) == {"a": {"angry": 2}}
    with pytest.raises(VotesError, match="no column counts 'bored'"):
        load_votes(mixed, emotions=["angry", "bored"])


def test_columns_that_are_usually_something_else_can_be_asked_for(write):
    path = write("utterance,emotion,arousal,calm\na,acted,1,2\n")
    assert rows(load_votes(path, emotions=["arousal", "calm"])) == {"a": {"arousal": 1, "calm": 2}}


def test_a_label_beside_the_counts_is_no_vote(write):
    votes = load_votes(write("utterance,emotion,angry,sad\na,sad,1,2\nb,angry,3,4\n"))
    assert rows(votes) == {"a": {"angry": 1, "sad": 2}, "b": {"angry": 3, "sad": 4}}


def test_single_ratings_are_counted(write):
    votes = load_votes(
        write(
            "utterance,rater,emotion,speaker\n"
            "b,1,Happiness,tom\na,1,sad,anna\na,2,sadness,anna\na,3,,anna\nb,2,neutral,tom\n"
        )
    )
    assert votes["emotion"].values.tolist() == [
        "angry",
        "disgusted",
        "fearful",
        "happy",
        "neutral",
        "sad",
    ]
    assert votes.sel(utterance="a").values.tolist() == [0, 0, 0, 0, 0, 2]
    assert votes.sel(utterance="b", emotion=["happy", "neutral"]).values.tolist() == [1, 1]
    assert votes["speaker"].values.tolist() == ["tom", "anna"]


def test_single_ratings_with_emotions_of_ones_own(write):
    path = write("utterance,emotion\na,bored\na,curious\na,angry\n")
    assert rows(load_votes(path)) == {"a": {"angry": 1, "bored": 1, "curious": 1}}
    chosen = load_votes(path, emotions=["curious", "bored", "keen"])
    assert rows(chosen) == {"a": {"curious": 1, "bored": 1, "keen": 0}}


def test_recordings_without_votes_stay(write):
    votes = load_votes(write("utterance,angry,sad\na,0,0\nb,,\nc,1,0\n"))
    assert votes.sizes["utterance"] == 3
    assert votes.attrs["n_without_votes"] == 2


@pytest.mark.parametrize("cell", ["-1", "many", "nan", "inf", "0,5", "1e999"])
def test_what_is_no_number_of_votes_is_refused_by_row_and_column(write, cell):
    path = write(f'utterance,Anger,sad\na,1,2\n\nb,"{cell}",2\nc,3,4\n')
    with pytest.raises(VotesError, match=rf"votes.csv, row 4 \(b\), column 'Anger': '{cell}'"):
        load_votes(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("utterance,angry,sad\na,1,2\na,1,2\nb,1,1\n", "more than one row for 'a'"),
        ("file,angry,sad\nx/a.wav,1,2\ny/a.wav,1,2\n", "column called utterance"),
        ("utterance,angry,anger\na,1,2\n", "the columns 'angry', 'anger' all mean 'angry'"),
        ("speaker,angry,sad\na,1,2\n", "no column names the recordings"),
        ("utterance,sentence,age\na,hello,30\n", "no column holds votes"),
        ("utterance,emotion\na,3\nb,4\n", "no column holds votes"),
        ("utterance,angry,sad\n,1,2\n", "row 2, column 'utterance': the recording has no name"),
        ("utterance,angry,sad\na,0,0\n", "nobody voted"),
        (
            "utterance,emotion,rater\na,sad,1\na,angry,2\na,sad,1\n",
            "row 4: rater '1' has said 'sad' of 'a' before",
        ),
        (
            "utterance,emotion,speaker\na,sad,anna\na,sad,tom\n",
            "'a' has more than one speaker",
        ),
    ],
)
def test_contradictions_are_refused(write, content, says):
    path = write(content)
    with pytest.raises(VotesError, match=says) as caught:
        load_votes(path)
    assert str(caught.value).startswith(str(path))


def test_typed_cells_are_read_too(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "votes.parquet"
    frame = pd.DataFrame({"id": [7, 8], "angry": [1.0, np.nan], "sad": [2, 0]})
    frame.to_parquet(path)
    assert rows(load_votes(path)) == {"7": {"angry": 1, "sad": 2}, "8": {"angry": 0, "sad": 0}}
