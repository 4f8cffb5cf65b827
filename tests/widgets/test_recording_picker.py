import io
import time

import numpy as np
import pytest
import soundfile

import sottovoce
from sottovoce.audio import Recording
from sottovoce.corpora import Corpus
from sottovoce.errors import RecordingError, VotesError
from sottovoce.paths import data_folder
from sottovoce.widgets import RecordingPicker
from sottovoce.widgets.shared.recording_names import file_stem, plain_name
from sottovoce.widgets.shared.still import Still

HOSTILE = '<img src=x onerror="alert(1)">'


def tone(seconds=1.0, hertz=220.0, rate=16000):
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


@pytest.fixture
def corpus():
    return sottovoce.load_corpus("sample")


@pytest.fixture
def folder(tmp_path):
    for path in ("a/01.wav", "b/01.wav", "b/02.wav"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(tone(hertz=200 + 10 * len(list(tmp_path.rglob("*.wav")))))
    (tmp_path / "b" / "notes.txt").write_text("no sound")
    return tmp_path


def upload(picker, name, content):
    """Do what the browser does with a file; return what it is told."""
    told = []
    picker.uploader.send = told.append
    message = {"kind": "piece", "id": "1", "name": name, "start": 0, "size": len(content)}
    picker.uploader._handle_custom_msg(message, [memoryview(content)])
    return told[-1]


def test_one_is_chosen_from_the_start(corpus):
    picker = RecordingPicker(corpus)
    assert isinstance(picker, Still)
    assert picker.selected == ("anna_angry",)
    assert picker.recordings == {"anna_angry": corpus.recordings["anna_angry"]}
    assert picker.everything == corpus.recordings
    assert picker.run is None
    assert picker.shares is None


def test_a_corpus_is_known_by_its_name_and_none_is_needed():
    assert len(RecordingPicker("sample").everything) == 31
    assert RecordingPicker().selected == ()
    with pytest.raises(VotesError, match="there is no corpus 'simple'"):
        RecordingPicker("simple")


def test_several_are_chosen_in_the_order_of_choosing(corpus):
    picker = RecordingPicker(corpus, multiple=True)
    assert picker.selected == ()
    seen = []
    picker.observe(lambda change: seen.append(change["new"]), "selected")
    picker.selected = ("tom_sad", "anna_sad", "tom_sad")
    assert seen == [("tom_sad", "anna_sad")]
    assert list(picker.recordings) == ["tom_sad", "anna_sad"]
    picker.list.set_state({"chosen": [2, 0]})
    assert picker.selected == ("anna_fearful", "anna_angry")


def test_what_cannot_be_chosen_is_refused(corpus):
    picker = RecordingPicker(corpus)
    with pytest.raises(RecordingError, match="no recording 'tim_sad' among the 31"):
        picker.selected = ("tim_sad",)
    with pytest.raises(RecordingError, match="multiple=True"):
        picker.selected = ("tom_sad", "anna_sad")
    assert picker.selected == ("anna_angry",)
    picker.list.set_state({"chosen": [999]})  # a number that nothing has
    assert picker.selected == ()


def test_no_file_is_read_to_list_thousands(corpus):
    import pandas as pd

    from sottovoce.corpora.corpus import make_votes

    names = [f"u{i}" for i in range(7000)]
    table = pd.DataFrame(
        {"path": "/nowhere/a.wav", "speaker": "", "duration": 2.5}, index=pd.Index(names)
    )
    votes = make_votes(pd.DataFrame({"angry": 1, "sad": 0}, index=names))
    began = time.process_time()
    picker = RecordingPicker(Corpus("large", table, votes))
    assert time.process_time() - began < 3
    listed = picker.list.listed
    assert set(listed["durations"]) == {2.5}
    assert listed["votes"][0] == [1, 0]
    assert len(str(listed)) < 1_000_000


def test_lengths_come_when_they_are_asked_for(corpus, tmp_path):
    picker = RecordingPicker(corpus)
    assert set(picker.list.listed["durations"]) == {None}
    (tmp_path / "broken.wav").write_bytes(b"RIFF no sound")
    picker._shelf.fill([tmp_path / "broken.wav", tmp_path / "lost.wav"])
    sent = []
    picker.list.send = lambda content, buffers=None: sent.append(content)
    picker.list._handle_custom_msg({"kind": "measure", "keys": [0, 31, 32, 4711]}, [])
    duration = sottovoce.load_recording(corpus.recordings["anna_angry"]).duration
    assert sent[0]["durations"] == {"0": round(duration, 1), "31": None, "32": None}
    assert "damaged" in sent[0]["problems"]["31"]
    assert "no such file" in sent[0]["problems"]["32"]


def test_the_sound_is_sent_when_it_is_asked_for(corpus):
    picker = RecordingPicker(corpus)
    sent = []
    picker.list.send = lambda content, buffers=None: sent.append((content, buffers))
    picker.list._handle_custom_msg({"kind": "play", "key": 0}, [])
    content, (wav,) = sent[0]
    assert content == {"kind": "sound", "key": 0, "cut": None}
    whole = sottovoce.load_recording(corpus.recordings["anna_angry"], rate=None)
    np.testing.assert_allclose(
        sottovoce.load_recording(wav, rate=None).samples, whole.samples, atol=1e-4
    )
    picker.add("long", (np.sin(np.arange(16000 * 70)), 16000))
    picker.list._handle_custom_msg({"kind": "play", "key": 31}, [])
    assert sent[1][0]["cut"] == 60
    assert soundfile.info(io.BytesIO(sent[1][1][0])).duration == 60
    picker.list._handle_custom_msg({"kind": "play", "key": 999}, [])
    assert sent[2][0]["kind"] == "silent"


def test_uploads_are_kept_as_they_are_and_told_apart(corpus):
    picker = RecordingPicker(corpus, multiple=True)
    content = tone()
    assert upload(picker, "new.wav", content)["text"] == "1.0 s"
    told = upload(picker, "C:\\voices\\new.flac", tone(0.3))
    assert told["ok"]
    assert told["text"].startswith("0.3 s; called new#2, as there is another new; too short")
    assert picker.selected == ("new", "new#2")
    assert list(picker.everything)[:2] == ["new#2", "new"]
    assert picker.recordings["new#2"].id == "new#2"
    assert picker.recordings["new"].content_hash == sottovoce.load_recording(content).content_hash


def test_a_bad_upload_is_refused_with_the_reason(corpus):
    picker = RecordingPicker(corpus)
    for content, reason in (
        (b"", "the file is empty"),
        (b"Dear diary", "this is text, not audio"),
        (tone(0.01), "Give at least 0.1 s"),
    ):
        told = upload(picker, "bad.wav", content)
        assert not told["ok"]
        assert reason in told["text"]
        assert not told["text"].startswith("bad")
    assert picker.everything.keys() == corpus.recordings.keys()
    small = RecordingPicker(largest_upload=100)
    assert "MB that are taken" in upload(small, "bad.wav", tone())["text"]
    with pytest.raises(RecordingError, match="largest_upload=0 must be a number of bytes"):
        RecordingPicker(largest_upload=0)


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        (f"{HOSTILE}.wav", HOSTILE),
        ("anna\u202egpj.wav", "anna gpj"),
        ("two\nlines\x00.wav", "two lines"),
        ("../../etc/passwd", "passwd"),
        ("...", "recording"),
        ("怒り.wav", "怒り"),
        ("half\ud800.wav", "half?"),
        (500 * "a" + ".wav", 120 * "a"),
    ],
)
def test_names_of_uploads_are_plain(file_name, name):
    picker = RecordingPicker()
    assert upload(picker, file_name, tone())["ok"]
    assert picker.selected == (name,)


