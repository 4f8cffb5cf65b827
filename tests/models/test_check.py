"""Models that are broken on purpose, each caught by name, and sound ones that pass."""

import json

import pytest
import torch

from sottovoce import check_model
from sottovoce.errors import ModelError
from sottovoce.models import ChatInterface, architectures, load_model
from sottovoce.models.check.check_model import tell_failures
from sottovoce.models.check.finding import CHECKS
from sottovoce.models.check.probe import TF32_TOLERANCE, Probe, tolerance


@pytest.fixture
def broken(folders):
    """A Qwen2-Audio of one's own, unchecked, to be broken."""
    return load_model(folders["qwen2_audio"], check=False)


def leak(model, among, size=0.01):
    """Let padding into the logits, by what a mask counts of each row."""

    def bend(module, args, options, output):
        mask = options.get(among)
        if mask is not None:
            padded = (mask == 0).sum(dim=1)
            # What a row alone has does not count: the longest is padded to the window too.
            output.logits += size * (padded - padded.min())[:, None, None]

    model.model.register_forward_hook(bend, with_kwargs=True)


def deafen(model):
    def silence(module, args, options):
        if options.get("input_features") is not None:
            options["input_features"] = torch.zeros_like(options["input_features"])
        return args, options

    model.model.register_forward_pre_hook(silence, with_kwargs=True)


def add_noise(model):
    def shake(module, args, output):
        output.logits += 0.001 * torch.randn_like(output.logits)

    model.model.register_forward_hook(shake)


def test_every_architecture_passes_but_for_the_batches_that_the_table_forbids(model):
    checked = check_model(model)
    known = architectures()[model.model.config.model_type]
    assert [one.check for one in checked.findings] == list(CHECKS)
    # Gemma 3n leaks only when it is larger; what is told may be stricter than this, never laxer.
    allowed = {"gemma3n": ("any", "equal_length")}.get(model.id, (known.grouping,))
    assert checked.grouping in allowed, checked
    assert checked.failed == (("batch_any",) if checked.grouping == "equal_length" else ())
    assert checked.ok
    assert model.grouping == known.grouping
    assert checked["batch_equal_length"].measured < 1e-5, "rounding is further off than is told"
    if checked.grouping == "equal_length":
        assert checked["batch_any"].measured > 9e-4


def test_padding_that_leaks_between_unequal_recordings_is_caught(broken):
    leak(broken, "feature_attention_mask")
    checked = check_model(broken)
    assert checked.failed == ("batch_any",)
    assert (checked.grouping, broken.grouping) == ("equal_length", "equal_length")
    assert checked.ok


def test_padding_that_leaks_between_questions_leaves_single_runs(broken):
    leak(broken, "attention_mask")
    checked = check_model(broken)
    assert checked.failed == ("batch_equal_length", "batch_any")
    assert (checked.grouping, broken.grouping) == ("single", "single")


def test_a_batch_that_breaks_is_no_batch(broken, monkeypatch):
    plain = broken.inputs

    def alone(samples, prompts):
        if len(samples) > 1:
            raise IndexError("one audio per text")
        return plain(samples, prompts)

    monkeypatch.setattr(broken, "inputs", alone)
    checked = check_model(broken)
    assert checked.grouping == "single"
    assert "IndexError: one audio per text" in checked["batch_any"].meaning
    assert checked["batch_any"].measured is None


def test_noise_within_the_model_is_caught_and_batches_stay_unmeasured(broken):
    add_noise(broken)
    checked = check_model(broken)
    assert checked.failed == ("repeats", "raw_logits")[: len(checked.failed)]
    assert checked["repeats"].measured > 0
    assert checked["batch_any"].status == "not applicable"
    assert checked.grouping is None
    assert broken.grouping == "any", "the table's"
    with pytest.warns(UserWarning, match="the same question gives the same numbers"):
        tell_failures(checked)


def test_a_deaf_model_is_caught(broken):
    deafen(broken)
    checked = check_model(broken)
    assert checked.failed == ("hears",)
    assert checked["hears"].measured == 0
    with pytest.raises(ModelError, match="qwen2_audio: it weighs the same whatever it hears"):
        tell_failures(checked)


@pytest.mark.parametrize(
    ("name", "value"),
    [("repetition_penalty", 1.3), ("suppress_tokens", [7]), ("min_new_tokens", 2)],
)
def test_settings_that_leak_are_caught_and_named(broken, name, value):
    setattr(broken.model.generation_config, name, value)
    checked = check_model(broken)
    assert checked.failed == ("raw_logits",)
    assert f"{name}={value!r}" in checked["raw_logits"].meaning


