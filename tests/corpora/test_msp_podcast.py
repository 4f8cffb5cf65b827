"""MSP-Podcast: small folders in the forms of its releases."""

import json

import pytest

from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

# file -> worker -> what was heard first, and besides
ANSWERS = {
    "MSP-PODCAST_0007_0001.wav": {
        "WORKER00000001": ("Happy", "Happy,Excited"),
        "WORKER00000002": ("Neutral", "Neutral"),
        "WORKER00000005": ("Other-proud; a bit", "Amused,Other-proud, and warm,Confused"),
    },
    "MSP-PODCAST_0007_0002.wav": {
        "WORKER00000001": ("Contempt", "Contempt,Annoyed"),
        "WORKER00000002": ("Angry", "Angry"),
        "WORKER00000003": ("Other-Proud; a bit", "Other"),
    },
    "MSP-PODCAST_0012_0001.wav": {
        "WORKER00000001": ("Surprise", "Surprise"),
        "WORKER00000003": ("Surprise", "Surprise,Fear"),
    },
}
KNOWN = {
    "MSP-PODCAST_0007_0001.wav": ("X", 4.2, 5, 4, "7", "Female", "Train"),
    "MSP-PODCAST_0007_0002.wav": ("X", 5, 2, 6, "7", "Female", "Train"),
    "MSP-PODCAST_0012_0001.wav": ("U", 5, 4, 4, "Unknown", "Male", "Test1"),
}
CONSENSUS = ("EmoClass", "EmoAct", "EmoVal", "EmoDom", "SpkrID", "Gender", "Split_Set")


def answers():
    return [(file, worker, *heard) for file, of in ANSWERS.items() for worker, heard in of.items()]


def line(worker, first, besides):
    return f"{worker}; {first}; {besides}; A:3.000000; V:4.000000; D:2.000000;"


def columns(worker_column):
    def csv():
        head = f"FileName,{worker_column},EmoClass_Major,EmoClass_Second,EmoAct,EmoDom,EmoVal\n"
        return head + "".join(f'{f},{w},"{a}","{b}",3.0,2.0,4.0\n' for f, w, a, b in answers())

    return csv


def one_column():
    rows = (f'{file},"{line(*rest)}"\n' for file, *rest in answers())
    return "FileName,EmoDetail\n" + "".join(rows)


def raw_lines():
    blocks = []
    for file, of in ANSWERS.items():
        head = f"{file}; {KNOWN[file][0]}; A:2.400000; V:4.000000; D:2.800000;"
        blocks.append("\n".join([head, *(line(worker, *heard) for worker, heard in of.items())]))
    return "\n\n".join(blocks)


def by_worker():
    return json.dumps(
        {f: {w: fields(*heard) for w, heard in of.items()} for f, of in ANSWERS.items()}
    )


def listed():
    return json.dumps(
        {
            f: {"Workers": [{"Name": w} | fields(*heard) for w, heard in of.items()]}
            for f, of in ANSWERS.items()
        }
    )


def fields(first, besides):
    scales = {"EmoAct": "3", "EmoVal": "4", "EmoDom": "2"}
    return {"EmoClass_Major": first, "EmoClass_Second": besides} | scales


def consensus_csv():
    rows = (",".join([file, *map(str, known)]) for file, known in KNOWN.items())
    return "\n".join(["FileName," + ",".join(CONSENSUS), *rows]) + "\n"


def consensus_json():
    return json.dumps(
        {f: dict(zip(CONSENSUS, map(str, known), strict=True)) for f, known in KNOWN.items()}
    )


def consensus_in_lists():
    return json.dumps(
        {f: [dict(zip(CONSENSUS, map(str, known), strict=True))] for f, known in KNOWN.items()}
    )


RELEASES = {
    "1.6": ("label", "Audio", "labels_detailed.csv", columns("Workers"), "labels_concensus.csv"),
    "1.8": ("Labels", "Audios", "labels_detailed.csv", one_column, "labels_concensus.json"),
    "1.12": ("Labels", "Audios", "labels_detailed.json", by_worker, "labels_consensus.json"),
    "2.0": ("Labels", "Audios", "labels_detailed.csv", columns("WorkerID"), "labels_consensus.csv"),
    "raw": ("Labels", "Audios", "labels.txt", raw_lines, "labels_consensus.csv"),
    "lists": ("labels", "Audios", "labels_detailed.json", listed, "labels_consensus.json"),
}


