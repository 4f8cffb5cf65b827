import importlib
import json
import os
import shutil

import huggingface_hub.constants
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import Qwen2Config, Qwen2ForCausalLM

from sottovoce.errors import ModelError
from sottovoce.models import architectures, load_model, telemetry
from sottovoce.models.load import _quiet
from sottovoce.models.source import Source
from sottovoce.paths import data_folder


@pytest.fixture
def copy(folders, tmp_path):
    """A copy of the Qwen2-Audio folder, to be damaged."""
    return shutil.copytree(folders["qwen2_audio"], tmp_path / "copy")


def test_a_folder_of_any_architecture_loads(model, folders):
    architecture = model.model.config.model_type
    assert model.id == architecture
    assert model.rate == architectures()[architecture].rate
    assert model.dtype == torch.float32
    assert model.device.type == "cpu"
    assert model.tokenizer.padding_side == "left"
    assert not model.model.training
    assert repr(model).startswith(f"<SpeechModel '{architecture}': {architecture}, ")
    assert str(folders[architecture]) not in repr(model)


def test_the_bundled_model_loads_by_name():
    if not (data_folder() / "model" / "config.json").is_file():
        pytest.skip("the bundled model has not been made: data/model is empty")
    model = load_model("bundled")
    assert model.id == "bundled"
    assert model.max_seconds is not None


def test_the_revision_of_a_folder_is_a_hash_of_its_weights(copy, folders, qwen):
    before = load_model(copy).revision
    assert before == qwen.revision
    assert before.startswith("sha256:")
    weights = load_file(copy / "model.safetensors")
    weights["language_model.lm_head.weight"] = weights["language_model.lm_head.weight"] + 1
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert load_model(copy).revision != before


def test_the_tokenizer_hash_tells_of_vocabulary_and_template(copy, qwen):
    template = copy / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    assert load_model(copy).tokenizer_hash != qwen.tokenizer_hash


def test_the_number_format_can_be_chosen(folders):
    model = load_model(folders["qwen2_audio"], dtype="bfloat16")
    assert model.dtype == torch.bfloat16
    assert load_model(folders["qwen2_audio"], dtype=torch.float16).dtype == torch.float16
    with pytest.raises(ModelError, match="dtype='int8' must be one of 'float32'"):
        load_model(folders["qwen2_audio"], dtype="int8")


def test_a_half_precision_checkpoint_runs_in_float32_on_the_cpu(copy):
    weights = {name: w.bfloat16() for name, w in load_file(copy / "model.safetensors").items()}
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert load_model(copy).dtype == torch.float32


def test_a_device_that_is_not_there_is_told(folders):
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    for device in ("cuda", "abacus"):
        with pytest.raises(ModelError, match=rf"device='{device}' cannot be used here \(.+\)"):
            load_model(folders["qwen2_audio"], device=device)


def test_a_revision_of_a_folder_is_refused(folders):
    with pytest.raises(ModelError, match="revision='main' is for hub ids"):
        load_model(folders["qwen2_audio"], revision="main")


def test_pickled_weights_are_refused_with_the_reason(copy):
    torch.save(load_file(copy / "model.safetensors"), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"pytorch_model\.bin\) are pickles.*can run code"):
        load_model(copy)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda f: (f / "config.json").unlink(), r"no config\.json in this folder.*it holds chat_"),
        (lambda f: (f / "config.json").write_text("{"), r"config\.json: this is not valid JSON"),
        (lambda f: (f / "config.json").write_text("{}"), "cannot be loaded"),
        (lambda f: (f / "model.safetensors").unlink(), "no weights in this folder"),
        (lambda f: (f / "model.safetensors").write_bytes(b"xx"), "cannot be loaded"),
        (lambda f: (f / "processor_config.json").unlink(), "it has no processor"),
        (lambda f: (f / "tokenizer.json").unlink(), "it has no processor|cannot be loaded"),
    ],
)
def test_a_damaged_folder_is_told_in_words(copy, damage, told):
    damage(copy)
    with pytest.raises(ModelError, match=told):
        load_model(copy)


def test_missing_weights_are_not_made_up(copy):
    weights = load_file(copy / "model.safetensors")
    del weights["multi_modal_projector.linear.bias"]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"1 weights are missing, for example .*linear\.bias"):
        load_model(copy)


def test_a_missing_chat_template_is_told(folders, tmp_path):
    copy = shutil.copytree(folders["glmasr"], tmp_path / "copy")
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="its processor has no chat template"):
        load_model(copy)


def test_a_text_only_model_cannot_hear(tmp_path, qwen):
    config = Qwen2Config(
        vocab_size=400, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        num_key_value_heads=1, intermediate_size=8,
    )  # fmt: skip
    Qwen2ForCausalLM(config).save_pretrained(tmp_path)
    qwen.tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="a text-only model cannot hear"):
        load_model(tmp_path)


def test_code_in_a_folder_does_not_run(copy, tmp_path):
    config = json.loads((copy / "config.json").read_text())
    config |= {"model_type": "martian", "auto_map": {"AutoConfig": "configuration_martian.Config"}}
    (copy / "config.json").write_text(json.dumps(config))
    witness = tmp_path / "it_ran"
    (copy / "configuration_martian.py").write_text(f"open({str(witness)!r}, 'w')\n")
    with pytest.raises(ModelError, match="if you trust it, pass trust_remote_code=True"):
        load_model(copy)
    assert not witness.exists()


def test_what_is_no_model_at_all_is_told(tmp_path):
    file = tmp_path / "model.safetensors"
    file.touch()
    with pytest.raises(ModelError, match="this is a file"):
        load_model(file)
    for name in (tmp_path / "nowhere", "~/no/such/folder", "no name at all", "./owner/name"):
        with pytest.raises(ModelError, match="there is no such folder"):
            load_model(name)


def test_a_hub_id_without_a_network_says_how_to_go_on():
    with pytest.raises(ModelError, match=r"hf download nobody/nothing --local-dir FOLDER"):
        load_model("nobody/nothing")


def test_loading_a_folder_prints_nothing(folders, capfd):
    load_model(folders["qwen2_audio"])
    assert capfd.readouterr() == ("", "")


def test_a_download_keeps_its_progress_bar():
    from transformers.utils import logging

    with _quiet(Source("owner/name", "owner/name")):
        assert logging.is_progress_bar_enabled()


def test_telemetry_is_off_even_where_the_hub_was_imported_before(monkeypatch):
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY is True
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.delenv("HF_HUB_DISABLE_TELEMETRY")
    importlib.reload(telemetry)
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY is True


def test_what_is_neither_a_folder_nor_to_be_had_from_the_hub_is_told(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=r"no such folder, and it could not be .* `hf download"):
        load_model("nobody/nothing")
