import numpy as np
import pytest
import soundfile

from sottovoce.audio import load_recording
from sottovoce.corpora import Segment
from sottovoce.errors import RecordingError


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "talk.flac"
    soundfile.write(path, np.linspace(-0.5, 0.5, 32000), 16000, subtype="PCM_24")
    return path


def test_a_segment_is_its_part_of_the_file_without_loss(path):
    whole = load_recording(path).samples
    part = load_recording(Segment(path, 0.5, 1.25), id="part")
    np.testing.assert_array_equal(part.samples, whole[8000:20000])
    to_the_end = load_recording(Segment(path, 1.5), id="end")
    np.testing.assert_array_equal(to_the_end.samples, whole[24000:])
    beyond = load_recording(Segment(path, 1.5, 9.0), id="beyond")
    assert beyond.duration == 0.5


def test_a_segment_must_run_forwards(path):
    for start, end in ((-1, 1), (1, 1), (2, 1), (float("nan"), 1)):
        with pytest.raises(RecordingError, match="does not run forwards"):
            Segment(path, start, end)
    with pytest.raises(RecordingError, match="cannot start at -1 s"):
        Segment(path, -1)


def test_what_cannot_be_read_is_told(path, tmp_path):
    with pytest.raises(RecordingError, match=r"it lasts 2\.00 s, and the segment starts at 3 s"):
        Segment(path, 3, 4).read()
    with pytest.raises(RecordingError, match=r"none\.wav: the file cannot be read"):
        Segment(tmp_path / "none.wav", 0, 1).read()
