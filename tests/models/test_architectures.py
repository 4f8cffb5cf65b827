"""The table of architectures, held against small random models of each."""

from tiny_models.fixtures import ARCHITECTURES
from transformers.models.auto import modeling_auto

from sottovoce.models import architectures

# Of transformers' speech models: these take no question, speak, or answer frame by frame.
TAKE_NO_QUESTION = {
    "canary", "cohere_asr", "dia", "kyutai_speech_to_text", "moonshine", "moonshine_streaming",
    "pop2piano", "seamless_m4t", "seamless_m4t_v2", "speech-encoder-decoder", "speech_to_text",
    "speecht5", "vibevoice", "voxtral_realtime",
}  # fmt: skip


def entry(model):
    return architectures()[model.model.config.model_type]


def test_rate_and_longest_recording_are_as_told(model):
    told = entry(model)
    assert model.rate == told.rate
    assert (model.max_seconds is None) == (told.longest == "none") == (told.seconds is None)
    stated = getattr(model.processor, "max_audio_len", None)
    assert (stated is not None) == (told.longest == "stated")


def test_the_lens_looks_where_the_layers_are(model):
    decoder = model.model.get_decoder()
    found = hasattr(decoder, "layers") and hasattr(decoder, "norm")
    assert found == entry(model).lens


def test_no_speech_model_of_transformers_is_forgotten():
    known = set(modeling_auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES)
    assert known - TAKE_NO_QUESTION - set(architectures()) == set()
    assert set(architectures()) == set(ARCHITECTURES)
