"""A recording that runs once for all its prompts, against each prompt for itself."""

import json
import shutil

import numpy as np
import pytest
import torch
import xarray as xr
from sounds import voice, voices
from transformers import (
    AutoConfig,
    AutoModelForMultimodalLM,
    DynamicCache,
    FalconH1Config,
    Qwen3NextConfig,
)

from sottovoce.capture import capture, prefix, score
from sottovoce.capture.candidates import packs
from sottovoce.capture.prefix import Sharing, find_sharing
from sottovoce.capture.sequences import prompt_ids
from sottovoce.errors import ModelError
from sottovoce.models import architectures, load_model
from sottovoce.prompts import get_prompts

PROMPTS = ["one_word", "yes_no_angry", "How?", "percentages"]
NUMBERS = ("logit", "log_normalizer", "entropy", "chosen_logit")


def run_on(model, recordings, prompts=PROMPTS, **options):
    options = {"max_new_tokens": 6, "progress": False} | options
    return capture(model, recordings, prompts, **options)


def decoding(run):
    return json.loads(run.attrs["decoding"])


def assert_equal(one, other, atol=1e-5):
    for name in NUMBERS:
        np.testing.assert_allclose(one[name], other[name], rtol=1e-5, atol=atol, err_msg=name)
    for name in ("chosen_token", "chosen_text", "answer", "n_steps", "status", "message"):
        xr.testing.assert_equal(one[name], other[name])


def sharing_of(model, prompts=PROMPTS):
    questions = get_prompts(prompts)
    return find_sharing(model, questions, {one.text: prompt_ids(model, one) for one in questions})


def can_share(model):
    try:
        sharing_of(model)
    except ModelError:
        return False
    return True


def test_a_shared_beginning_changes_nothing(model):
    separate = run_on(model, voices(3), share_prefix=False)
    shared = run_on(model, voices(3), share_prefix="auto", batch_size=3)
    assert_equal(shared, separate)
    assert decoding(separate)["share_prefix"] is False
    told = decoding(shared)
    assert told["share_prefix"] is can_share(model)
    assert told["share_prefix"] or model.id in told["share_prefix_refused"]


def test_the_table_of_architectures_says_which_models_share(model):
    assert can_share(model) is architectures()[model.model.config.model_type].prefix


def test_a_recording_runs_once(qwen, monkeypatch):
    heard = []
    plain = qwen.model.model.audio_tower.forward

    def counted(features, *args, **kwargs):
        heard.append(len(features))
        return plain(features, *args, **kwargs)

    sharing_of(qwen)
    monkeypatch.setattr(qwen.model.model.audio_tower, "forward", counted)
    run_on(qwen, voices(3), share_prefix=True)
    assert sum(heard) == 3
    heard.clear()
    run_on(qwen, voices(3), share_prefix=False)
    assert sum(heard) == 12


def test_one_prompt_has_nothing_to_share(qwen):
    run = run_on(qwen, voices(2), "one_word", share_prefix=True)
    assert decoding(run)["share_prefix"] is False


def test_a_bad_recording_does_not_spoil_its_batch(qwen, monkeypatch):
    plain = qwen.inputs

    def spoilt(samples, prompts):
        inputs = plain(samples, prompts)
        for row, sound in enumerate(samples):
            if len(sound) == 32000:
                inputs["input_features"][row] = np.nan
        return inputs

    recordings = {"a": voice(1.2), "b": voice(2)}
    separate = run_on(qwen, recordings, share_prefix=False)
    monkeypatch.setattr(qwen, "inputs", spoilt)
    run = run_on(qwen, recordings, share_prefix=True, batch_size=8)
    assert (run.status.sel(utterance="a") == "ok").all()
    assert (run.status.sel(utterance="b") == "error").all()
    np.testing.assert_allclose(run.logit[0], separate.logit[0, :, : run.sizes["step"]], atol=1e-5)


def test_where_it_cannot_be_it_is_refused_by_name_or_left(qwen, monkeypatch):
    monkeypatch.setitem(prefix._refusals, qwen, "qwen2_audio keeps a state")
    with pytest.raises(ModelError, match="share_prefix=True cannot be: qwen2_audio keeps a state"):
        run_on(qwen, voices(2), share_prefix=True)
    run = run_on(qwen, voices(2), share_prefix="auto")
    assert decoding(run)["share_prefix_refused"] == "qwen2_audio keeps a state"
    assert_equal(run, run_on(qwen, voices(2), share_prefix=False))
    with pytest.raises(ModelError, match="share_prefix='yes' must be one of"):
        run_on(qwen, voices(2), share_prefix="yes")


@pytest.mark.parametrize(
    ("config", "layer"),
    [
        (Qwen3NextConfig, "LinearAttentionLayer"),
        (FalconH1Config, "LinearAttentionAndFullAttentionLayer"),
    ],
)
def test_a_hybrid_cache_that_keeps_a_state_is_refused_by_name(qwen, monkeypatch, config, layer):
    hybrid = DynamicCache(config=config(num_hidden_layers=4))
    monkeypatch.setattr(prefix, "DynamicCache", lambda config: hybrid)
    monkeypatch.setattr(prefix, "_refusals", {})
    with pytest.raises(ModelError, match=rf"qwen2_audio keeps a state in its cache \({layer}\)"):
        sharing_of(qwen)


