"""Candidates scored together, against one pass each with everything before it."""

import json

import numpy as np
import pytest
import torch
import xarray as xr
from sounds import voice, voices
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from sottovoce.capture import candidates, capture, packing, prefix, score
from sottovoce.capture.sequences import continuation_ids, prompt_ids
from sottovoce.errors import ModelError, PromptError, VocabularyError
from sottovoce.models import load_model
from sottovoce.prompts import get_prompts

PROMPTS = ["one_word", "How?"]
WORDS = ["angry", "very angry", "45%", "sad, I think", "怒り", "no"]


def score_on(model, recordings, prompts=PROMPTS, words=WORDS, **options):
    return score(model, recordings, prompts, words, progress=False, **options)


def way(scores):
    return json.loads(scores.attrs["decoding"])["candidates"]


@torch.inference_mode()
def by_hand(model, samples, prompt, text, include_end):
    """The plain way: the whole sequence through the model, and a look at its logits."""
    inputs = model.inputs([samples], [prompt])
    before = inputs["input_ids"][0].tolist()
    tokens = continuation_ids(model, before, text)
    whole = torch.tensor([[*before, *tokens]])
    logits = model.model(
        **inputs | {"input_ids": whole, "attention_mask": torch.ones_like(whole)},
        **model.generate_options,
    ).logits[0]  # fmt: skip
    log_p = logits.double().log_softmax(dim=-1)
    at = [log_p[len(before) - 1 + i, token].item() for i, token in enumerate(tokens)]
    if include_end:
        at.append(log_p[-1, list(model.end_tokens)].logsumexp(0).item())
    return at


def test_a_score_is_what_the_whole_sequence_says(model):
    if model.is_encoder_decoder:
        pytest.skip("its sequence does not hold the recording")
    samples, rate = voice(1.3, rate=model.rate)
    scores = score_on(model, {"a": (samples, rate)}, words=WORDS[:3], include_end=True)
    for p, prompt in enumerate(scores.prompt_text.values):
        for c, word in enumerate(WORDS[:3]):
            expected = by_hand(model, samples, prompt, word, include_end=True)
            found = scores.token_log_probability.values[0, p, c]
            np.testing.assert_allclose(found[: len(expected)], expected, atol=1e-5)
            assert np.isnan(found[len(expected) :]).all()
            assert scores.log_probability[0, p, c] == pytest.approx(sum(expected), abs=3e-5)
            assert scores.n_tokens[p, c] == len(expected) - 1


def test_together_and_each_alone_are_the_same(model, monkeypatch):
    options = {"include_end": True, "batch_size": 4}
    alone = score_on(model, voices(3), share_prefix=False, **options)
    assert way(alone) == "separate"
    together = score_on(model, voices(3), **options)
    monkeypatch.setitem(candidates._packs, model, False)
    batched = score_on(model, voices(3), **options)
    assert way(batched) != "packed"
    monkeypatch.setattr(candidates, "PACK", 60)
    for one in (together, batched):
        np.testing.assert_allclose(one.log_probability, alone.log_probability, atol=3e-5)
        np.testing.assert_allclose(
            one.token_log_probability, alone.token_log_probability, rtol=2e-6, atol=1e-5
        )
        xr.testing.assert_equal(one.status, alone.status)


def test_many_candidates_take_several_packs(qwen, monkeypatch):
    whole = score_on(qwen, voices(2))
    assert way(whole) == "packed"
    monkeypatch.setattr(candidates, "PACK", 50)
    parts = score_on(qwen, voices(2))
    np.testing.assert_allclose(parts.log_probability, whole.log_probability, atol=3e-5)


def test_a_single_token_scores_what_capture_keeps(qwen):
    words = [
        word for word in ("angry", "happy", "neutral") if len(qwen.tokenizer.encode(word)) == 1
    ]
    assert words
    scores = score_on(qwen, voices(3), words=words)
    run = capture(qwen, voices(3), PROMPTS, mode="answer_step", answer_prefix="", progress=False)
    log_p = (run.logit - run.log_normalizer).isel(step=0)
    for word in words:
        assert (scores.n_tokens.sel(candidate=word) == 1).all()
        kept = log_p.isel(token=run.token_text.values.tolist().index(word))
        np.testing.assert_allclose(scores.log_probability.sel(candidate=word), kept, atol=1e-5)


