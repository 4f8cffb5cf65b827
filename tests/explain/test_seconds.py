"""An angry second within a neutral sentence is found, and what says so is tested itself."""

import importlib.util
import sys
from contextlib import suppress

import numpy as np
import pytest
import torch
from spoken import sample

from sottovoce.audio import Recording
from sottovoce.audio.covering import Cover
from sottovoce.errors import ExplanationError, MissingExtraError, ModelError, RecordingError
from sottovoce.explain import Checks, gradients, occlusion
from sottovoce.explain.cells import make_cells
from sottovoce.explain.gradients import _Spread
from sottovoce.explain.probe import Probe
from sottovoce.explain.trust import check_map, shuffled_weights

needs_captum = pytest.mark.skipif(
    importlib.util.find_spec("captum") is None, reason='needs pip install "sottovoce[explain]"'
)


def overlaps(found, emotion="angry", planted=(1.0, 2.0)):
    """Whether the window with the largest effect lies within what was planted, by its middle."""
    effect = found["effect"].sel(emotion=emotion).sum("band").values
    return planted[0] <= found["second"].values[np.argmax(effect)] <= planted[1]


@pytest.fixture(scope="module")
def tested(bundled, planted):
    return occlusion(bundled, planted, seconds=0.4, hop=0.3, target="angry", progress=False)


def test_occlusion_finds_the_angry_second(tested):
    assert tested["effect"].dims == ("second", "band", "emotion")
    assert overlaps(tested)
    effect = tested["effect"].sel(emotion="angry").squeeze("band")
    within = (tested["start"] >= 1.0) & (tested["end"] <= 2.0)
    assert effect.where(within).mean() > effect.where(~within).mean()


@pytest.mark.parametrize("fill", ["noise", "mean"])
def test_it_is_found_whatever_covers_it(bundled, planted, fill):
    found = occlusion(
        bundled, planted, seconds=0.4, fill=fill, target="angry", checks=False, progress=False
    )
    assert overlaps(found)
    assert found.attrs["fill"] == fill


def test_the_map_is_better_than_random_orders(tested):
    assert tested.attrs["deletion_p"] <= 0.05
    assert tested.attrs["deletion_gain"] > 0.05
    assert tested["deletion"][0] == tested["insertion"][-1]
    assert tested["deletion"][-1] == tested["insertion"][0]
    assert tested["deletion"][0] == pytest.approx(float(tested["whole"].sel(emotion="angry")))
    assert tested["random_deletion"].sizes == {"order": 19, "fraction": 7}


def test_a_map_that_knows_nothing_does_not_pass(bundled, planted):
    probe = Probe(bundled)
    cells = make_cells(planted, 0.4, None, False, "silence", 0)
    blind = np.random.default_rng(5).normal(size=cells.count)
    tested = check_map(probe, cells, blind, 0, lambda: blind, Checks(n_random=9), seed=1)
    assert tested.attrs["deletion_p"] > 0.05
    # A map that does not change when the model is shuffled is told by a correlation of 1.
    assert tested["shuffled_correlation"].item() == pytest.approx(1.0)


def test_shuffled_weights_come_back(bundled, planted):
    probe = Probe(bundled)
    before = {name: one.clone() for name, one in bundled.model.named_parameters()}
    shares = probe.shares([planted.samples])
    with suppress(RuntimeError), shuffled_weights(bundled, 0):
        shuffled = probe.shares([planted.samples])
        raise RuntimeError
    assert np.abs(shuffled - shares).max() > 0.05
    for name, one in bundled.model.named_parameters():
        assert torch.equal(one, before[name])


def test_a_planted_band_is_found(bundled):
    # The treble of an angry sentence, laid over a neutral one.
    neutral, angry = (sample(f"tom_{emotion}").samples for emotion in ("neutral", "angry"))
    n = min(len(neutral), len(angry))
    bands = Cover(angry[:n], 16000, edges=[0, 3000, 8000])
    bright = (neutral[:n] + bands(bands.weights(0, 9, 0)), 16000)
    found = occlusion(
        bundled,
        bright,
        seconds=None,
        bands=[0, 1000, 3000, 8000],
        target="angry",
        checks=False,
        progress=False,
    )
    assert found.sizes["second"] == 1
    assert found["effect"].sel(emotion="angry").squeeze("second").argmax("band") == 2
    np.testing.assert_allclose(found["share"].sum("emotion"), 1, atol=1e-6)