def test_add_takes_whatever_can_be_loaded(corpus, folder):
    picker = RecordingPicker(corpus)
    path = folder / "b" / "02.wav"
    assert picker.add("one", path) == "one"
    assert picker.recordings == {"one": path}
    assert picker.add("one", (np.sin(np.arange(16000)), 16000)) == "one#2"
    assert isinstance(picker.recordings["one#2"], Recording)
    with pytest.raises(RecordingError, match=r"lost\.wav: there is no such file"):
        picker.add("lost", folder / "lost.wav")


def test_a_folder_is_listed_without_reading(folder):
    picker = RecordingPicker(multiple=True)
    picker.folder.path.value = f" {folder} "
    picker.folder.add.click()
    assert picker.selected == ("a/01.wav", "b/01.wav", "02")
    assert picker.messages.text == "3 recordings added."
    picker.folder.add.click()
    assert picker.messages.text == "0 recordings added; 3 were there already."
    for given, told in (("", "No folder is given"), (folder / "no", "there is no such folder")):
        picker.folder.path.value = str(given)
        picker.folder.add.click()
        assert told in picker.messages.text
        assert picker.messages.level == "error"


def test_recordings_are_given_as_mapping_folder_or_files(folder):
    assert list(RecordingPicker(recordings=folder).everything) == ["a/01.wav", "b/01.wav", "02"]
    assert list(RecordingPicker(recordings=[folder / "b" / "02.wav"]).everything) == ["02"]
    mapped = {"x": str(folder / "b" / "02.wav"), "y": tone(), "z": tone(2)}
    picker = RecordingPicker(recordings=mapped)
    assert list(picker.everything) == ["y", "z", "x"]
    assert picker.selected == ("y",)
    with pytest.raises(RecordingError, match="recordings of type int must be"):
        RecordingPicker(recordings=3)


