"""Label files with any bytes changed: a corpus, or a refusal in words, and nothing else."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sottovoce.corpora import Corpus, load_corpus
from sottovoce.errors import VotesError

FILES = {
    "crema-d": {
        "AudioWAV/1001_IEO_HAP_HI.wav": "",
        "AudioWAV/1001_IEO_NEU_XX.wav": "",
        "processedResults/tabulatedVotes.csv": ",A,D,F,H,N,S,fileName\n"
        "100001,0,0,0,1,10,0,1001_IEO_NEU_XX\n100002,2,0,0,6,2,0,1001_IEO_HAP_HI\n",
        "finishedResponses.csv": "localid,queryType,clipName,respEmo\nP1,1,1001_IEO_HAP_HI,H\n",
        "VideoDemographics.csv": "ActorID,Age,Sex\n1001,51,Male\n",
    },
    "iemocap": {
        "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav": "",
        "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt": "% head\n\n"
        "[1.0 - 2.0]\tSes01F_impro01_F000\tneu\t[2.5, 2.5, 2.5]\n"
        "C-E1:\tNeutral; Excited;\t(a)\nC-F1:\tOther;\t()\nA-E1:\tval 3; act 2;\t()\n",
    },
    "msp-podcast": {
        "Audios/MSP-PODCAST_0001_0001.wav": "",
        "Labels/labels_detailed.csv": "FileName,EmoDetail\n"
        'MSP-PODCAST_0001_0001.wav,"WORKER01; Happy; Happy,Other-x; A:3.0; V:4.0; D:2.0;"\n',
        "Labels/labels_consensus.json": '{"MSP-PODCAST_0001_0001.wav": {"EmoClass": "H",'
        ' "EmoAct": "4", "SpkrID": "7", "Gender": "Male", "Split_Set": "Train"}}',
    },
    "msp-podcast json": {
        "Audios/MSP-PODCAST_0001_0001.wav": "",
        "Labels/labels_detailed.json": '{"MSP-PODCAST_0001_0001.wav": {"WORKER01": '
        '{"EmoClass_Major": "Happy", "EmoClass_Second": "Happy,Excited"}}}',
        "Labels/labels_consensus.csv": "FileName,EmoClass\nMSP-PODCAST_0001_0001.wav,H\n",
    },
    "emobox": {
        "a.wav": "",
        "toy.jsonl": '{"key": "toy-a", "wav": "a.wav", "emo": "ang", "start_time": 0,'
        ' "end_time": 1.5}\n',
        "label_map.json": '{"ang": "Angry"}',
    },
    "audformat": {
        "a.wav": "",
        "db.yaml": "name: toy\nraters:\n  eve: {type: human}\nschemes:\n"
        "  emotion: {dtype: str, labels: [anger]}\n  speaker: {labels: {s: {age: 3}}}\ntables:\n"
        "  emotion:\n    type: segmented\n    columns:\n"
        "      eve: {scheme_id: emotion, rater_id: eve}\n  files:\n    type: filewise\n"
        "    columns:\n      speaker: {scheme_id: speaker}\n",
        "db.emotion.csv": "file,start,end,eve\na.wav,0 days 00:00:00,0 days 00:00:01,anger\n",
        "db.files.csv": "file,speaker\na.wav,s\n",
    },
}
LABEL_FILES = [
    (corpus, name) for corpus, files in FILES.items() for name in files if not name.endswith("wav")
]
SCRAPS = st.binary(max_size=6) | st.sampled_from(
    [b"\n", b",", b";", b":", b"{", b"}", b"[", b"null", b"1", b'"', b"\xff", b"\0", b"nan", b"- "]
)
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 12), SCRAPS), max_size=4)


@pytest.fixture(scope="module", params=LABEL_FILES, ids=lambda param: " ".join(param))
def folder(request, tmp_path_factory):
    corpus, name = request.param
    root = tmp_path_factory.mktemp(corpus.replace(" ", "-"))
    for path, text in FILES[corpus].items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return corpus.split()[0], root, root / name


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=EDITS)
def test_any_change_is_read_or_refused(folder, edits):
    corpus, root, path = folder
    whole = path.read_bytes()
    changed = bytearray(whole)
    for place, length, scrap in edits:
        start = place % (len(changed) + 1)
        changed[start : start + length] = scrap
    path.write_bytes(changed)
    try:
        read = load_corpus(corpus, root)
    except VotesError:
        read = None
    finally:
        path.write_bytes(whole)
    assert read is None or isinstance(read, Corpus)
    if not edits:
        assert read.votes.sum() > 0
