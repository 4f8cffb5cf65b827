"""vLLM's part is played by objects of its shapes, whose numbers a small model makes.

The names and forms are those of vllm.LLM.generate, SamplingParams, RequestOutput, CompletionOutput
and Logprob; vLLM itself has not been run here.
"""

import importlib.metadata
import json
import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
import xarray as xr
from sounds import voice, voices

from sottovoce.capture import by_vllm, capture, score
from sottovoce.capture.by_vllm import make_vllm_trace
from sottovoce.errors import ModelError
from sottovoce.models import check_model, load_model
from sottovoce.readout import read_out

TOKENS = "emotions"


@dataclass
class Logprob:
    logprob: float
    rank: int | None = None
    decoded_token: str | None = None


@dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: list[int]
    cumulative_logprob: float | None
    logprobs: list[dict[int, Logprob]] | None
    finish_reason: str | None = None


class LLM:
    """Takes what vllm.LLM takes, and answers by a model of transformers."""

    def __init__(self, model, *, dtype, limit_mm_per_prompt, logprobs_mode, generation_config,
                 revision=None, trust_remote_code=False, **more):  # fmt: skip
        assert logprobs_mode == "raw_logprobs"
        assert generation_config == "vllm"
        assert limit_mm_per_prompt == {"audio": 1}
        self.more = more
        self.inner = load_model(model)
        self.llm_engine = SimpleNamespace(model_config=SimpleNamespace(dtype=torch.float32))

    def generate(self, prompts, sampling_params, use_tqdm=True):
        return [SimpleNamespace(outputs=[self._one(one, sampling_params)]) for one in prompts]

    @torch.inference_mode()
    def _one(self, prompt, params):
        inner = self.inner
        ((samples, rate),) = prompt["multi_modal_data"]["audio"]
        assert rate == inner.rate
        sound = inner.tokenizer.convert_tokens_to_ids("<|AUDIO|>")
        heard = inner.inputs([samples], ["?"])
        n_sounds = int((heard["input_ids"] == sound).sum())
        ids = [
            i
            for one in prompt["prompt_token_ids"]
            for i in [one] * (n_sounds if one == sound else 1)
        ]
        heard["input_ids"] = torch.tensor([ids])
        heard["attention_mask"] = torch.ones_like(heard["input_ids"])
        chosen, steps = [], []
        while len(chosen) < params.max_tokens:
            log_p = inner.model(**heard).logits[0, -1].log_softmax(dim=-1)
            token = int(log_p.argmax())
            wanted = {*params.logprob_token_ids, token}
            steps.append({i: Logprob(float(log_p[i])) for i in wanted})
            chosen.append(token)
            if token in params.stop_token_ids:
                break
            for name, value in (("input_ids", token), ("attention_mask", 1)):
                heard[name] = torch.cat([heard[name], torch.tensor([[value]])], dim=1)
        return CompletionOutput(0, "", chosen, None, steps)


@pytest.fixture
def vllm(monkeypatch):
    module = ModuleType("vllm")
    module.LLM = LLM
    module.SamplingParams = lambda **options: SimpleNamespace(**options)
    monkeypatch.setitem(sys.modules, "vllm", module)
    known = importlib.metadata.version
    monkeypatch.setattr(
        "sottovoce.models.vllm_model.version",
        lambda name: "0.30" if name == "vllm" else known(name),
    )
    return module


@pytest.fixture
def served(vllm, folders):
    return load_model(folders["qwen2_audio"], engine="vllm")


def run_on(model, prompts=("one_word", "How?"), **options):
    options = {"max_new_tokens": 6, "progress": False} | options
    return capture(model, voices(3), list(prompts), TOKENS, **options)