def test_a_recording_cut_in_silence_is_caught(broken):
    broken.max_seconds = 6.0
    checked = check_model(broken)
    assert checked.failed == ("whole_recording",)
    assert checked["whole_recording"].measured == 6


def test_a_tokenizer_of_another_model_is_caught(broken):
    broken.tokenizer.add_tokens(["speaker sounds"])
    checked = check_model(broken)
    assert checked.failed == ("token_ids",)
    assert "and the model weighs" in checked["token_ids"].meaning


def test_a_tokenizer_that_reads_back_another_text_is_caught(broken, monkeypatch):
    plain = broken.tokenizer.decode
    monkeypatch.setattr(broken.tokenizer, "decode", lambda *a, **k: plain(*a, **k).lower())
    checked = check_model(broken)
    assert checked.failed == ("token_ids",)
    assert "'Angry'" in checked["token_ids"].meaning


class Deaf(ChatInterface):
    def finish(self, model, processor):
        super().finish(model, processor)
        model.register_forward_pre_hook(
            lambda module, args, options: (
                args,
                options | {"input_features": options["input_features"] * 0}
                if options.get("input_features") is not None
                else options,
            ),
            with_kwargs=True,
        )


def test_it_is_checked_on_loading_unless_told_otherwise(folders):
    folder = folders["qwen2_audio"]
    assert load_model(folder).check.ok
    assert load_model(folder, check=False).check is None
    with pytest.raises(ModelError, match="it weighs the same whatever it hears"):
        load_model(folder, interface=Deaf())
    assert load_model(folder, interface=Deaf(), check=False).check is None


class Stubborn(ChatInterface):
    def finish(self, model, processor):
        def cannot(**options):
            raise TypeError("no such argument")

        model.generate = cannot


def test_a_model_that_cannot_run_is_told_on_loading(folders):
    with pytest.raises(ModelError, match=r"breaks on 0.9 s of sound.*TypeError: no such argument"):
        load_model(folders["qwen2_audio"], interface=Stubborn())


def test_the_result_is_kept_with_the_model(broken, monkeypatch):
    runs = []
    plain = Probe.together
    monkeypatch.setattr(
        Probe, "together", lambda self, rows: runs.append(len(rows)) or plain(self, rows)
    )
    first = check_model(broken)
    assert runs.count(1) == 5
    assert runs.count(2) == 2
    assert len(runs) == 7
    assert check_model(broken) is first
    assert len(runs) == 7
    deafen(broken)
    assert check_model(broken, again=True).failed == ("hears",)


def test_no_hook_is_left_behind(broken):
    check_model(broken)
    assert not any(
        module._forward_hooks or module._forward_pre_hooks for module in broken.model.modules()
    )


def test_half_precision_is_held_against_its_own_rounding(folders):
    model = load_model(folders["qwen2_audio"], dtype="bfloat16")
    assert model.check["batch_any"].threshold == tolerance(torch.bfloat16, model.device) == 0.3
    assert model.check.ok
    leaking = load_model(folders["qwen3_asr"], dtype="bfloat16")
    assert leaking.check.grouping == "any", "the leak lies within the rounding"
    assert leaking.grouping == "equal_length", "and the table knows of it"


def test_on_a_gpu_single_precision_may_be_less(monkeypatch):
    assert tolerance(torch.float32, torch.device("cuda")) == TF32_TOLERANCE
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    assert tolerance(torch.float32, torch.device("cuda")) == 1e-4


def test_it_tells_itself_as_text_as_a_card_and_as_plain_values(broken):
    leak(broken, "feature_attention_mask")
    broken.id = "<script>alert(1)</script>"
    checked = check_model(broken)
    text, html = repr(checked), checked._repr_html_()
    content = json.loads(json.dumps(checked.to_dict(), allow_nan=False))
    for one in checked.findings:
        assert one.check in text
        assert one.meaning in text
        assert one.check in html
        assert one.status in html
    assert "Captures take smaller batches." in text
    assert "Captures take smaller batches." in html
    assert "<script" not in html
    assert content["failed"] == ["batch_any"]
    assert content["grouping"] == "equal_length"
    assert len(content["findings"]) == len(CHECKS)
    with pytest.raises(KeyError):
        checked["taste"]


def test_logits_that_are_no_numbers_are_refused(broken):
    def spoil(module, args, output):
        output.logits[..., 3] = torch.nan

    broken.model.register_forward_hook(spoil)
    with pytest.raises(ModelError, match=r"values that are not numbers\. If it runs in float16"):
        check_model(broken)


def test_logits_that_are_all_alike_break_nothing(broken):
    def flatten(module, args, output):
        output.logits *= 0

    broken.model.register_forward_hook(flatten)
    assert check_model(broken).failed == ("hears",)
