"""audformat: small databases, in the form in which the package of that name saves them."""

import pandas as pd
import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

HEADER = """\
name: harbour
source: none
usage: unrestricted
languages: [eng]
license: CC0-1.0
raters:
  eve: {type: human}
  gold: {type: vote}
  tom: {type: human}
schemes:
  emotion:
    dtype: str
    labels: [anger, happiness, neutral, boredom]
  speaker:
    dtype: str
    labels:
      s1: {gender: female, age: 31}
      s2: {gender: male, age: 40}
splits:
  train: {type: train}
tables:
  emotion:
    type: filewise
    split_id: train
    columns:
      eve: {scheme_id: emotion, rater_id: eve}
      tom: {scheme_id: emotion, rater_id: tom}
  emotion.gold_standard:
    type: filewise
    columns:
      emotion: {scheme_id: emotion, rater_id: gold}
  files:
    type: filewise
    columns:
      speaker: {scheme_id: speaker}
"""
TURNS = """\
  turns:
    type: segmented
    columns:
      eve: {scheme_id: emotion, rater_id: eve}
"""
TABLES = {
    "emotion": "file,eve,tom\nwav/a.wav,anger,anger\nwav/b.wav,neutral,boredom\nwav/c.wav,,anger\n",
    "emotion.gold_standard": "file,emotion\nwav/a.wav,anger\nwav/b.wav,neutral\nwav/c.wav,\n",
    "files": "file,speaker\nwav/a.wav,s1\nwav/b.wav,s2\nwav/c.wav,s1\n",
    "turns": "file,start,end,eve\n"
    "wav/a.wav,0 days 00:00:00.000000,0 days 00:00:00.125000,anger\n"
    "wav/a.wav,0 days 00:00:00.125000,,neutral\n",
}


@pytest.fixture
def database(tmp_path, add_recordings):
    def make(header=HEADER, tables=TABLES, parquet=False):
        (tmp_path / "db.yaml").write_text(header)
        for name, text in tables.items():
            path = tmp_path / f"db.{name}.csv"
            path.write_text(text)
            if parquet:
                pd.read_csv(path).to_parquet(path.with_suffix(".parquet"))
                path.unlink()
        add_recordings(tmp_path, ["wav/a.wav", "wav/b.wav", "wav/c.wav"])
        return tmp_path

    return make


@pytest.mark.parametrize("parquet", [False, True])
def test_a_column_of_a_rater_is_his_votes(database, parquet):
    corpus = load_corpus("audformat", database(parquet=parquet))
    assert (corpus.name, corpus.licence) == ("harbour", "CC0-1.0")
    assert corpus.emotions == ["angry", "neutral", "bored"]
    assert corpus.ratings.transpose("rater", "utterance").values.tolist() == [
        ["angry", "neutral", ""],
        ["angry", "bored", "angry"],
    ]
    assert corpus.utterances.loc["a", ["speaker", "sex", "age", "split"]].tolist() == [
        "s1",
        "female",
        31,
        "train",
    ]
    assert krippendorff_alpha(corpus)["n_ratings"] == 4


def test_labels(database):
    corpus = load_corpus(database(), labels="words-basic")
    assert corpus.left_out == {"bored": 1}
    assert "Votes left out: 1 (bored 1)." in corpus.note


def test_a_gold_standard_is_one_vote(database):
    corpus = load_corpus("audformat", database(), tables="emotion.gold_standard")
    assert corpus.single_ratings is None
    assert corpus.votes.sum("emotion").values.tolist() == [1, 1]
    assert "how far listeners agreed is not known" in corpus.note
    assert "Left out without ratings: 1 ('c')." in corpus.note


def test_rows_of_a_segmented_table_are_segments(database):
    corpus = load_corpus("audformat", database(HEADER + TURNS), tables=["turns"])
    assert list(corpus.recordings) == ["a@0-0.125s", "a@0.125s"]
    assert corpus.utterances["speaker"].tolist() == ["s1", "s1"]
    lasts = [load_recording(part).duration for part in corpus.recordings.values()]
    assert lasts == [0.125, 0.125]


def test_speakers_in_a_table_of_their_own(database):
    said = "    labels:\n      s1: {gender: female, age: 31}\n      s2: {gender: male, age: 40}\n"
    header = HEADER.replace(said, "    labels: people\n")
    people = {"people": "speaker,gender,age\ns1,female,29\ns2,male,52\n"}
    corpus = load_corpus("audformat", database(header, TABLES | people))
    assert corpus.utterances["age"].tolist() == ["29", "52", "29"]


def test_files_of_one_name_in_several_folders(database, add_recordings, tmp_path):
    table = "file,eve,tom\none/a.wav,anger,\ntwo/a.wav,,neutral\n"
    add_recordings(tmp_path, ["one/a.wav", "two/a.wav"])
    corpus = load_corpus(
        "audformat", database(tables=TABLES | {"emotion": table}), tables="emotion"
    )
    assert list(corpus.recordings) == ["one/a", "two/a"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("tables:", "tabels:"), "this header names none"),
        (("name: harbour", "name: [harbour"), "this is not YAML"),
        (("  emotion:\n    dtype", "  mood:\n    dtype"), "no scheme called 'emotion'; there are"),
        (("scheme_id: emotion", "scheme_id: mood"), "no column of the scheme 'emotion'"),
        (("rater_id: tom", "rater_id: tom}\n      kim: {scheme_id: emotion, rater_id: tom"), "kim"),
    ],
)
def test_broken_headers_are_refused(database, change, says):
    with pytest.raises(VotesError, match=says):
        load_corpus("audformat", database(HEADER.replace(*change)))


def test_a_header_runs_nothing(database):
    evil = "name: !!python/object/apply:os.system [exit 1]\n"
    with pytest.raises(VotesError, match="this is not YAML"):
        load_corpus("audformat", database(HEADER.replace("name: harbour\n", evil)))


def test_pickles_are_not_opened(database):
    root = database()
    (root / "db.emotion.csv").rename(root / "db.emotion.pkl")
    with pytest.raises(VotesError, match="the pickle is not opened, since that could run code"):
        load_corpus("audformat", root)


def test_other_folders_are_refused(tmp_path):
    with pytest.raises(VotesError, match=r"no db.yaml; it holds nothing"):
        load_corpus("audformat", tmp_path)