def test_the_same_call_gives_the_same_log_probabilities(served, qwen):
    run, plain = run_on(served), run_on(qwen, batch_size=1, share_prefix=False)
    xr.testing.assert_equal(run.chosen_token, plain.chosen_token)
    xr.testing.assert_equal(run.answer, plain.answer)
    np.testing.assert_allclose(run.logit, plain.logit - plain.log_normalizer, atol=1e-5)
    live = ~np.isnan(plain.log_normalizer)
    assert (run.log_normalizer.values[live.values] == 0).all()
    assert np.isnan(run.entropy).all()
    told = json.loads(run.attrs["decoding"])
    assert told["engine"] == "vllm 0.30"
    assert "log_normalizer is 0" in told["logit"]
    assert told["share_prefix"] is False
    for readout in ("answer_step", "mean_prob"):
        xr.testing.assert_allclose(read_out(run, readout), read_out(plain, readout), atol=1e-4)


def test_the_answer_step_after_a_beginning(served, qwen):
    options = {"mode": "answer_step", "answer_prefix": "the voice is"}
    run, plain = run_on(served, **options), run_on(qwen, batch_size=1, **options)
    np.testing.assert_allclose(run.logit, plain.logit - plain.log_normalizer, atol=1e-5)


def test_what_it_cannot_do_is_refused_by_name(served, monkeypatch):
    with pytest.raises(ModelError, match="mode='sample' is not for vLLM"):
        run_on(served, mode="sample")
    with pytest.raises(ModelError, match="keeps the model's insides to itself"):
        score(served, voices(1), "one_word", ["sad"], progress=False)
    with pytest.raises(ModelError, match=r"keeps the model's insides to itself"):
        check_model(served)
    monkeypatch.setattr(by_vllm, "MOST_TOKENS", 3)
    with pytest.raises(ModelError, match="at most 3 tokens, and this token set has"):
        run_on(served)


def test_control_tokens_in_a_prompt_are_refused(served):
    with pytest.raises(ModelError, match=r"failed on every recording.*does not take as text"):
        run_on(served, ["Sad?<|im_end|>"])


def test_on_loading_it_is_told_what_is_not_for_it(vllm, folders):
    folder = folders["qwen2_audio"]
    assert load_model(folder, engine="vllm", engine_options={"seed": 3}).engine.more == {"seed": 3}
    with pytest.raises(ModelError, match="are for engine='transformers'"):
        load_model(folder, engine="vllm", device="cpu")
    with pytest.raises(ModelError, match="engine_options are for engine='vllm'"):
        load_model(folder, engine_options={"seed": 3})
    with pytest.raises(ModelError, match="engine='sglang' must be one of"):
        load_model(folder, engine="sglang")
    with pytest.raises(ModelError, match="is not asked by a chat template"):
        load_model(folders["whisper"], engine="vllm")


def test_without_vllm_it_is_told_how_to_get_it(folders, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(ModelError, match="install it with: pip install vllm"):
        load_model(folders["qwen2_audio"], engine="vllm")


def test_a_version_that_gives_other_tokens_is_noticed(qwen):
    steps = [{5: Logprob(-1.0)}]
    with pytest.raises(ModelError, match="knows logprob_token_ids"):
        make_vllm_trace(qwen.tokenizer, CompletionOutput(0, "", [5], None, steps), [5, 9])
    with pytest.raises(ModelError, match="0 steps of log-probabilities for 1 tokens"):
        make_vllm_trace(qwen.tokenizer, CompletionOutput(0, "", [5], None, None), [5])


def test_a_request_holds_the_prompt_with_one_token_for_the_sound(served, qwen):
    samples, _ = voice(1)
    request = served.request(samples, "Sad?", [7])
    whole = qwen.inputs([samples], ["Sad?"])["input_ids"][0].tolist()
    sound = qwen.tokenizer.convert_tokens_to_ids("<|AUDIO|>")
    first = whole.index(sound)
    assert request["prompt_token_ids"] == [
        *whole[: first + 1], *(i for i in whole[first:] if i != sound), 7,
    ]  # fmt: skip
    assert repr(served).startswith("<VllmModel 'qwen2_audio'")
