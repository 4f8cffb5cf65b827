"""IEMOCAP: small folders in the form of the full release."""

import shutil

import pytest

from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

SUMMARY = """\
% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[3.1000 - 5.2500]\tSes01F_impro09_F000\thap\t[4.0000, 3.5000, 3.0000]
C-E1:\tHappiness; Excited;\t()
C-E2:\tNeutral;\t(polite; almost (too) calm: a host)
C-E4:\tHappiness;\t()
C-F1:\tFrustration;\t()
A-E1:\tval 4; act 3; dom  3;\t()
A-F1:\tval 2; act 2; dom  2;\t()

[6.0000 - 7.0000]\tSes01F_impro09_M000\txxx\t[2.0000, 3.0000, 3.0000]
C-E1:\tAnger;\t()
C-E2:\tFrustration;\t()
C-E4:\tOther;\t(tired)
C-M1:\tAnger;\t()

[8.5000 - 9.0000]\tSes01F_impro09_MXX0\tfru\t[2.0000, 3.0000, 3.0000]
C-E1:\tFrustration;\t()
C-E2:\tFrustration;\t()
C-E4:\tSurprised;\t()
"""


@pytest.fixture
def root(tmp_path, add_recordings):
    for session, text in ((1, SUMMARY), (5, SUMMARY.replace("Ses01F", "Ses05M"))):
        dialogue = f"Ses0{session}{'F' if session == 1 else 'M'}_impro09"
        evaluations = tmp_path / f"Session{session}/dialog/EmoEvaluation"
        (evaluations / "Categorical").mkdir(parents=True)
        (evaluations / f"{dialogue}.txt").write_bytes(text.replace("\n", "\r\n").encode())
        (evaluations / "Categorical" / f"{dialogue}_e1_cat.txt").write_text(
            f"{dialogue}_F000 :Fear; ()\n"
        )
        turns = [f"{dialogue}_{turn}" for turn in ("F000", "M000", "MXX0")]
        wav = tmp_path / f"Session{session}/sentences/wav" / dialogue
        add_recordings(wav, [f"{turn}.wav" for turn in turns])
    return tmp_path


def test_each_evaluator_has_a_vote_for_each_label(root):
    corpus = load_corpus("iemocap", root)
    assert len(corpus) == 6
    votes = corpus.votes.sel(utterance="Ses01F_impro09_F000").to_pandas()
    assert votes[votes > 0].to_dict() == {"happy": 2, "neutral": 1, "excited": 1}
    assert corpus.ratings.sel(utterance="Ses01F_impro09_F000").to_pandas().to_dict() == {
        "E1": "excited + happy",
        "E2": "neutral",
        "E4": "happy",
    }
    assert "Self-reports left out: 4." in corpus.note
    assert corpus.left_out == {}


def test_the_speaker_is_that_of_the_turn(root):
    table = load_corpus("iemocap", root).utterances
    assert table.loc["Ses01F_impro09_M000", ["speaker", "sex", "session"]].tolist() == [
        "Ses01M",
        "male",
        "1",
    ]
    assert table.loc["Ses05M_impro09_F000", "speaker"] == "Ses05F"
    assert table.loc["Ses05M_impro09_MXX0", "speaker"] == "Ses05M"
    assert table.loc["Ses01F_impro09_F000", ["majority", "valence", "scenario"]].tolist() == [
        "hap",
        4.0,
        "improvised",
    ]


def test_labels_are_merged_and_dropped_by_name(root):
    corpus = load_corpus("iemocap", root, sessions=1, labels="iemocap-4")
    assert corpus.emotions == ["angry", "happy", "neutral", "sad"]
    # The one who heard happiness and excitement has one vote for happy.
    assert corpus.votes.sel(utterance="Ses01F_impro09_F000").values.tolist() == [0, 2, 1, 0]
    assert corpus.left_out == {"frustrated": 3, "other": 1, "surprised": 1}
    assert "iemocap-4 (excited counts as happy)" in corpus.note
    assert "Votes left out: 5 (frustrated 3, other 1, surprised 1)." in repr(corpus)
    assert "Without votes: 1." in corpus.note
    own = load_corpus("iemocap", root, labels={"anger": "negative", "frustration": "negative"})
    assert own.emotions == ["negative"]
    assert own.votes.sum() == 8


def test_agreement_takes_several_labels_as_one_answer(root):
    corpus = load_corpus("iemocap", root)
    of_ratings = krippendorff_alpha(corpus.ratings, speakers=corpus.utterances["speaker"])
    of_corpus = krippendorff_alpha(corpus)
    assert of_corpus["n_ratings"] == 18
    assert of_corpus["alpha"].item() == pytest.approx(of_ratings["alpha"].item())
    assert of_corpus.attrs["resampled"] == "speaker"


def test_hidden_files_of_macos_are_read_past(root, test_data):
    junk = test_data / "odd-audio" / "._03a01Fa.wav"
    session = root / "Session1"
    shutil.copy(junk, session / "dialog/EmoEvaluation/._Ses01F_impro09.txt")
    shutil.copy(junk, session / "sentences/wav/Ses01F_impro09/._Ses01F_impro09_F000.wav")
    (root / "._Session1").write_bytes(junk.read_bytes())
    assert len(load_corpus("iemocap", root)) == 6
    assert load_corpus(root).name == "iemocap"


def test_turns_without_recording_are_counted(root):
    next(root.glob("Session1/sentences/wav/*/*_MXX0.wav")).unlink()
    corpus = load_corpus("iemocap", root)
    assert len(corpus) == 5
    assert "Left out without recording: 1 ('Ses01F_impro09_MXX0')." in corpus.note


def test_letters_of_windows_in_a_comment(root):
    path = next(root.glob("Session1/dialog/EmoEvaluation/*.txt"))
    path.write_bytes(path.read_bytes().replace(b"(tired)", b"(bl\xe4s\xe9)"))
    assert load_corpus("iemocap", root).votes.sum() == 20


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ((b"C-E1:\tAnger;", b"C-E1 Anger;"), r"line 12: 'C-E1 Anger;.* is no rating of a turn"),
        ((b"[4.0000, 3.5000, 3.0000]", b""), r"line 3: .* is no turn. It must be like"),
        ((b"Ses01F_impro09_F000", b"clip_one"), r"line 3: .*clip_one.* is no turn"),
    ],
)
def test_a_broken_summary_is_refused_by_line(root, change, says):
    path = next(root.glob("Session1/dialog/EmoEvaluation/*.txt"))
    path.write_bytes(path.read_bytes().replace(*change))
    with pytest.raises(VotesError, match=says):
        load_corpus("iemocap", root)


def test_other_folders_are_refused(root, tmp_path):
    with pytest.raises(VotesError, match=r"iemocap needs root.*To get it: ask for it"):
        load_corpus("iemocap")
    with pytest.raises(VotesError, match="no folders called Session1 to Session5, but dialog, sen"):
        load_corpus("iemocap", root / "Session1")
    with pytest.raises(VotesError, match=r"no sessions 2-3; there are 1, 5"):
        load_corpus("iemocap", root, sessions="1-3")
    with pytest.raises(VotesError, match=r"there are no labels called 'four'.*'iemocap-4'"):
        load_corpus("iemocap", root, labels="four")
    with pytest.raises(VotesError, match=r"labels names 'bored', which nobody could answer"):
        load_corpus("iemocap", root, labels={"bored": "calm"})
    shutil.rmtree(root / "Session5/dialog/EmoEvaluation")
    with pytest.raises(VotesError, match="no summaries of the evaluation"):
        load_corpus("iemocap", root)
