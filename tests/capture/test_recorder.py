import weakref
from dataclasses import fields
from inspect import signature
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sounds import voice
from tiny_models.fixtures import on_three_architectures
from transformers.generation.utils import DeferredStopCheck

from sottovoce.capture import recorder as recorder_module
from sottovoce.capture.recorder import Recorder, Steps
from sottovoce.errors import ModelError

IDS = torch.tensor([5, 17, 300])
QUESTION = "Which emotion does the speaker express?"


def hooks(model):
    return [
        len(found)
        for module in model.model.modules()
        for found in (module._forward_hooks, module._forward_pre_hooks)
        if found
    ]


def prompt_length(model):
    return model.prompt_length(model.inputs([voice(1.5)[0]], [QUESTION]))


def generate(model, n_steps=12, **options):
    inputs = model.inputs([voice(1.5)[0]], [QUESTION])
    options |= model.generate_options
    with torch.inference_mode():
        return model.model.generate(**inputs, generation_config=model.settings(n_steps), **options)


def record(model, n_steps=12):
    inputs = model.inputs([voice(1.5)[0]], [QUESTION])
    with torch.inference_mode(), Recorder(model.model, IDS) as recorder:
        sequences = model.model.generate(
            **inputs, generation_config=model.settings(n_steps), **model.generate_options
        )
    return recorder, sequences


def test_the_slice_equals_output_logits_to_the_bit(model):
    recorder, sequences = record(model)
    plain = generate(model, output_logits=True, return_dict_in_generate=True)
    assert torch.equal(sequences, plain.sequences)
    steps = recorder.steps(len(plain.logits))
    full = torch.stack(plain.logits, dim=1)
    assert torch.equal(steps.logit, full[..., IDS])
    assert torch.equal(steps.top_logit, full.max(dim=-1).values)
    assert torch.equal(steps.top_token, full.argmax(dim=-1))


@on_three_architectures
def test_normalizer_and_entropy_are_of_the_whole_vocabulary(model):
    recorder, _ = record(model)
    plain = generate(model, output_logits=True, return_dict_in_generate=True)
    steps = recorder.steps(len(plain.logits))
    exact = torch.stack(plain.logits, dim=1).double().log_softmax(dim=-1)
    sliced = steps.logit - steps.log_normalizer[..., None]
    torch.testing.assert_close(sliced.double(), exact[..., IDS], rtol=0, atol=3e-6)
    entropy = -(exact.exp() * exact).sum(dim=-1)
    torch.testing.assert_close(steps.entropy.double(), entropy, rtol=0, atol=3e-6)


def test_impossible_tokens_do_not_spoil_the_entropy(qwen):
    def forbid(module, args, output):
        output.logits[..., 300:] = -torch.inf

    handle = qwen.model.register_forward_hook(forbid)
    try:
        recorder, _sequences = record(qwen, n_steps=2)
    finally:
        handle.remove()
    entropy = recorder.steps(1).entropy
    assert torch.isfinite(entropy).all()
    assert (entropy > 0).all()


@on_three_architectures
def test_blocks_do_not_change_the_numbers(model, monkeypatch):
    in_one_block, sequences = record(model)
    n_steps = sequences.shape[1] - prompt_length(model)
    vocabulary = model.model.get_output_embeddings().weight.shape[0]
    monkeypatch.setattr(recorder_module, "BLOCK_BYTES", 3 * 4 * vocabulary)
    in_blocks, _ = record(model)
    assert len(in_blocks._recorded) == n_steps // 3
    for name in ("logit", "log_normalizer", "entropy", "top_token", "top_logit"):
        first, second = (getattr(r.steps(n_steps), name) for r in (in_one_block, in_blocks))
        assert torch.equal(first, second), name


@on_three_architectures
def test_nothing_of_the_whole_vocabulary_is_kept(model, monkeypatch):
    monkeypatch.setattr(recorder_module, "BLOCK_BYTES", 0)
    recorder, _ = record(model)
    assert recorder._pending == []
    for parts in recorder._recorded:
        assert sum(part.untyped_storage().nbytes() for part in parts) <= 8 * (len(IDS) + 4)


@on_three_architectures
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_no_hook_is_left_behind(model, monkeypatch, error):
    assert hooks(model) == []
    record(model)
    assert hooks(model) == []

    def interrupt(*args, **kwargs):
        assert hooks(model), "the recorder was not at work"
        raise error

    monkeypatch.setattr(model.model, "prepare_inputs_for_generation", interrupt)
    with pytest.raises(error):
        record(model)
    assert hooks(model) == []


