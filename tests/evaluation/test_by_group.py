from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sottovoce.errors import VotesError
from sottovoce.evaluation import by_group, evaluate
from sottovoce.evaluation.grouping import group_utterances


@pytest.fixture
def corpus(votes):
    """Eight speakers, of two sexes and eight ages, and clips of 0.1 to 8 s."""
    number = np.arange(80)
    table = pd.DataFrame(
        {
            "speaker": votes["speaker"].values,
            "sex": np.where(number // 10 < 4, "female", "male"),
            "age": 20 + 5 * (number // 10),
            "duration": (number + 1) / 10,
            "note": [""] * 78 + ["loud"] * 2,
        },
        index=votes["utterance"].values,
    )
    return SimpleNamespace(utterances=table, votes=votes, name="made", note="", licence="")


def test_a_group_is_an_evaluation_of_its_utterances(corpus, votes, good, poor):
    shares = {"good": good, "poor": poor}
    result = by_group(shares, corpus, "sex", n_boot=30, seed=4)
    alone = evaluate(shares, votes[40:], n_boot=30, seed=4)
    assert result["group"].values.tolist() == ["female", "male"]
    for name in ("value", "low", "high", "n"):
        np.testing.assert_allclose(result[name].sel(group="male").values, alone[name].values)
    assert result["kind"].values.tolist() == alone["kind"].values.tolist()
    assert result["n_speakers"].values.tolist() == [4, 4]
    assert not result["is_small"].any()
    assert result.attrs["notes"] == ""


def test_small_groups_are_named(corpus, good):
    result = by_group(good, corpus, "note", n_boot=0)
    assert result["is_small"].values.tolist() == [True]
    assert result.attrs["notes"] == (
        "Too small to tell much: loud (2 utterances of 1 speaker).\n"
        "78 utterances without a group left out."
    )
    pairs = {f"clip{i:02d}": "two speakers" if i < 20 else "six speakers" for i in range(80)}
    result = by_group(good, corpus, pairs, n_boot=0)
    assert result["is_small"].values.tolist() == [False, True]
    assert "two speakers (20 utterances of 2 speakers)" in result.attrs["notes"]


def test_speakers_are_no_smaller_for_being_one(corpus, good):
    result = by_group(good, corpus, "speaker", n_boot=0, fewest=10)
    assert result.sizes["group"] == 8
    assert not result["is_small"].any()
    assert by_group(good, corpus, "speaker", n_boot=0, fewest=11)["is_small"].all()


def test_many_numbers_fall_into_thirds(corpus, good):
    result = by_group(good, corpus, "duration", n_boot=0)
    assert result["group"].values.tolist() == ["0.1 to 2.7", "2.8 to 5.3", "5.4 to 8"]
    assert result["n_utterances"].values.tolist() == [27, 26, 27]
    assert by_group(good, corpus, "age", n_boot=0)["group"].values[0] == "20"


def test_groups_from_the_votes_are_exact(votes):
    heard = group_utterances("emotion", votes)
    agreed = group_utterances("ambiguity", votes)
    for name, row in zip(votes["utterance"].values, votes.values, strict=True):
        tied = (row == row.max()).sum() > 1
        assert heard[name] == ("tied" if tied else votes["emotion"].values[row.argmax()])
        most = row.max() / row.sum()
        expected = "all agree" if most == 1 else "majority" if most > 0.5 else "no majority"
        assert agreed[name] == expected


def test_groups_may_come_from_the_shares_or_a_mapping(votes, good):
    loud = good.assign_coords(level=("utterance", ["low", "high"] * 40))
    result = by_group(loud, votes, "level", n_boot=0)
    assert result["n_utterances"].to_series().to_dict() == {"high": 40, "low": 40}
    series = pd.Series("x", index=votes["utterance"].values)
    array = xr.DataArray(["x"] * 80, {"utterance": votes["utterance"].values}, ("utterance",))
    for by in (series, array, series.to_dict()):
        assert by_group(good, votes, by, n_boot=0)["group"].values.tolist() == ["x"]


def test_unknown_groups_are_refused_with_what_there_is(corpus, good):
    with pytest.raises(VotesError, match=r"by='gender' is unknown .*'speaker', 'sex', 'age'"):
        by_group(good, corpus, "gender")
    with pytest.raises(VotesError, match="by is a int"):
        by_group(good, corpus, 3)
    with pytest.raises(VotesError, match=r"no utterance .* has a group"):
        by_group(good, corpus, {"elsewhere": "x"})
