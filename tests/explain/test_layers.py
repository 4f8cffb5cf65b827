"""The lens ends at the model's own shares, and patching carries over what it must."""

import numpy as np
import pytest
from spoken import sample

from sottovoce.errors import ExplanationError, ModelError
from sottovoce.explain import layer_lens, patch_layers
from sottovoce.explain.probe import Probe


@pytest.fixture(scope="module")
def patched(bundled):
    return patch_layers(bundled, sample("anna_angry"), sample("anna_neutral"), n_groups=3)


def test_the_last_layer_at_the_answer_is_what_the_model_says(bundled):
    clip = sample("tom_angry")
    found = layer_lens(bundled, clip)
    own = Probe(bundled).shares([clip.samples])[0]
    np.testing.assert_allclose(found["share"].isel(layer=-1, position=-1), own, atol=1e-5)
    np.testing.assert_allclose(found["whole"], own, atol=1e-5)
    leads = found["share"].isel(position=-1).argmax("emotion").values == own.argmax()
    settles = found.attrs["settles"]
    assert leads[settles:].all()
    assert settles == 0 or not leads[settles - 1]
    # Before any layer has run, the last position holds a word of the question and nothing heard.
    other = layer_lens(bundled, sample("anna_sad"))
    np.testing.assert_allclose(
        found["share"].isel(layer=0, position=-1), other["share"].isel(layer=0, position=-1)
    )


def test_positions_of_the_sound_run_through_its_seconds(bundled):
    clip = sample("tom_angry")
    found = layer_lens(bundled, clip)
    second = found["second"].where(found["part"] == "sound", drop=True).values
    assert 0 < second[0] < 0.1
    assert clip.duration - 0.1 < second[-1] < clip.duration
    assert np.allclose(np.diff(second), np.diff(second)[0])
    assert found["part"].values[-1] == "answer"


def test_the_sound_before_and_the_answer_after_carry_the_emotion(patched):
    recovered = patched["recovered"].set_index(position="part")
    assert recovered.sel(position="whole sound", layer=0) == pytest.approx(1, abs=0.02)
    assert recovered.sel(position="answer").isel(layer=-1) == pytest.approx(1, abs=0.02)
    assert abs(recovered.sel(position="answer", layer=0)) < 0.02
    assert abs(recovered.sel(position="whole sound").isel(layer=-1)) < 0.02
    assert patched.attrs["target"] == "angry"
    assert patched["part"].values.tolist()[:4] == ["sound"] * 3 + ["whole sound"]


def test_nothing_to_carry_over_is_refused(bundled):
    with pytest.raises(ExplanationError, match="nothing to carry over"):
        patch_layers(bundled, sample("tom_sad"), sample("tom_sad"))


def test_a_model_that_cannot_be_looked_into_says_so(models):
    whisper = models["whisper"]
    noise = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    tokens = {"one": [whisper.tokenizer.decode([40])], "two": [whisper.tokenizer.decode([41])]}
    with pytest.raises(ModelError, match=r"^whisper .* cannot be looked into"):
        layer_lens(whisper, (noise, 16000), tokens=tokens)
