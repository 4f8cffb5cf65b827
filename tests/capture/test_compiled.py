"""A capture with a static cache and compiled steps, in the ways in which a model is compiled.

The graphs are run by torch as they are: that they are compiled to machine code changes nothing in
what a hook sees, and needs a compiler.
"""

import logging

import pytest
import torch
from sounds import voice, voices
from transformers import CompileConfig, GenerationConfig, Qwen2Config, Qwen2ForCausalLM

from sottovoce.capture import capture
from sottovoce.capture.recorder import Recorder
from sottovoce.errors import ModelError
from sottovoce.models import load_model

IDS = torch.tensor([5, 17, 300])
N_STEPS = 8


@pytest.fixture
def quiet(monkeypatch):
    # Where a graph is broken is said in a warning.
    monkeypatch.setattr(logging.getLogger("torch._dynamo"), "disabled", True)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    yield
    torch._dynamo.reset()


@pytest.fixture
def model(folders, quiet):
    return load_model(folders["qwen2_audio"])


def generate(model, **options):
    settings = model.settings(N_STEPS)
    settings.eos_token_id = None
    settings.update(**options)
    inputs = model.inputs([voice(1.5)[0]], ["Which emotion does the speaker express?"])
    with torch.inference_mode():
        return model.model.generate(**inputs, generation_config=settings)


def recorded(model):
    with Recorder(model.model, IDS) as recorder:
        sequences = generate(model)
    assert sum(parts[0].shape[1] for parts in recorder._recorded) <= N_STEPS
    return recorder.steps(N_STEPS).logit, sequences


def output_logits(model):
    plain = generate(model, output_logits=True, return_dict_in_generate=True)
    return torch.stack(plain.logits, dim=1)[..., IDS], plain.sequences


def compile_steps(model, *, fullgraph=True):
    config = CompileConfig(backend="eager", mode=None, fullgraph=fullgraph)
    config._compile_all_devices = True
    model.model.generation_config.cache_implementation = "static"
    model.model.generation_config.compile_config = config


def n_graphs():
    return torch._dynamo.utils.counters["stats"]["unique_graphs"]


@pytest.mark.parametrize("plain_first", [True, False])
def test_a_static_cache_with_compiled_steps(model, plain_first):
    compile_steps(model)
    if plain_first:
        generate(model)
    logit, sequences = recorded(model)
    again, _ = recorded(model)
    assert n_graphs() == 1, "the recorder made the steps be compiled again"
    expected, same = output_logits(model)
    assert torch.equal(sequences, same)
    assert torch.equal(logit, expected)
    assert torch.equal(again, expected)


@pytest.fixture
def language_model(quiet):
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=400,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
    return Qwen2ForCausalLM(config).eval()


def go_on(model, **options):
    settings = GenerationConfig(max_new_tokens=N_STEPS, do_sample=False, **options)
    ids = torch.arange(6)[None]
    return model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)


@pytest.mark.parametrize("way", ["forward", "module"])
def test_a_model_that_was_compiled_before(language_model, way):
    plain = go_on(language_model, output_logits=True, return_dict_in_generate=True)
    if way == "forward":
        language_model.forward = torch.compile(language_model.forward, backend="eager")
    else:
        language_model.compile(backend="eager")
    compiled = language_model._compiled_call_impl
    with Recorder(language_model, IDS) as recorder:
        sequences = go_on(language_model)
    assert n_graphs() > 0
    assert torch.equal(sequences, plain.sequences)
    logit = recorder.steps(N_STEPS).logit
    assert torch.equal(logit, torch.stack(plain.logits, dim=1)[..., IDS])
    assert language_model._compiled_call_impl is compiled


def test_nothing_of_the_recorder_stays_on_the_model(model):
    compile_steps(model)
    recorded(model)
    assert "get_compiled_call" not in vars(model.model)


def test_a_whole_capture_with_a_static_cache(model):
    prompts = ["one_word", "How?"]
    usual = capture(model, voices(2), prompts, max_new_tokens=4, progress=False, share_prefix=False)
    compile_steps(model, fullgraph=False)
    run = capture(model, voices(2), prompts, max_new_tokens=4, progress=False)
    assert n_graphs() > 0
    torch.testing.assert_close(
        torch.tensor(run.logit.values), torch.tensor(usual.logit.values),
        rtol=0, atol=1e-5, equal_nan=True,
    )  # fmt: skip
    assert "cache_implementation='static'" in run.attrs["decoding"]
    with pytest.raises(ModelError, match=r"cache_implementation='static', a cache of fixed size"):
        capture(model, voices(2), prompts, max_new_tokens=4, progress=False, share_prefix=True)
