import pytest

from sottovoce.models import load_model
from sottovoce.vocabulary import TokenSet


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mood.csv"
    path.write_text("concept,spelling\ntense,angry\ntense,zzqq\nrelaxed,happy\n", encoding="utf-8")
    return path


def test_coverage_is_told_by_concept_and_status(call, model_folder):
    result = call("tokens", "emotions", "--model", model_folder)
    assert result.exit_code == 0
    resolved = TokenSet.preset("emotions").resolve(load_model(model_folder).tokenizer)
    for concept, status in resolved.coverage[["concept", "status"]].drop_duplicates().values:
        assert any(line.split()[:2] == [concept, status] for line in result.stdout.splitlines())
    assert "several: several tokens, followed by the first" in result.stdout


def test_percentages_are_counted(call, model_folder):
    assert (
        "percentages are written with 11 tokens" in call("tokens", "--model", model_folder).stdout
    )


def test_numbers_hold_every_form(numbers, model_folder):
    _, content = numbers("tokens", "emotions-en", "--model", model_folder)
    resolved = TokenSet.preset("emotions-en").resolve(load_model(model_folder).tokenizer)
    assert len(content["coverage"]) == len(resolved.coverage)
    assert [entry["token"] for entry in content["tokens"]] == resolved.ids
    assert content["missing"] == list(resolved.missing)
    assert content["model_id"] == "another"


def test_a_table_of_ones_own_and_a_union(numbers, table, model_folder):
    _, content = numbers("tokens", f"{table}+percentages", "--model", model_folder)
    assert list(content["token_set"]["concepts"]) == ["tense", "relaxed"]
    assert content["token_set"]["percentages"]


def test_an_unknown_set_is_told_before_a_model_is_loaded(call):
    result = call("tokens", "moods", "--model", "./nowhere")
    assert result.exit_code == 3
    assert "preset='moods' must be one of" in result.stderr
    assert "Loading" not in result.stderr


def test_a_missing_table_is_told(call):
    result = call("tokens", "./moods.csv")
    assert result.exit_code == 3
    assert "moods.csv" in result.stderr