def prompt_positions_seen_by_the_head(model):
    seen = []
    head = model.model.get_output_embeddings()
    handle = head.register_forward_hook(lambda module, args, output: seen.append(output.shape[1]))
    try:
        recorder, sequences = record(model)
    finally:
        handle.remove()
    return max(seen), recorder, sequences


def test_a_large_prefill_is_cut_before_the_head_and_the_numbers_stay(model, monkeypatch):
    whole, before, sequences = prompt_positions_seen_by_the_head(model)
    monkeypatch.setattr(recorder_module, "PREFILL_BYTES", 0)
    cut, after, same = prompt_positions_seen_by_the_head(model)
    assert cut == 1
    assert (whole > 1) == ("logits_to_keep" not in signature(model.model.forward).parameters)
    assert torch.equal(sequences, same)
    n_steps = sequences.shape[1] - prompt_length(model)
    torch.testing.assert_close(
        after.steps(n_steps).logit, before.steps(n_steps).logit, rtol=0, atol=1e-5
    )


def test_a_step_that_generate_threw_away_is_left_out(qwen):
    recorder, sequences = record(qwen, n_steps=6)
    n_steps = sequences.shape[1] - prompt_length(qwen)
    assert recorder.steps(n_steps - 1).logit.shape == (1, n_steps - 1, len(IDS))
    with pytest.raises(ModelError, match=f"in {n_steps} forward passes"):
        recorder.steps(n_steps + 1)


def test_half_precision_is_recorded_as_it_is(folders):
    from sottovoce.models import load_model

    model = load_model(folders["qwen2_audio"], dtype="bfloat16")
    recorder, _ = record(model, n_steps=4)
    plain = generate(model, n_steps=4, output_logits=True, return_dict_in_generate=True)
    steps = recorder.steps(len(plain.logits))
    assert steps.logit.dtype == torch.float32
    assert torch.equal(steps.logit, torch.stack(plain.logits, dim=1)[..., IDS])
    assert np.isfinite(steps.entropy.numpy()).all()


class Chatter(torch.nn.Module):
    """A model of which only the logits matter, and which knows which of them are still alive."""

    device = torch.device("cpu")

    def __init__(self, rows, vocabulary):
        super().__init__()
        self.shape = (rows, 1, vocabulary)
        self.alive = []

    def get_output_embeddings(self):
        return None

    def forward(self):
        logits = torch.rand(self.shape)
        self.alive = [one for one in self.alive if one() is not None]
        self.alive.append(weakref.ref(logits))
        return SimpleNamespace(logits=logits)


def test_what_is_kept_of_a_large_vocabulary_is_small():
    rows, n_steps, vocabulary, n_tokens = 8, 20, 156_032, 200
    chatter = Chatter(rows, vocabulary)
    with Recorder(chatter, torch.arange(n_tokens)) as recorder:
        for _ in range(n_steps):
            chatter()
            assert len(chatter.alive) == 1
    steps = recorder.steps(n_steps)
    assert recorder._pending == []
    kept = sum(getattr(steps, one.name).untyped_storage().nbytes() for one in fields(Steps))
    # 2 MB for 200 steps, where all logits of these take a gigabyte.
    assert kept <= 2e6 * n_steps / 200
    assert rows * n_steps * vocabulary * 4 >= 1e9 * n_steps / 200 * 0.99


class Event:
    """What tells that a copy to the host is done; on a CPU it is done at once."""

    def __init__(self, **options):
        pass

    def record(self):
        pass

    def synchronize(self):
        pass


def test_a_step_that_generate_looked_ahead_is_left_out(folders, monkeypatch):
    """On MPS it asks one step late whether to stop; here that is done on a CPU."""
    from sottovoce.models import load_model

    model = load_model(folders["qwen2_audio"])
    first = generate(model, output_logits=True, return_dict_in_generate=True)
    model.model.generation_config.eos_token_id = first.sequences[0, -4:-3].tolist()
    plain = generate(model, output_logits=True, return_dict_in_generate=True)
    assert len(plain.logits) < len(first.logits)
    monkeypatch.setattr(DeferredStopCheck, "is_supported", lambda *args, **kwargs: True)
    monkeypatch.setattr(torch, "Event", Event)
    recorder, sequences = record(model)
    assert torch.equal(sequences, plain.sequences)
    assert len(recorder._pending) == len(plain.logits) + 1
    steps = recorder.steps(len(plain.logits))
    assert torch.equal(steps.logit, torch.stack(plain.logits, dim=1)[..., IDS])
