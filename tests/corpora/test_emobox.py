"""EmoBox: metadata in its two forms."""

import json

import pytest

from sottovoce.audio import load_recording
from sottovoce.corpora import load_corpus
from sottovoce.errors import VotesError

LABELS = {"lake-s1_a": "a", "lake-s1_n": "exc", "lake-s2_x": "weary"}


def entry(key):
    return {
        "wav": f"downloads/lake/{key[5:]}.wav",
        "length": 0.25,
        "emo": LABELS[key],
        "channel": 1,
    }


def lines():
    extra = {"dataset": "lake", "type": "raw", "sample_rate": 16000, "num_frame": 4000.0}
    return "\n".join(json.dumps({"key": key} | extra | entry(key)) for key in LABELS) + "\n"


def whole():
    return json.dumps({key: entry(key) | {"dataset": "lake"} for key in LABELS}, indent=4)


@pytest.fixture
def root(tmp_path, add_recordings):
    add_recordings(tmp_path / "downloads/lake", ["s1_a.wav", "s1_n.wav", "s2_x.wav"])
    (tmp_path / "data/lake/fold_1").mkdir(parents=True)
    (tmp_path / "data/lake/lake.jsonl").write_text(lines())
    (tmp_path / "data/lake/lake.json").write_text(whole())
    (tmp_path / "data/lake/fold_1/lake_test_fold_1.json").write_text(whole())
    (tmp_path / "data/lake/label_map.json").write_text('{"a": "Angry", "exc": "Happy"}')
    return tmp_path


@pytest.mark.parametrize(
    "path", ["data/lake", "data/lake/lake.json", "data/lake/fold_1/lake_test_fold_1.json"]
)
def test_both_forms_say_the_same(root, path):
    corpus = load_corpus(root / path)
    assert (corpus.name, list(corpus.recordings)) == ("lake", list(LABELS))
    assert corpus.emotions == ["angry", "excited", "weary"]
    assert corpus.votes.values.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert corpus.single_ratings is None
    assert "how far listeners agreed is not known" in corpus.note


def test_the_map_beside_it_spells_but_does_not_merge_in_silence(root):
    note = load_corpus("emobox", root / "data/lake").note
    assert "label_map.json: a is Angry." in note
    assert "label_map.json would count exc as Happy; it is not merged here." in note
    merged = load_corpus("emobox", root / "data/lake", labels={"angry": "angry", "exc": "happy"})
    assert merged.emotions == ["angry", "happy"]
    assert merged.left_out == {"weary": 1}
    assert "excited counts as happy" in merged.note


def test_audio_elsewhere(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "downloads").rename(elsewhere / "downloads")
    with pytest.raises(VotesError, match=r"'downloads/lake/s1_a.wav' is in no folder above it"):
        load_corpus("emobox", root / "data/lake")
    assert len(load_corpus("emobox", root / "data/lake", audio=elsewhere)) == 3


def test_a_start_and_an_end_make_a_segment(root):
    path = root / "data/lake/lake.jsonl"
    cut = json.loads(lines().splitlines()[0]) | {"start_time": 0.1, "end_time": 0.22}
    path.write_text(json.dumps(cut))
    part = load_corpus("emobox", path).recordings["lake-s1_a"]
    assert load_recording(part).duration == pytest.approx(0.12)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"emo": "exc", ', ""), "line 2: the entry lacks emo"),
        (("lake-s2_x", "lake-s1_a"), "line 3: 'lake-s1_a' is there twice"),
        (('{"key"', '"key"'), "line 1: this is not JSON"),
    ],
)
def test_broken_entries_are_refused_by_line(root, change, says):
    path = root / "data/lake/lake.jsonl"
    path.write_text(lines().replace(*change))
    with pytest.raises(VotesError, match=says):
        load_corpus("emobox", path)


def test_other_folders_are_refused(root):
    with pytest.raises(VotesError, match=r"no metadata; it holds lake/"):
        load_corpus("emobox", root / "data")
    (root / "data/lake/other.jsonl").write_text(lines())
    (root / "data/lake").rename(root / "data/sea")
    with pytest.raises(VotesError, match="several files of metadata \\('lake', 'other'\\)"):
        load_corpus("emobox", root / "data/sea")