def test_candidates_that_go_on_are_part_of_those_that_do_not(qwen):
    scores = score_on(qwen, voices(2), words=["sad", "sad, I think"])
    log_p = scores.log_probability
    assert (log_p.sel(candidate="sad, I think") < log_p.sel(candidate="sad")).all()
    ended = score_on(qwen, voices(2), words=["sad", "sad, I think"], include_end=True)
    assert (ended.log_probability < log_p).all()


def test_bad_recordings_are_told_and_the_rest_goes_on(qwen, tmp_path):
    recordings = {
        "good": voice(1),
        "lost": tmp_path / "lost.wav",
        "silent": (np.zeros(9000), 16000),
    }
    scores = score_on(qwen, recordings)
    assert scores.status.values[:, 0].tolist() == ["ok", "error", "error"]
    assert "no such file" in scores.message.values[1, 0]
    assert np.isnan(scores.log_probability[1:]).all()
    alone = score_on(qwen, {"good": voice(1)})
    np.testing.assert_allclose(scores.log_probability[0], alone.log_probability[0], atol=3e-5)


def test_a_model_that_fails_on_everything_raises(qwen, monkeypatch):
    score_on(qwen, voices(2))

    def broken(*args, **kwargs):
        raise TypeError("no such argument")

    monkeypatch.setattr(qwen.model, "forward", broken)
    with pytest.raises(ModelError, match="failed on every recording; on the first of 2"):
        score_on(qwen, voices(2))
    assert not qwen.model._forward_hooks


@pytest.mark.parametrize("words", [[], [""], ["sad", "sad"], ["sad", 45], [["sad"]]])
def test_candidates_must_be_texts(qwen, words):
    with pytest.raises(VocabularyError, match="candidates must be texts, at least one"):
        score_on(qwen, voices(1), words=words)


def test_control_tokens_are_no_candidates(qwen):
    with pytest.raises(PromptError, match="by which this model is controlled"):
        score_on(qwen, voices(1), words=["sad<|im_end|>"])


def spaced_tokenizer():
    """A tokenizer that puts a space before the first word of a text, as those of Llama do."""
    words = ["<s>", "<unk>", "▁angry", "angry", "▁assistant", "assistant", "\n", "▁", "▁very"]
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, "<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(prepend_scheme="first"),
            pre_tokenizers.Split("\n", behavior="isolated"),
        ]
    )
    inner.decoder = decoders.Metaspace(prepend_scheme="never")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>")  # noqa: S106
    tokenizer.add_special_tokens({"bos_token": "<s>"})
    return tokenizer


def test_no_space_is_put_before_a_candidate_behind_a_prompt(qwen, monkeypatch):
    """Such a tokenizer writes another token alone than behind the prompt; the latter counts."""
    tokenizer = spaced_tokenizer()
    monkeypatch.setattr(qwen.processor, "tokenizer", tokenizer)
    prompt = tokenizer.encode("<s>assistant\n", add_special_tokens=False)
    assert tokenizer.convert_ids_to_tokens(tokenizer.encode("angry")) == ["▁angry"]
    behind = continuation_ids(qwen, prompt, "angry")
    assert tokenizer.convert_ids_to_tokens(behind) == ["angry"]
    with pytest.raises(VocabularyError, match="cannot write 'furious'"):
        continuation_ids(qwen, prompt, "furious")


def test_a_token_does_not_reach_back_over_the_boundary(qwen):
    """Behind a prompt that ends in "an", "gry" is not the end of "angry"."""
    prompt = qwen.tokenizer.encode("<|im_end|>an", add_special_tokens=False)
    behind = continuation_ids(qwen, prompt, "gry")
    assert qwen.tokenizer.decode(behind) == "gry"
    assert qwen.tokenizer.encode("angry", add_special_tokens=False) != [*prompt[1:], *behind]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_candidates_that_see_one_another_are_noticed(folders, monkeypatch, dtype):
    model = load_model(folders["qwen2_audio"], dtype=dtype)
    prompts = get_prompts(PROMPTS)
    asked = {prompt.text: prompt_ids(model, prompt) for prompt in prompts}
    sharing = prefix.find_sharing(model, prompts, asked)
    assert candidates.packs(model, sharing)
    monkeypatch.setattr(candidates, "_packs", {})
    seen = packing.Pack.mask
    monkeypatch.setattr(packing.Pack, "mask", lambda pack: torch.ones_like(seen(pack)).tril())
    assert not candidates.packs(model, sharing)
