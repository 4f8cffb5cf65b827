"""The table of architectures, held against small random models of each."""

import pytest
import transformers
from tiny_models.fixtures import ARCHITECTURES
from transformers.models.auto import modeling_auto

from sottovoce.errors import ModelError
from sottovoce.models import architectures, load_model
from sottovoce.models.catalogue import refused


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
    assert known == set(refused()) | known & set(architectures())
    assert set(architectures()) == set(ARCHITECTURES)


def test_what_cannot_be_asked_is_refused_by_name_before_its_weights_are_read(tmp_path):
    transformers.MoonshineConfig().save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(ModelError, match="moonshine cannot be asked a question: it transcribes"):
        load_model(tmp_path)