def test_what_is_spoken_is_added_and_discarded(corpus):
    picker = RecordingPicker(corpus)
    picker.recorder.wav = tone()
    name = picker.recorder.recording.id
    assert picker.selected == (name,)
    assert picker.recordings[name].duration == 1
    picker.recorder.wav = tone(2)
    assert len(picker.everything) == 33
    picker.recorder.wav = b"rubbish"  # an attempt that failed takes nothing away
    assert len(picker.everything) == 33
    picker.recorder.discard()
    assert next(iter(picker.everything)) == name
    assert len(picker.everything) == 32


def test_only_what_was_added_can_be_removed(corpus):
    picker = RecordingPicker(corpus)
    picker.add("mine", tone())
    picker.list._handle_custom_msg({"kind": "remove", "key": 31}, [])
    assert picker.selected == ("anna_angry",)
    picker.list._handle_custom_msg({"kind": "remove", "key": 0}, [])
    assert picker.everything == corpus.recordings


def test_saved_files_hold_what_came_and_overwrite_nothing(tmp_path):
    picker = RecordingPicker(multiple=True)
    assert picker.folder.save.disabled
    upload(picker, f"{HOSTILE}.flac", tone())
    upload(picker, "a.wav", tone(2))
    picker.add("b", (np.sin(np.arange(16000)) / 2, 16000))
    (tmp_path / "a.wav").write_bytes(b"somebody else's")
    assert not picker.folder.save.disabled
    picker.folder.path.value = str(tmp_path)
    picker.folder.save.click()
    assert picker.messages.text == f"3 recordings saved in {tmp_path}."
    assert (tmp_path / "a.wav").read_bytes() == b"somebody else's"
    assert (tmp_path / "a#2.wav").read_bytes() == tone(2)
    assert (tmp_path / f"{file_stem(HOSTILE)}.flac").read_bytes() == tone()
    assert sottovoce.load_recording(tmp_path / "b.wav").duration == 1
    assert picker.folder.save.disabled
    assert picker.save(tmp_path) == {}


def run_code(picker):
    names = {}
    exec(picker.code(), names)  # noqa: S102 - our own code
    return names["recordings"]


def test_the_code_gives_the_same_recordings(corpus, folder, tmp_path):
    picker = RecordingPicker(corpus, multiple=True)
    assert run_code(picker) == {}
    picker.selected = ("tom_sad", "anna_sad")
    assert "load_corpus('sample')" in picker.code()
    assert str(data_folder()) not in picker.code()
    assert run_code(picker) == picker.recordings
    picker.add("one", folder / "b" / "02.wav")
    assert run_code(picker) == {
        n: p if n != "one" else str(p) for n, p in picker.recordings.items()
    }
    name = picker.add('"); import os; ("', tone())
    assert "Only in the kernel's memory" in picker.code()
    assert name not in run_code(picker)
    saved = picker.save(tmp_path / "saved")
    assert run_code(picker)[name] == str(saved[name])
    assert "kernel's memory" not in picker.code()


def test_the_code_is_shown(corpus):
    picker = RecordingPicker(corpus)
    picker._show_code.button.value = True
    picker.selected = ("tom_sad",)
    assert "'tom_sad'" in picker._show_code.text.value


def test_page_and_table_hold_names_as_text(corpus):
    picker = RecordingPicker(corpus, multiple=True)
    assert "No recording is chosen, of 31." in picker.still()
    picker.selected = ("tom_sad",)
    upload(picker, f"{HOSTILE}.wav", tone())
    page = picker.to_html()
    assert "<img" not in page
    assert page.count("<audio") == 2
    assert page.count("data:audio/") == 2
    assert " sad" in page
    assert corpus.note in page
    still = picker._repr_mimebundle_()[0]["text/html"]
    assert "tom_sad" in still
    assert "<audio" not in still


def test_the_figure_shows_waveforms_and_votes(corpus):
    picker = RecordingPicker(corpus, multiple=True)
    assert picker.to_figure().texts[0].get_text() == "No recording is chosen."
    picker.selected = tuple(picker.everything)[:14]
    axes = picker.to_figure().axes
    assert len(axes) == 24
    assert axes[0].get_title(loc="left").startswith("anna_angry")
    assert axes[-2].get_xlabel() == "seconds; 2 more recordings"
    bars = [bar.get_width() for bar in axes[1].patches]
    reference = corpus.reference.sel(utterance="anna_angry").values
    np.testing.assert_allclose(bars, reference)
    assert picker.to_figure().get_suptitle() == corpus.note


def test_plain_names_do_not_shrink_to_nothing():
    assert plain_name("") == "recording"
