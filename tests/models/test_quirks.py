"""What each quirk is there for: with and without it."""

import json
import shutil

import numpy as np
import pytest
import torch
import transformers
from tiny_models.granite import LOGITS_SCALING

from sottovoce.errors import ModelError, PromptError
from sottovoce.models import load_model
from sottovoce.models.quirks.whisper import Whisper


def noise(seconds, seed=0, rate=16000):
    samples = np.random.default_rng(seed).normal(0, 0.1, round(seconds * rate))
    return samples.astype(np.float32)


def first_logits(model, sound, prompt="Which emotion?"):
    inputs = model.inputs([sound], [prompt])
    with torch.inference_mode():
        return model.model(**inputs, **model.generate_options).logits[0, -1]


def test_no_eye_is_loaded(models):
    processor = models["qwen2_5_omni_thinker"].processor
    assert isinstance(processor, transformers.Qwen2_5OmniProcessor)
    assert type(processor.image_processor).__name__ == "Blind"


def test_of_a_full_omni_checkpoint_the_thinker_is_loaded(folders, models, tmp_path):
    thinker = models["qwen2_5_omni_thinker"]
    copy = shutil.copytree(folders["qwen2_5_omni_thinker"], tmp_path / "full")
    config = transformers.Qwen2_5OmniConfig(
        thinker_config=thinker.model.config.to_dict(), enable_audio_output=False
    )
    whole = transformers.Qwen2_5OmniForConditionalGeneration(config)
    whole.thinker.load_state_dict(thinker.model.state_dict())
    whole.save_pretrained(copy)
    loaded = load_model(copy)
    assert loaded.model.config.model_type == "qwen2_5_omni_thinker"
    sound = noise(1)
    assert torch.equal(first_logits(loaded, sound), first_logits(thinker, sound))


def test_phi4_gets_back_the_template_that_its_processor_loses(folders, models, tmp_path):
    phi4 = models["phi4_multimodal"]
    saved = (folders["phi4_multimodal"] / "chat_template.jinja").read_text()
    assert phi4.processor.chat_template == saved
    copy = shutil.copytree(folders["phi4_multimodal"], tmp_path / "copy")
    (copy / "chat_template.jinja").unlink()
    ids = load_model(copy).inputs([noise(1)], ["Sad?"])["input_ids"][0].tolist()
    text = phi4.tokenizer.decode(ids).replace("<|AUDIO|>", "")
    assert text == "<|user|>Sad?<|end|><|assistant|>"


def test_a_lora_for_speech_is_not_left_out_in_silence(folders, tmp_path, monkeypatch):
    copy = shutil.copytree(folders["phi4_multimodal"], tmp_path / "copy")
    (copy / "speech-lora").mkdir()
    (copy / "speech-lora" / "adapter_config.json").write_text("{}")
    monkeypatch.setattr("sottovoce.models.quirks.lora.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"lies in a LoRA adapter.*pip install peft"):
        load_model(copy)


def test_phi4_hears_with_the_lora_of_its_checkpoint(folders, tmp_path):
    peft = pytest.importorskip("peft", reason="a LoRA needs peft")
    copy = shutil.copytree(folders["phi4_multimodal"], tmp_path / "copy")
    tuned = load_model(copy)
    lora = peft.LoraConfig(r=2, target_modules=["qkv_proj"], init_lora_weights=False)
    tuned.model.add_adapter(lora, adapter_name="speech-lora")
    tuned.model.save_pretrained(copy / "speech-lora")
    loaded, sound = load_model(copy), noise(1)
    assert torch.equal(first_logits(loaded, sound), first_logits(tuned, sound))
    loaded.model.disable_adapters()
    assert not torch.equal(first_logits(loaded, sound), first_logits(tuned, sound))


def test_voxtral_with_another_tokenizer_is_refused(models):
    from sottovoce.models.quirks.voxtral import Voxtral

    told = Voxtral().why_deaf(None, models["qwen2_audio"].processor)
    assert "drops the recording in silence" in told
    assert "pip install mistral-common" in told


def test_granite_without_peft_is_refused_where_it_has_a_lora(folders, tmp_path, monkeypatch):
    copy = shutil.copytree(folders["granite_speech"], tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"has_lora_adapter": True}))
    monkeypatch.setattr("sottovoce.models.quirks.lora.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"lies in a LoRA adapter.*pip install peft"):
        load_model(copy)


def test_granite_s_logits_are_divided_once(folders, models):
    granite = models["granite_speech"]
    plain = transformers.GraniteSpeechForConditionalGeneration.from_pretrained(
        folders["granite_speech"], dtype="float32"
    )
    inputs = granite.inputs([noise(1)], ["Which?"])
    with torch.inference_mode():
        ratio = plain(**inputs).logits / granite.model(**inputs).logits
    torch.testing.assert_close(ratio, torch.full_like(ratio, LOGITS_SCALING))


def test_vibevoice_hears_without_noise_at_24_khz(models):
    model = models["vibevoice_asr"]
    assert model.rate == 24000
    sound = noise(1, rate=24000)
    inputs = model.inputs([sound], ["Which?"])
    with torch.inference_mode():
        noisy = [model.model(**inputs).logits for _ in range(2)]
    assert not torch.equal(*noisy), "the quirk is gone"
    assert torch.equal(first_logits(model, sound), first_logits(model, sound))


def test_whisper_is_asked_before_it_is_told_to_transcribe(models):
    model = models["whisper"]
    ids = model.inputs([noise(1)], ["Which emotion?"])["decoder_input_ids"][0].tolist()
    assert model.tokenizer.decode(ids) == (
        "<|startofprev|> Which emotion?<|startoftranscript|><|en|><|transcribe|><|notimestamps|>"
    )
    assert model.is_encoder_decoder


def test_whisper_takes_a_language(folders):
    with pytest.raises(ModelError, match=r"language 'ja'.*<\|en\|>"):
        load_model(folders["whisper"], interface=Whisper(language="ja"))


def test_a_question_longer_than_whisper_can_take_is_refused(models):
    with pytest.raises(PromptError, match="tokens, and this model takes"):
        models["whisper"].inputs([noise(1)], ["angry sad " * 300])