@needs_captum
def test_gradients_find_the_angry_second_and_add_up(bundled, planted):
    found = gradients(bundled, planted, seconds=0.4, target="angry", checks=False, progress=False)
    assert overlaps(found)
    probe = Probe(bundled)
    silent = probe.shares([np.zeros_like(planted.samples)])[0, 0]
    whole = float(found["effect"].sum())
    assert whole == pytest.approx(float(found["whole"].sel(emotion="angry")) - silent, abs=0.1)
    assert found.attrs["convergence"] < 0.1
    assert not any(one.grad is not None for one in bundled.model.parameters())


def test_without_captum_the_way_to_it_is_told(bundled, planted, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(MissingExtraError, match=r'pip install "sottovoce\[explain\]"'):
        gradients(bundled, planted)


@needs_captum
def test_a_model_without_gradients_says_so_by_name(bundled, planted, monkeypatch):
    def frozen(self, features, *args, **options):
        return original(features.detach(), *args, **options)

    tower = type(bundled.model.model.audio_tower)
    original = bundled.model.model.audio_tower.forward
    monkeypatch.setattr(bundled.model.model.audio_tower, "forward", frozen.__get__(tower))
    with pytest.raises(ExplanationError, match=r"^bundled: no gradient reaches its input_features"):
        gradients(bundled, planted, n_steps=2, checks=False, progress=False)


def random_probe(model):
    return Probe(
        model,
        tokens={"one": [model.tokenizer.decode([40])], "two": [model.tokenizer.decode([41])]},
    )


@needs_captum
@pytest.mark.parametrize(
    ("name", "seconds"),
    # One window that is padded, two windows, and frames along another axis.
    [("qwen2_audio", 2), ("glmasr", 4), ("phi4_multimodal", 2)],
)
def test_frames_lie_where_they_were_heard(models, name, seconds):
    model = models[name]
    noise = np.random.default_rng(0).normal(0, 0.1, model.rate * seconds).astype(np.float32)
    cells = make_cells(Recording(noise, model.rate, "noise"), 0.5, 0.5, False, "silence", 0)
    from captum.attr import IntegratedGradients

    spread = _Spread(random_probe(model), cells, IntegratedGradients, 2)
    places = spread._seconds
    assert places[0] == pytest.approx(0, abs=0.05)
    assert (np.diff(places) > 0).all()
    assert np.searchsorted(places, seconds) * np.diff(places)[0] == pytest.approx(seconds, rel=0.05)
    effect, missed = spread.over_windows(0)
    assert np.isfinite(effect).all()
    assert np.isfinite(missed)


def test_other_models_can_be_asked(models):
    model = models["glmasr"]
    noise = np.random.default_rng(0).normal(0, 0.1, model.rate * 2).astype(np.float32)
    tokens = {"one": [model.tokenizer.decode([40])], "two": [model.tokenizer.decode([41])]}
    found = occlusion(
        model, (noise, model.rate), seconds=1.0, tokens=tokens, checks=False, progress=False
    )
    assert found.sizes["second"] == 3
    np.testing.assert_allclose(found["share"].sum("emotion"), 1)


def test_what_makes_no_sense_is_refused(bundled, planted):
    def ask(**options):
        return occlusion(bundled, planted, progress=False, **options)

    with pytest.raises(ExplanationError, match=r"seconds=9\.0"):
        ask(seconds=9.0)
    with pytest.raises(ExplanationError, match="more than 2000"):
        ask(seconds=0.1, hop=0.001)
    with pytest.raises(ExplanationError, match="bands="):
        ask(bands=[100, 50])
    with pytest.raises(RecordingError, match="fill='pink'"):
        ask(fill="pink")
    with pytest.raises(ModelError, match="n_random=0"):
        ask(checks=Checks(n_random=0))
    with pytest.raises(RecordingError, match=r"hears 6 s at once\. Explain a window of it"):
        occlusion(bundled, (np.tile(planted.samples, 3), 16000))
