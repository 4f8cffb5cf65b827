import numpy as np
import pytest
from tiny_models.martian import Martian, save_martian

from sottovoce.capture import capture
from sottovoce.errors import ModelError
from sottovoce.models import ChatInterface, load_model, register_interface, registry


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_martian(tmp_path_factory.mktemp("martian") / "martian")


def tone(pitch, seconds=1.0, rate=8000):
    time = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * pitch * time)).astype(np.float32), rate


def test_a_model_with_code_of_its_own_runs_by_an_interface(folder):
    model = load_model(folder, trust_remote_code=True, interface=Martian())
    assert (model.rate, model.max_seconds, model.grouping) == (8000, 10.0, "any")
    recordings = {"low": tone(150), "high": tone(2500), "long": tone(300, seconds=12)}
    batched = capture(model, recordings, ["one_word", "Which <|im_end|>?"], max_new_tokens=5,
                      progress=False)  # fmt: skip
    assert (batched.status == "ok").all()
    assert batched.utterance.values.tolist() == ["low", "high", "long@0.0s", "long@2.0s"]
    single = capture(model, recordings, "one_word", max_new_tokens=5, batch_size=1, progress=False)
    steps = slice(0, min(batched.sizes["step"], single.sizes["step"]))
    np.testing.assert_allclose(
        batched.logit.sel(prompt="one_word").isel(step=steps),
        single.logit.sel(prompt="one_word").isel(step=steps),
        atol=1e-5,
    )
    assert abs(single.logit[0, 0, 0] - single.logit[1, 0, 0]).max() > 0.01


def test_an_interface_is_found_by_the_architecture_it_is_registered_for(folder, monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})
    register_interface("martian", Martian)
    assert load_model(folder, trust_remote_code=True).rate == 8000


def test_its_code_runs_only_when_trusted(folder):
    with pytest.raises(ModelError, match="pass trust_remote_code=True"):
        load_model(folder, interface=Martian())


def test_without_an_interface_it_is_told_that_one_is_needed(folder):
    with pytest.raises(ModelError, match=r"martian is not among the .* it needs an interface"):
        load_model(folder, trust_remote_code=True)


def test_a_registered_interface_takes_the_place_of_a_quirk(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})
    assert type(registry.find_interface("whisper")).__name__ == "Whisper"
    assert type(registry.find_interface("glmasr")) is ChatInterface
    register_interface("whisper", Martian)
    assert type(registry.find_interface("whisper")) is Martian


@pytest.mark.parametrize(("architecture", "interface"), [("", Martian), (3, Martian), ("x", "y")])
def test_what_cannot_be_registered_is_told(architecture, interface):
    with pytest.raises(ModelError, match="give the model_type that stands in"):
        register_interface(architecture, interface)


def test_every_quirk_can_be_had():
    for architecture in registry._QUIRKS:
        assert isinstance(registry.find_interface(architecture), ChatInterface)
