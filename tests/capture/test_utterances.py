import numpy as np
import pytest
import soundfile
from sounds import voice

from sottovoce.audio import Recording, content_free, load_recording, windows
from sottovoce.capture import hearing
from sottovoce.capture.utterances import load_utterances
from sottovoce.errors import RecordingError


def load(recordings, **options):
    return load_utterances(recordings, rate=16000, **options)


def write(path, seconds=0.6, pitch=150.0, rate=16000):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, voice(seconds, pitch, rate=rate)[0], rate)
    return path


def ids(recordings, **options):
    return [utterance.id for utterance in load(recordings, **options)]


def test_all_kinds_of_source_are_taken(tmp_path):
    path = write(tmp_path / "anna.wav")
    recording = Recording(*voice(1), id="mine")
    for one in (path, str(path), path.read_bytes(), voice(1), recording):
        assert [u.message for u in load(one)] == [""]
        with pytest.warns(UserWarning, match="Of several recordings with one name, the later"):
            assert [u.message for u in load([one, one])] == ["", ""]
    with path.open("rb") as file:
        assert ids(file) == ["anna"]
    assert ids(tmp_path) == ["anna"]
    assert ids([recording, path]) == ["mine", "anna"]
    assert ids(iter([path])) == ["anna"]
    assert ids({"x": path, 7: recording}) == ["x", "7"]


def test_recordings_come_at_the_rate_asked_for(tmp_path):
    loaded = load([write(tmp_path / "a.wav", rate=44100), Recording(*voice(1, rate=8000), id="b")])
    assert [one.recording.rate for one in loaded] == [16000, 16000]


def test_order_is_kept_and_folders_are_unfolded_in_their_place(tmp_path):
    last = write(tmp_path / "z.wav")
    for name in ("b.wav", "a.flac"):
        write(tmp_path / "folder" / name)
    assert ids([last, tmp_path / "folder", Recording(*voice(1), id="k")]) == ["z", "a", "b", "k"]


def test_a_path_is_kept_as_it_was_given(tmp_path, monkeypatch):
    write(tmp_path / "a.wav")
    monkeypatch.chdir(tmp_path)
    assert [one.path for one in load(["a.wav", "b.wav"])] == ["a.wav", "b.wav"]


def test_names_that_repeat_are_told_apart(tmp_path):
    for name in ("s1/x.wav", "s1/x.flac", "t/s2/01.wav", "u/s2/01.wav", "s3/01.wav"):
        write(tmp_path / name)
    assert ids([tmp_path / "s1" / "x.wav", tmp_path / "s1" / "x.flac"]) == ["x.wav", "x.flac"]
    assert ids([tmp_path / "s3" / "01.wav", tmp_path / "t" / "s2" / "01.wav"]) == ["s3/01", "s2/01"]
    folders = [tmp_path / "t", tmp_path / "u", tmp_path / "s3"]
    assert ids(folders) == ["t/s2/01", "u/s2/01", f"{tmp_path.name}/s3/01"]
    same = tmp_path / "s3" / "01.wav"
    with pytest.warns(UserWarning, match=r"the later are called '01#2', '01#3'"):
        assert ids([same, same, same]) == ["01", "01#2", "01#3"]
    named = [Recording(*voice(1), id=name) for name in ("a", "a", "a#2", "b")]
    with pytest.warns(UserWarning, match=r"called 'a#3'\. Votes are matched by name"):
        assert ids(named) == ["a", "a#3", "a#2", "b"]


def test_a_window_never_takes_a_name_that_is_there():
    recordings = [Recording(*voice(s), id=name) for name, s in (("a@0.0s", 1), ("a", 4))]
    assert ids(recordings, max_seconds=2) == ["a@0.0s", "a@0.0s#2", "a@2.0s"]


def test_windows_are_named_after_what_tells_their_recordings_apart(tmp_path):
    folders = [write(tmp_path / name / "01.wav", seconds=3) for name in ("ann", "ben")]
    assert ids(folders, max_seconds=2) == [
        "ann/01@0.0s", "ann/01@1.0s", "ben/01@0.0s", "ben/01@1.0s",
    ]  # fmt: skip


def test_windows_say_of_what_they_are_a_part_and_where_they_begin():
    talk, whole = Recording(*voice(5), id="talk"), Recording(*voice(1), id="whole")
    for given in ([talk, whole], [*windows(talk, 2), whole]):
        loaded = load(given, max_seconds=2)
        assert [(one.part_of, one.start) for one in loaded] == [
            ("talk", 0), ("talk", 2), ("talk", 3), ("", 0),
        ]  # fmt: skip


def test_a_window_in_which_nothing_is_heard_is_refused_by_its_own_name():
    samples, rate = voice(6)
    samples[2 * rate : 4 * rate] = 0
    talk = Recording(samples, rate, id="talk", path="talk.wav")
    for given in ([talk], windows(talk, 2)):
        first, pause, last = load(given, max_seconds=2)
        assert (first.message, last.message) == ("", "")
        assert pause.message.startswith("talk@2.0s: the recording is silent")
        assert (pause.id, pause.path, pause.part_of) == ("talk@2.0s", "talk.wav", "talk")
        assert (pause.start, pause.recording) == (2, None)