@pytest.fixture
def release(tmp_path, add_recordings):
    def make(version):
        labels, audio, detailed, text, consensus = RELEASES[version]
        root = tmp_path / version
        (root / labels).mkdir(parents=True)
        (root / labels / detailed).write_text(text(), encoding="utf-8")
        known = consensus_in_lists if version == "lists" else consensus_json
        known = consensus_csv if consensus.endswith("csv") else known
        (root / labels / consensus).write_text(known(), encoding="utf-8")
        add_recordings(root / audio, list(ANSWERS))
        (root / audio / "._MSP-PODCAST_0007_0001.wav").touch()
        return root

    return make


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_says_the_same(release, version):
    corpus = load_corpus("msp-podcast", release(version))
    assert list(corpus.recordings) == [file[:-4] for file in ANSWERS]
    assert corpus.emotions[-3:] == ["contemptuous", "surprised", "other"]
    votes = corpus.votes.to_pandas().loc["MSP-PODCAST_0007_0001"]
    assert votes[votes > 0].to_dict() == {"happy": 1, "neutral": 1, "other": 1}
    assert corpus.votes.sel(utterance="MSP-PODCAST_0012_0001", emotion="surprised") == 2
    assert corpus.ratings.sel(rater="WORKER00000003").values.tolist() == ["", "other", "surprised"]
    assert corpus.speakers == ["7"]
    first = corpus.utterances.iloc[0]
    assert first[["sex", "split", "arousal"]].tolist() == ["female", "Train", 4.2]
    assert "In listeners' own words, counted as other: 2 (different: 1)." in corpus.note


def test_secondary_answers(release):
    corpus = load_corpus("msp-podcast", release("2.0"), answer="secondary")
    heard = corpus.ratings.sel(utterance="MSP-PODCAST_0007_0001", rater="WORKER00000005").item()
    assert heard == "amused + confused + other"
    assert corpus.votes.sel(utterance="MSP-PODCAST_0007_0001", emotion="excited") == 1
    assert corpus.left_out == {}


def test_labels_and_splits(release):
    corpus = load_corpus("msp-podcast", release("1.12"), split="Train", labels="msp-podcast-4")
    assert len(corpus) == 2
    assert corpus.emotions == ["angry", "happy", "neutral", "sad"]
    assert corpus.left_out == {"other": 2, "contemptuous": 1}
    assert "Votes left out: 3 (other 2, contemptuous 1)." in corpus.note
    with pytest.raises(VotesError, match="no part called 'Dev'; there are 'Test1', 'Train'"):
        load_corpus("msp-podcast", release("1.6"), split=["Train", "Dev"])


def test_agreement(release):
    corpus = load_corpus(release("1.8"))
    assert corpus.name == "msp-podcast"
    of_corpus, of_ratings = krippendorff_alpha(corpus), krippendorff_alpha(corpus.ratings)
    assert of_corpus["alpha"].item() == pytest.approx(of_ratings["alpha"].item())
    assert of_corpus["n_ratings"] == 8


def test_without_single_answers_the_consensus_votes(release):
    root = release("2.0")
    (root / "Labels" / "labels_detailed.csv").unlink()
    corpus = load_corpus("msp-podcast", root)
    assert list(corpus.recordings) == ["MSP-PODCAST_0012_0001"]
    assert corpus.votes.sum() == 1
    assert corpus.single_ratings is None
    assert "the consensus is the only vote" in corpus.note
    assert "Left out without ratings: 2" in corpus.note
    with pytest.raises(VotesError, match="who gave which vote is not known"):
        _ = corpus.ratings


def test_without_consensus_nobody_is_known(release):
    root = release("raw")
    (root / "Labels" / "labels_consensus.csv").unlink()
    corpus = load_corpus("msp-podcast", root)
    assert corpus.speakers == []
    assert "Speakers unknown" in corpus.note


@pytest.mark.parametrize(
    ("version", "change", "says"),
    [
        ("1.8", ("; A:3.0", "; B:3.0"), "row 2: 'WORKER.* is no answer of a worker"),
        ("2.0", ("EmoClass_Major", "Emo"), "the columns 'EmoClass_Major' are missing; there are"),
        ("1.12", ("EmoClass_Major", "Emo"), "an answer about 'MSP-PODCAST_0007_0001.wav' is"),
        ("1.12", ("}", "]"), "this is not JSON"),
        ("raw", ("MSP-PODCAST_0007_0001.wav; X; A", "b"), "line 1: .* before the line of any"),
    ],
)
def test_broken_files_are_refused_by_name(release, version, change, says):
    root = release(version)
    path = root / RELEASES[version][0] / RELEASES[version][2]
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(VotesError, match=says):
        load_corpus("msp-podcast", root)


def test_an_answer_that_cannot_be_read_is_counted(release):
    root = release("raw")
    path = root / "Labels" / "labels.txt"
    many = "\n".join(line(f"WORKER{n:08d}", "Sad", "Sad") for n in range(100, 130))
    path.write_text(f"{path.read_text()}\n{many}\nWORKER00000999; Sad; and then the line broke\n")
    corpus = load_corpus("msp-podcast", root)
    assert corpus.votes.sel(utterance="MSP-PODCAST_0012_0001", emotion="sad") == 30
    assert "Answers that cannot be read: 1 (labels.txt, " in corpus.note
    assert "(labels.txt, line 44: 'WORKER00000999; Sad; and then the line broke')" in corpus.note


def test_other_folders_are_refused(release, tmp_path):
    root = release("1.12")
    with pytest.raises(VotesError, match=r"no labels_detailed.csv.*; it holds 1.12/"):
        load_corpus("msp-podcast", tmp_path)
    for path in (root / "Audios").glob("*"):
        path.unlink()
    with pytest.raises(VotesError, match="there are ratings of 3 recordings and files of 0"):
        load_corpus("msp-podcast", root)