def test_windows_over_the_past_are_shorter_than_what_is_shared(models):
    """So that the tests above try a sliding window that has slid."""
    gemma = models["gemma4"]
    layers = DynamicCache(config=gemma.model.config).layers
    assert "DynamicSlidingWindowLayer" in {type(layer).__name__ for layer in layers}
    prompts = get_prompts(PROMPTS)
    shared = len(prompt_ids(gemma, prompts[0], seconds=2.6)) - len(sharing_of(gemma).tails[0])
    assert gemma.model.config.get_text_config().sliding_window < shared


def test_a_model_that_answers_otherwise_from_its_cache_is_noticed(qwen, monkeypatch):
    monkeypatch.setattr(prefix, "_refusals", {})
    plain = prefix.Prefix.copied

    def wrong(self, index):
        cache = plain(self, index)
        for layer in cache.layers:
            layer.values = layer.values.flip(2)
        return cache

    monkeypatch.setattr(prefix.Prefix, "copied", wrong)
    with pytest.raises(ModelError, match="weighs tokens otherwise when it continues"):
        sharing_of(qwen)


def test_a_question_before_the_recording_leaves_nothing_to_share(qwen, monkeypatch):
    monkeypatch.setattr(prefix, "_refusals", {qwen: ""})
    swapped = (
        "{% for message in messages %}{% for part in message['content'] | reverse %}"
        "{% if part['type'] == 'audio' %}<|AUDIO|>\n{% else %}{{ part['text'] }}{% endif %}"
        "{% endfor %}{% endfor %}"
    )
    monkeypatch.setattr(qwen.processor, "chat_template", swapped)
    with pytest.raises(ModelError, match="writes the question, or something that depends"):
        sharing_of(qwen)


def test_a_window_over_the_past_is_kept(folders, tmp_path):
    """Half of the layers look back 24 tokens, less than a recording has."""
    copy = shutil.copytree(folders["qwen2_audio"], tmp_path / "sliding")
    config = json.loads((copy / "config.json").read_text())
    config["text_config"] |= {
        "use_sliding_window": True, "sliding_window": 24, "max_window_layers": 1,
        "layer_types": ["full_attention", "sliding_attention"],
    }  # fmt: skip
    (copy / "config.json").write_text(json.dumps(config))
    model, wide = load_model(copy), load_model(folders["qwen2_audio"])
    assert not sharing_of(model).gaps
    shared = run_on(model, voices(3), share_prefix=True)
    assert_equal(shared, run_on(model, voices(3), share_prefix=False))
    assert abs(shared.logit[..., 0, :] - run_on(wide, voices(3)).logit[..., 0, :]).max() > 0.01
    options = {"candidates": ["angry", "very angry"], "progress": False}
    scores = score(model, voices(3), PROMPTS, **options)
    assert json.loads(scores.attrs["decoding"])["candidates"] == "batched"
    alone = score(model, voices(3), PROMPTS, share_prefix=False, **options)
    np.testing.assert_allclose(scores.log_probability, alone.log_probability, atol=3e-5)


def test_rows_with_gaps_run_in_any_company():
    sharing = Sharing((), (), gaps=True, many=True)
    assert sharing.together([4, 7, 4, 4], most=3) == [[0, 1, 2], [3]]


def even_heads(model):
    """Make the two halves of the vocabulary even, so that rounding chooses between twins."""
    head = model.model.get_output_embeddings()
    half = len(head.weight) // 2
    with torch.no_grad():
        head.weight[half : 2 * half] = head.weight[:half]
    return half


def test_rounding_that_turns_an_even_choice_is_not_taken_for_another_answer(folders):
    model = load_model(folders["qwen2_audio"])
    half = even_heads(model)

    def favour(_module, _args, kwargs, output):
        if kwargs["input_ids"].shape[1] < 20:  # it goes on from a cache
            output.logits[..., half:] += 1e-5
        return output

    model.model.register_forward_hook(favour, with_kwargs=True)
    assert sharing_of(model).gaps


def test_deep_models_in_half_precision_share(folders, tmp_path):
    """Rounding grows with depth, and what a batch is allowed a forked cache is allowed too."""
    copy = shutil.copytree(folders["qwen2_audio"], tmp_path / "deep")
    config = json.loads((copy / "config.json").read_text())
    depth = 48
    config["text_config"] |= {
        "num_hidden_layers": depth, "layer_types": ["full_attention"] * depth,
        "max_window_layers": depth,
    }  # fmt: skip
    config = AutoConfig.for_model(**config)
    torch.manual_seed(0)
    AutoModelForMultimodalLM.from_config(config).to(torch.bfloat16).save_pretrained(copy)
    model = load_model(copy, dtype="bfloat16")
    assert sharing_of(model).gaps
    assert packs(model, sharing_of(model))
