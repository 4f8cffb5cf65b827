"""The table of architectures, held against small random models of each."""

import numpy as np
import torch
from tiny_models.fixtures import ARCHITECTURES
from transformers.models.auto import modeling_auto

from sottovoce.models import architectures

# Of transformers' speech models: these take no question, speak, or answer frame by frame.
TAKE_NO_QUESTION = {
    "canary", "cohere_asr", "dia", "kyutai_speech_to_text", "moonshine", "moonshine_streaming",
    "pop2piano", "seamless_m4t", "seamless_m4t_v2", "speech-encoder-decoder", "speech_to_text",
    "speecht5", "vibevoice", "voxtral_realtime",
}  # fmt: skip


def noise(model, seconds, seed=0):
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * model.rate))
    return samples.astype(np.float32)


def first_logits(model, sounds):
    inputs = model.inputs(sounds, ["Which emotion?"] * len(sounds))
    with torch.inference_mode():
        out = model.model.generate(
            **inputs, generation_config=model.settings(1), output_logits=True,
            return_dict_in_generate=True, **model.generate_options,
        )  # fmt: skip
    return out.logits[0]


def entry(model):
    return architectures()[model.model.config.model_type]


def test_rate_and_longest_recording_are_as_told(model):
    told = entry(model)
    assert model.rate == told.rate
    assert (model.max_seconds is None) == (told.longest == "none") == (told.seconds is None)
    stated = getattr(model.processor, "max_audio_len", None)
    assert (stated is not None) == (told.longest == "stated")


def test_rows_change_one_another_only_where_it_is_told(model):
    short, long = noise(model, 0.9), noise(model, 2.6, seed=1)
    alone = first_logits(model, [short])[0]
    with_longer = (first_logits(model, [long, short])[1] - alone).abs().max().item()
    with_equal = (first_logits(model, [noise(model, 0.9, 2), short])[1] - alone).abs().max().item()
    measured = "any" if with_longer < 1e-4 else "equal_length" if with_equal < 1e-4 else "single"
    # Gemma 3n leaks only when it is larger; what is told may be stricter than this, never laxer.
    strictness = ("any", "equal_length", "single").index
    assert strictness(measured) <= strictness(entry(model).grouping), (with_longer, with_equal)
    assert model.grouping == entry(model).grouping
    if model.id != "gemma3n":
        assert measured == model.grouping, (with_longer, with_equal)


def test_the_lens_looks_where_the_layers_are(model):
    decoder = model.model.get_decoder()
    found = hasattr(decoder, "layers") and hasattr(decoder, "norm")
    assert found == entry(model).lens


def test_no_speech_model_of_transformers_is_forgotten():
    known = set(modeling_auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES)
    assert known - TAKE_NO_QUESTION - set(architectures()) == set()
    assert set(architectures()) == set(ARCHITECTURES)