def test_a_recording_of_exactly_the_window_is_left_whole():
    for long in ("windows", "cut", "error"):
        whole = load(Recording(*voice(2), id="a"), max_seconds=2, long=long)
        assert [(one.id, one.message, one.recording.notes) for one in whole] == [("a", "", ())]
    assert ids(Recording(*voice(60), id="a")) == ["a"]


def test_a_loaded_recording_keeps_its_notes():
    short = load_recording(voice(0.3), id="a")
    assert "too short to mean much" in "; ".join(load([short])[0].recording.notes)


def test_bad_ones_keep_their_place_and_a_name(tmp_path):
    loaded = load([tmp_path / "gone.wav", b"no sound", voice(1)[0], (np.zeros(9), 16000), None])
    names = [one.id for one in loaded]
    assert names == ["gone", *(f"recording-{place}" for place in (2, 3, 4, 5))]
    assert all(one.recording is None and one.message for one in loaded)
    assert "give (samples, rate)" in loaded[2].message


def test_speakers_come_as_a_mapping_or_in_order(tmp_path):
    recordings = {"a": voice(1), "b": voice(5), "c": tmp_path / "gone.wav"}

    def speakers(given):
        return [one.speaker for one in load(recordings, max_seconds=3, speakers=given)]

    assert speakers(None) == ["", "", "", ""]
    assert speakers({"b": "ben", "z": "zoe"}) == ["", "ben", "ben", ""]
    assert speakers(["ann", "ben", 3]) == ["ann", "ben", "ben", "3"]
    with pytest.raises(RecordingError, match="2 speakers for 3 recordings"):
        speakers(["ann", "ben"])
    with pytest.raises(RecordingError, match=r"speakers names 'x'.*which are named 'a', 'b', 'c'"):
        speakers({"x": "ann"})


@pytest.mark.parametrize("nothing", [[], {}, ()])
def test_no_recordings_at_all_are_refused(nothing):
    with pytest.raises(RecordingError, match="No recordings were given"):
        load(nothing)


def test_what_can_only_be_a_mistake_is_refused(tmp_path):
    with pytest.raises(RecordingError, match=r"give \(samples, rate\)"):
        load(voice(1)[0])
    with pytest.raises(RecordingError, match="recordings of type int must be"):
        load(5)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(RecordingError, match="no recordings in this folder"):
        load(tmp_path)


def test_even_what_the_loader_did_not_foresee_does_not_stop_the_others(monkeypatch):
    def exhausted(source, **options):
        if source[1] == 8000:
            raise MemoryError("cannot allocate 9 TiB")
        return load_recording(source, **options)

    monkeypatch.setattr(hearing, "load_recording", exhausted)
    loaded = load({"huge": voice(1, rate=8000), "good": voice(1)})
    assert [one.message for one in loaded] == ["MemoryError: cannot allocate 9 TiB", ""]


def test_a_path_that_no_disk_could_hold_is_told(tmp_path):
    loaded = load([tmp_path / ("x" * 300 + ".wav"), "a\0b.wav"])
    assert all(one.message for one in loaded)


def test_long_recordings_are_cut_at_their_pauses():
    rate = 16000
    talk = np.concatenate(
        [voice(1.2)[0], np.zeros(rate), voice(4, pitch=200)[0], np.zeros(rate // 2)]
    )
    loaded = load({"talk": (talk, rate), "short": voice(1)}, max_seconds=3, long="pauses")
    assert [one.id for one in loaded] == ["talk@0.0s", "talk@2.1s", "talk@3.3s", "short"]
    assert {one.part_of for one in loaded[:3]} == {"talk"}
    assert all(one.recording.duration <= 3 for one in loaded)


def test_windows_may_overlap():
    starts = [one.start for one in load({"talk": voice(5)}, max_seconds=2, overlap=0.5)]
    assert starts == [0, 1.5, 3]
    assert len(load({"talk": voice(5)}, max_seconds=2, overlap=0.5, long="pauses")) == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"overlap": -1}, "overlap=-1 must be a number of seconds from 0"),
        ({"overlap": 2}, "overlap=2 must be less than a window, which lasts 2 s"),
        ({"overlap": 1, "long": "cut"}, "overlap is for windows, and long='cut' is set"),
    ],
)
def test_overlaps_that_make_no_sense_are_refused(options, told):
    with pytest.raises(RecordingError, match=told):
        load(voice(5), max_seconds=2, **options)


def test_silence_is_heard_where_it_is_meant():
    """A content-free recording says that it is silent; a broken one does not."""
    silent = np.zeros(16_000, dtype=np.float32)
    meant = content_free(load_recording(voice(1), id="meant"), "silence")
    found = load_utterances([meant, Recording(silent, 16_000, id="broken")], rate=16_000)
    assert [one.recording is not None for one in found] == [True, False]
    assert "silent" in found[1].message
