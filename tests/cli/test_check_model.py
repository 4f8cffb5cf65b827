import pytest

from sottovoce.models import load_model
from sottovoce.models.check.finding import CHECKS


def test_a_sound_model_passes(numbers, model_folder):
    result, content = numbers("check-model", model_folder)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1 : 1 + len(CHECKS)]] == list(CHECKS)
    assert lines[-1] == "Captures run batches of any clips."
    assert (content["model_id"], content["architecture"]) == ("another", "glmasr")
    assert {one["check"]: one["status"] for one in content["findings"]} == dict.fromkeys(
        CHECKS, "passed"
    )
    assert (content["ok"], content["failed"]) == (True, [])
    assert content["grouping"] == content["used_grouping"] == "any"


@pytest.mark.parametrize(
    ("damage", "code", "told"),
    [
        (lambda m: setattr(m, "max_seconds", 12.0), 1, "whole_recording failed: the last 0.5 s"),
        (
            lambda m: setattr(m.model.generation_config, "repetition_penalty", 1.3),
            1,
            "raw_logits failed: tokens whose score is not their raw logit, by repetition_p",
        ),
        (
            lambda m: m.model.register_forward_hook(leak),
            0,
            "batch_any failed: the batch moves a logit",
        ),
    ],
)
def test_what_fails_is_told_and_counts_unless_smaller_batches_mend_it(
    numbers, model_folder, monkeypatch, damage, code, told
):
    def load_damaged(*args, **options):
        model = load_model(*args, **options)
        damage(model)
        return model

    monkeypatch.setattr("sottovoce.models.load_model", load_damaged)
    result, content = numbers("check-model", model_folder)
    assert result.exit_code == code
    assert told in result.stdout
    assert content["failed"]
    assert content["ok"] is (code == 0)


def leak(module, args, output):
    output.logits += 0.1 * (len(output.logits) - 1)


def test_what_is_no_model_could_not_be_checked(call, tmp_path):
    result = call("check-model", tmp_path / "nowhere")
    assert result.exit_code == 3
    assert "there is no such folder" in result.stderr
