"""VoiceLab: what its sliders do to the voice, and what the model makes of it."""

import importlib.util
import io

import numpy as np
import pytest
import soundfile

import sottovoce
from sottovoce.audio.changes import Change, change_voice
from sottovoce.errors import RecordingError
from sottovoce.widgets import VoiceLab
from sottovoce.widgets.shared.still import Still

needs_world = pytest.mark.skipif(
    importlib.util.find_spec("pyworld") is None, reason='needs pip install "sottovoce[voice]"'
)


@pytest.fixture(scope="module")
def model():
    return sottovoce.load_model()


@pytest.fixture
def lab(model):
    return VoiceLab(model, sottovoce.load_corpus("sample").recordings["tom_neutral"])


def played(lab):
    samples, _ = soundfile.read(io.BytesIO(lab.player.value), dtype="float32")
    return samples


def test_a_slider_changes_what_is_heard_and_asked(lab, model):
    before, picture = played(lab), lab.picture.value
    lab.sliders["loudness"].value = -12
    np.testing.assert_allclose(played(lab), before * 10 ** (-12 / 20), atol=1e-4)
    assert lab.picture.value != picture
    probe = sottovoce.explain.Probe(model)
    quiet = change_voice(lab.recording, Change(loudness=-12))
    np.testing.assert_allclose(lab.shares["changed"].values[0], probe.shares([quiet.samples]))
    lab.reset_button.click()
    assert list(lab.shares) == ["as it is"]
    np.testing.assert_array_equal(played(lab), before)


@needs_world
def test_what_taking_apart_does_stands_beside_it(lab):
    lab.set(pitch=8, loudness=3)
    assert list(lab.shares) == ["as it is", "taken apart", "changed"]
    assert lab.change == Change(pitch=8.0, loudness=3.0)
    happy = {name: one.sel(emotion="happy").item() for name, one in lab.shares.items()}
    assert happy["changed"] > happy["taken apart"] + 0.2


@needs_world
def test_a_voice_that_would_be_cut_is_not_asked_about(model):
    clip = sottovoce.load_recording(sottovoce.load_corpus("sample").recordings["tom_sad"])
    samples = np.tile(clip.samples, 3)[: 5 * clip.rate]
    lab = VoiceLab(model, (samples, clip.rate))
    lab.sliders["tempo"].value = 0.6
    assert "the model hears 6 s" in lab.messages.text
    assert list(lab.shares) == ["as it is"]


def test_still_forms_hold_what_is_seen(lab):
    assert isinstance(lab, Still)
    lab.set(tilt=3)
    html = lab.to_html()
    assert "data:audio/wav;base64," in html
    assert "changed (tilt 3 dB/octave)" in html
    assert lab.to_figure().axes[0].patches
    names = {}
    exec(lab.code(), names)  # noqa: S102 - that it runs is what is tested
    np.testing.assert_allclose(names["shares"][1], lab.shares["changed"].values[0, 0])


def test_bad_input_is_refused(lab, model):
    with pytest.raises(RecordingError, match="tempo=9 must be from"):
        lab.set(tempo=9)
    with pytest.raises(RecordingError, match="there is no such file"):
        VoiceLab(model, "lost.wav")
