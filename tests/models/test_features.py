"""A feature extractor makes the features of a sound once, and answers as if it made them anew."""

import numpy as np
import pytest
import torch

from sottovoce.models.features import Memory, remember_features
from sottovoce.models.window import feature_extractor

PROMPTS = ["Which emotion?", "Is the voice sad?"]


@pytest.fixture
def sounds():
    rng = np.random.default_rng(0)
    return [rng.normal(0, 0.1, n).astype(np.float32) for n in (16000, 24000)]


def counted(model, monkeypatch):
    """Count how often features are really made."""
    plain = type(feature_extractor(model.processor)).__mro__[1]
    calls, make = [], plain.__call__
    monkeypatch.setattr(
        plain, "__call__", lambda *args, **kwargs: calls.append(1) or make(*args, **kwargs)
    )
    model.features.forget()
    return calls


def test_another_prompt_takes_the_features_that_are_there(model, sounds, monkeypatch):
    calls = counted(model, monkeypatch)
    first = model.inputs(sounds, PROMPTS)
    made = len(calls)
    again = model.inputs(sounds, PROMPTS[::-1])
    assert len(calls) == made > 0
    model.features.forget()
    anew = model.inputs(sounds, PROMPTS[::-1])
    assert again.keys() == anew.keys()
    assert all(torch.equal(again[name], anew[name]) for name in anew)
    for name, tensor in model.inputs(sounds, PROMPTS).items():
        assert torch.equal(tensor, first[name]), name


def test_another_sound_has_features_of_its_own(qwen, sounds, monkeypatch):
    calls = counted(qwen, monkeypatch)
    qwen.inputs(sounds, PROMPTS)
    louder = [sound * np.float32(1.001) for sound in sounds]
    qwen.inputs(louder, PROMPTS)
    qwen.inputs(sounds[::-1], PROMPTS)
    assert len(calls) == 3


def test_memory_is_bounded(qwen, sounds):
    memory = Memory(most_bytes=1000)
    rows = [qwen.processor.feature_extractor(sound, sampling_rate=16000) for sound in sounds]
    memory.put("large", rows[0])
    assert memory.get("large") is None
    small = [type(rows[0])({"x": np.zeros(100, np.float32)}) for _ in range(3)]
    for name, one in zip("abc", small, strict=True):
        memory.put(name, one)
    assert [memory.get(name) is not None for name in "abc"] == [False, True, True]


def test_a_processor_without_an_ear_is_left_alone():
    assert remember_features(object()).get("") is None
