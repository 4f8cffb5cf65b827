"""Several models over the same recordings: each by its own ears, and all by the same."""

import numpy as np
import pytest

from sottovoce import capture, capture_models, load_model
from sottovoce.audio import load_recording
from sottovoce.errors import ModelError
from sottovoce.evaluation import compare_models
from sottovoce.readout import pool_windows, read_out

RATE = 24000


@pytest.fixture(scope="module")
def talk():
    """Seven seconds at 24 kHz, most of it above what 16 kHz can carry."""
    rng = np.random.default_rng(0)
    return {"talk": (rng.normal(0, 0.1, 7 * RATE).astype(np.float32), RATE), "lost": "lost.wav"}


def test_all_hear_what_the_narrowest_ears_let_through(models, talk):
    vibe, bundled = models["vibevoice_asr"], load_model()
    runs = capture_models({"wide": vibe, "narrow": bundled}, talk, "one_word", progress=False)
    assert (runs.rate, runs.seconds) == (16000, 6.0)
    assert runs.alike["narrow"] is runs.own["narrow"]
    assert runs.own["wide"].utterance.values.tolist() == ["talk", "lost"]
    assert runs.alike["wide"].utterance.values.tolist() == ["talk@0.0s", "talk@1.0s"]
    narrow = load_recording(talk["talk"], rate=16000)
    first = {"talk": (narrow.samples[: 6 * 16000], 16000)}
    by_hand = capture(vibe, first, "one_word", progress=False)
    heard = runs.alike["wide"].sel(utterance="talk@0.0s")
    np.testing.assert_allclose(heard.logit, by_hand.logit.sel(utterance="talk"), atol=1e-4)
    assert not np.allclose(
        heard.logit.isel(step=0), runs.own["wide"].logit.sel(utterance="talk").isel(step=0)
    )


def test_parts_of_the_difference_sum_to_it(models, talk):
    pair = {"wide": models["vibevoice_asr"], "narrow": load_model()}
    words = {"happy": ["happy", "joyful"], "sad": ["sad", "sorrowful"]}
    runs = capture_models(pair, {"talk": talk["talk"]}, "one_word", words, progress=False)
    result = compare_models(runs.own, runs.alike, readout="answer_step")
    whole = result["difference"].sum("part", skipna=False).squeeze("pair")
    shares = {name: pool_windows(read_out(run, "answer_step")) for name, run in runs.own.items()}
    expected = shares["wide"].sel(utterance="talk") - shares["narrow"].sel(utterance="talk")
    np.testing.assert_allclose(
        whole.sel(utterance="talk", prompt="one_word", emotion=expected.emotion),
        expected.sel(prompt="one_word"),
        atol=1e-6,
    )
    assert abs(result["difference"].sel(part="front end")).max() > 0


def test_one_model_is_no_comparison():
    with pytest.raises(ModelError, match="two models"):
        capture_models({"a": "bundled"}, "lost.wav")
