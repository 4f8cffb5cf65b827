"""The commands that write a report."""

import json

import pytest

from sottovoce.paths import data_folder


def test_a_saved_run_becomes_a_report(call, saved_run, tmp_path):
    votes = data_folder() / "samples" / "votes.csv"
    out, numbers = tmp_path / "report.html", tmp_path / "numbers.json"
    result = call(
        *("report", saved_run, "--votes", votes, "--out", out, "--json", numbers),
        *("--n-boot", 20, "--language", "ja", "--rule", "sad above .5"),
        *("--assume", "n_per_month=100", "--assume", "cost_of_miss=7"),
    )
    assert result.exit_code == 1  # one recording has no answer
    assert "tom_sad" in result.output
    assert 'lang="ja"' in out.read_text(encoding="utf-8")
    assert json.loads(numbers.read_text())["alerts"]["rule"].startswith("sad above")


@pytest.mark.parametrize(
    ("assumed", "told"),
    [
        (["price=3"], "the names are n_per_month"),
        (["n_per_month=3"], "cost_of_miss must be given too"),
        (["n_per_month=many", "cost_of_miss=1"], "'many' is no number"),
    ],
)
def test_assumptions_are_refused_in_words(call, saved_run, tmp_path, assumed, told):
    votes = data_folder() / "samples" / "votes.csv"
    given = [part for one in assumed for part in ("--assume", one)]
    result = call("report", saved_run, "--votes", votes, "--out", tmp_path / "r.html", *given)
    assert result.exit_code == 2
    assert told in result.output


def test_a_folder_and_votes_become_a_report_that_goes_on_where_it_was(call, tmp_path):
    samples, out = data_folder() / "samples", tmp_path / "pilot"
    options = ("--out", out, "--prompts", "one_word", "--n-boot", 20)
    result = call("pilot", samples, *options)
    assert result.exit_code == 0, result.output
    assert (out / "report.html").is_file()
    first = json.loads((out / "findings.json").read_text())
    assert "content_free" in first["corrected"]["js"]  # what was answered to silence
    again = call("pilot", samples, *options)
    assert again.exit_code == 0, again.output
    assert json.loads((out / "findings.json").read_text())["model"] == first["model"]
