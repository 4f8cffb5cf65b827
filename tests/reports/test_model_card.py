"""The card beside the bundled weights."""

import json

import pytest

from sottovoce.errors import VotesError
from sottovoce.paths import data_folder
from sottovoce.reports import results_table, write_model_card

SETTINGS = {
    "synthetic_clips": 2400,
    "grammar_steps": 10,
    "encoder_epochs": 2,
    "joint_epochs": 3,
}


def _results():
    figure = {"value": 0.17, "low": 0.16, "high": 0.18}
    measures = dict.fromkeys(("js", "bc", "accuracy", "entropy_rho"), figure)
    nothing = {"value": None, "low": None, "high": None}
    return {
        "results": [
            {"prompt": "one_word", "readout": "answer_step", "n": 820, **measures},
            {"prompt": "one_word", "readout": "text", "n": 800, **measures, "entropy_rho": nothing},
            {"prompt": "one_word", "readout": "ratio", "n": 0, **dict.fromkeys(measures, nothing)},
        ],
        "constants": [{"constant": "uniform", **measures, "entropy_rho": nothing}],
        "ceiling": [{"ceiling": "perfect knowledge", **measures}],
    }


def test_the_card_holds_figures_constants_licence_and_lengths(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(bytes(4_000_000))
    card = write_model_card(
        tmp_path, _results(), command="sottovoce evaluate", settings=SETTINGS
    ).read_text(encoding="utf-8")
    assert "| one_word | answer_step | .170 [.160, .180] |" in card
    assert "| *uniform* |" in card
    assert "1.0 million parameters" in card
    assert "2,400 synthetic clips" in card
    assert "On 820 clips" in card
    assert "Open Database License" in card
    assert "$" not in card


def test_what_is_undefined_is_a_dash():
    assert results_table(_results()).splitlines()[-2].endswith("| – |")


def test_the_listeners_stand_below_and_what_divides_nothing_is_left_out():
    lines = results_table(_results()).splitlines()
    assert lines[-1].startswith("|  | *perfect knowledge* | .170")
    assert "ratio" not in "".join(lines)


@pytest.mark.parametrize("content", [{}, {"results": [{"prompt": "a"}], "constants": []}])
def test_what_is_no_evaluation_is_refused(content):
    with pytest.raises(VotesError, match="not the results of an evaluation"):
        results_table(content)


def test_the_bundled_card_tells_of_the_bundled_weights():
    card = (data_folder() / "model" / "README.md").read_text(encoding="utf-8")
    config = json.loads((data_folder() / "model" / "config.json").read_text())
    assert config["model_type"] == "qwen2_audio"
    for told in ("corpus mean", "uniform", "espeak-ng", "actors 1001 to 1060", "synthetic"):
        assert told in card
    assert "Open Database License" in card
