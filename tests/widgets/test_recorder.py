import io
import re

import numpy as np
import pytest
import soundfile

from sottovoce.errors import RecordingError
from sottovoce.widgets import Recorder
from sottovoce.widgets.shared.still import Still
from sottovoce.widgets.shared.uploads import Pieces


def wav(samples, rate=44100):
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def tone(seconds=1.0, rate=44100, peak=0.3):
    return wav(peak * np.sin(2 * np.pi * 220 * np.arange(int(seconds * rate)) / rate), rate)


@pytest.fixture
def recorder():
    recorder = Recorder()
    recorder.sent = []
    recorder.send = lambda content, buffers=None: recorder.sent.append((content, buffers))
    return recorder


def say(recorder, content, *buffers):
    """Do what the browser does when it sends a message."""
    recorder._handle_custom_msg(content, list(map(memoryview, buffers)))


def piece(content, start, size, name="recording"):
    return {"kind": "piece", "id": "a", "name": name, "start": start, "size": size}


def test_it_is_empty_at_first(recorder):
    assert isinstance(recorder, Still)
    assert (recorder.wav, recorder.recording, recorder.state) == (b"", None, "idle")
    assert recorder.run is None
    assert recorder.shares is None
    assert str(recorder.still()) == "<p>Nothing is recorded.</p>"


def test_pieces_become_a_recording_at_the_browsers_rate(recorder):
    content = tone()
    cut = 50_000
    say(recorder, piece(content, 0, len(content)), content[:cut])
    assert recorder.sent == [({"kind": "received", "id": "a", "start": cut}, None)]
    assert recorder.recording is None
    say(recorder, piece(content, cut, len(content)), content[cut:])
    assert recorder.sent[-1][0] == {"kind": "result", "id": "a", "ok": True, "text": ""}
    assert recorder.wav == content
    assert recorder.recording.rate == 44100
    assert recorder.recording.duration == 1
    assert re.fullmatch(r"recorded_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", recorder.recording.id)
    assert recorder.state == "done"


def test_observers_of_the_recording_find_its_notes(recorder):
    seen = []
    recorder.observe(
        lambda change: seen.append((recorder.state, list(recorder.notes))), "recording"
    )
    recorder.wav = tone(peak=1.5)
    assert seen[0][0] == "done"
    assert seen[0][1][0].startswith("clipped")
    assert seen[0][1][0] in recorder.still()


def test_silence_and_rubbish_are_told(recorder):
    recorder.wav = wav(np.zeros(44100))
    assert recorder.recording is None
    assert "is silent" in recorder.error
    assert recorder.state == "error"
    assert "is silent" in recorder.still()
    recorder.wav = b"no sound"
    assert "text, not audio" in recorder.error
    recorder.wav = tone()
    assert recorder.error == ""


def test_the_same_sound_again_is_another_recording(recorder):
    content = tone()
    say(recorder, piece(content, 0, len(content)), content)
    first = recorder.recording
    recorder.state = "sending"
    say(recorder, piece(content, 0, len(content)), content)
    assert recorder.recording is not first
    assert recorder.state == "done"


def test_it_is_discarded_and_played_by_message(recorder):
    recorder.wav = tone()
    say(recorder, {"kind": "play"})
    assert recorder.sent[-1] == ({"kind": "sound"}, [recorder.wav])
    say(recorder, {"kind": "discard"})
    assert recorder.recording is None
    assert recorder.wav == b""
    assert recorder.state == "idle"
    assert recorder.sent[-1][0] == {"kind": "discarded"}


def test_no_voice_is_in_what_a_notebook_stores(recorder):
    recorder.wav = tone()
    assert "wav" not in recorder.get_state()
    assert not any(isinstance(value, bytes | memoryview) for value in recorder.get_state().values())
    assert "audio" not in str(recorder._repr_mimebundle_()[0]["text/html"])


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), 601])
def test_a_limit_that_makes_no_sense_is_refused(seconds):
    with pytest.raises(RecordingError, match="must be from 1 to 600"):
        Recorder(max_seconds=seconds)


def test_its_code_loads_the_same_recording(recorder, tmp_path, monkeypatch):
    assert "Recorder(max_seconds=30)" in recorder.code()
    recorder.wav = tone()
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{recorder.recording.id}.wav").write_bytes(recorder.wav)
    names = {}
    exec(recorder.code(), names)  # noqa: S102 - our own code
    assert names["recording"].content_hash == recorder.recording.content_hash
    assert names["recording"].id == recorder.recording.id
    assert recorder.python == recorder.code()
    assert Recorder(show_code=False).python == ""


def test_figure_and_page_hold_the_sound(recorder):
    assert recorder.to_figure().texts[0].get_text() == "Nothing is recorded."
    recorder.wav = tone()
    ax = recorder.to_figure().axes[0]
    assert recorder.recording.id.replace("$", "") in ax.get_title(loc="left")
    assert ax.get_xlim() == (0, 1)
    page = recorder.to_html()
    assert "data:audio/wav;base64," in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_pieces_that_do_not_fit_are_refused():
    pieces = Pieces(largest=10)
    with pytest.raises(RecordingError, match=r"a\.wav: .* MB are more"):
        pieces.take({"id": "1", "name": "a.wav", "start": 0, "size": 11}, [b"x"])
    pieces.take({"id": "1", "name": "a.wav", "start": 0, "size": 9}, [b"abc"])
    with pytest.raises(RecordingError, match="a piece was lost on the way"):
        pieces.take({"id": "1", "name": "a.wav", "start": 6, "size": 9}, [b"ghi"])
    with pytest.raises(RecordingError, match="a piece was lost on the way"):
        pieces.take({"id": "2", "name": "a.wav", "start": 0, "size": 9}, [])
    with pytest.raises(RecordingError, match="a piece was lost on the way"):
        pieces.take({"id": "3", "name": "a.wav", "start": 0, "size": 2}, [b"more"])


def test_what_was_begun_and_left_does_not_pile_up():
    pieces = Pieces()
    for number in range(50):
        pieces.take({"id": str(number), "name": "a.wav", "start": 0, "size": 9}, [b"abc"])
    assert len(pieces._pending) < 10
    assert pieces.received({"id": "49"}) == 3
    assert pieces.received({"id": "0"}) == 0
