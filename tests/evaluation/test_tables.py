import json

import numpy as np
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import evaluate, to_json, to_table
from sottovoce.evaluation.measures import MEASURES


@pytest.fixture
def result(votes, good, poor):
    gaps = poor.copy()
    gaps[0, :5] = np.nan
    return evaluate({"good": good, "poor": gaps}, votes, n_boot=40)


def test_table_has_a_row_for_each_readout_and_constant(result):
    table = to_table(result)
    assert table.index.tolist() == [
        ("one_word", "good"),
        ("one_word", "poor"),
        ("percentages", "good"),
        ("percentages", "poor"),
        ("constant", "uniform"),
        ("constant", "corpus mean"),
        ("listeners", "half the votes"),
        ("listeners", "perfect knowledge"),
    ]
    assert table.columns.tolist() == ["n", "js", "bc", "accuracy", "entropy_rho"]
    assert table["n"].tolist() == ["80", "75", *["80"] * 6]
    assert table["js"].str.fullmatch(r"0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]").all()
    assert table.loc[("constant", "uniform"), "entropy_rho"] == "–"


def test_table_can_be_short_or_whole(result):
    short = to_table(result, ["bc"], intervals=False, decimals=2)
    assert short["bc"].str.fullmatch(r"0\.\d\d").all()
    assert to_table(result, None).columns.tolist() == ["n", *MEASURES]


def test_table_never_prints_minus_zero(result):
    almost = result.copy(deep=True)
    almost["value"][:] = -1e-9
    assert to_table(almost, ["js"], intervals=False)["js"].tolist() == ["0.000"] * 8


def test_table_without_prompts_has_no_column_for_them(votes, good):
    result = evaluate({"x": good.sel(prompt="one_word", drop=True)}, votes, n_boot=0)
    table = to_table(result)
    assert table.index.tolist() == [
        "x",
        "uniform",
        "corpus mean",
        "half the votes",
        "perfect knowledge",
    ]
    assert table.index.name == "readout"


def test_prompts_that_a_readout_lacks_are_not_listed(votes, good, poor):
    result = evaluate({"good": good, "poor": poor[:1]}, votes, n_boot=0)
    rows = [(row["prompt"], row["readout"]) for row in to_json(result)["results"]]
    assert rows == [("one_word", "good"), ("one_word", "poor"), ("percentages", "good")]
    assert to_table(result).index.tolist()[:3] == rows


def test_json_holds_everything_and_no_nan(result):
    text = json.dumps(to_json(result), allow_nan=False)
    data = json.loads(text)
    assert [row["constant"] for row in data["constants"]] == ["uniform", "corpus mean"]
    assert [row["ceiling"] for row in data["ceiling"]] == ["half the votes", "perfect knowledge"]
    assert data["constants"][0]["entropy_rho"] == {"value": None, "low": None, "high": None}
    row = next(r for r in data["results"] if (r["prompt"], r["readout"]) == ("one_word", "poor"))
    assert (row["n"], row["n_missing"]) == (75, 5)
    for name in MEASURES:
        assert set(row[name]) == {"value", "low", "high"}
    assert row["js"]["low"] <= row["js"]["value"] <= row["js"]["high"]
    assert data["meta"]["measures"]["js"]["better"] == "lower"
    assert data["meta"]["predictors"]["good"]["readout"] == "answer_step"
    assert data["meta"]["notes"][0].startswith("poor (one_word): 5 of 80")


def test_what_is_no_evaluation_is_refused(result):
    with pytest.raises(VotesError, match="not an evaluation"):
        to_table(xr.Dataset())
    with pytest.raises(VotesError, match="measure='jsd' must be one of"):
        to_table(result, ["jsd"])
