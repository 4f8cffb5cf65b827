"""Krippendorff's alpha against a published example, by its definition, and on a real corpus."""

import itertools

import numpy as np
import pytest
import xarray as xr

from sottovoce.corpora import load_corpus, load_ratings
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

# Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, section C: four observers,
# twelve units, nominal data, missing values; alpha is .743.
PUBLISHED = np.array(
    [
        ["1", "2", "3", "3", "2", "1", "4", "1", "2", "", "", ""],
        ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", "", "3"],
        ["", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", ""],
        ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", ""],
    ]
)


def labelled(labels):
    """Labels of shape (rater, utterance)."""
    return xr.DataArray(
        np.asarray(labels).T,
        dims=("utterance", "rater"),
        coords={
            "utterance": [f"u{i}" for i in range(len(labels[0]))],
            "rater": [f"r{i}" for i in range(len(labels))],
        },
    )


def counted(ratings):
    words = sorted(set(ratings.values.ravel()) - {""})
    counts = [[int((row == word).sum()) for word in words] for row in ratings.values]
    return xr.DataArray(
        counts,
        dims=("utterance", "emotion"),
        coords={"utterance": ratings["utterance"], "emotion": words},
    )


def by_definition(ratings):
    """One less observed over expected disagreement, pair by pair."""
    units = [[word for word in row if word] for row in ratings.values]
    units = [unit for unit in units if len(unit) > 1]
    pooled = [word for unit in units for word in unit]
    observed = sum(
        sum(a != b for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / len(pooled)
    different = sum(a != b for a, b in itertools.permutations(pooled, 2))
    return 1 - observed / (different / (len(pooled) * (len(pooled) - 1)))


def test_the_published_example():
    result = krippendorff_alpha(labelled(PUBLISHED))
    assert result["alpha"].item() == pytest.approx(0.743, abs=0.0005)
    assert (result["n"].item(), result["n_ratings"].item()) == (11, 40)
    assert result["low"] < result["alpha"] < result["high"] <= 1


def test_counts_are_as_good_as_ratings():
    ratings = labelled(PUBLISHED)
    assert krippendorff_alpha(counted(ratings)).identical(krippendorff_alpha(ratings))


@pytest.mark.parametrize("seed", range(5))
def test_the_definition(seed):
    generator = np.random.default_rng(seed)
    labels = generator.choice(["", "angry", "happy", "sad"], p=[0.3, 0.2, 0.1, 0.4], size=(4, 15))
    labels[:2, 0] = "sad"
    ratings = labelled(labels)
    result = krippendorff_alpha(ratings, n_boot=0)
    assert result["alpha"].item() == pytest.approx(by_definition(ratings), abs=1e-12)
    assert np.isnan(result["low"].item())


def test_resamples_are_of_the_same_measure():
    ratings = labelled(PUBLISHED)
    kept = ratings[[i for i, row in enumerate(ratings.values) if sum(map(bool, row)) > 1]]
    drawn = np.random.default_rng(3).multinomial(11, np.full(11, 1 / 11), size=2)
    alphas = []
    for counts in drawn:
        again = np.repeat(kept.values, counts, axis=0)
        alphas.append(by_definition(labelled(again.T)))
    result = krippendorff_alpha(kept, n_boot=2, seed=3, confidence=0.999999)
    assert [result["low"].item(), result["high"].item()] == pytest.approx(sorted(alphas), abs=1e-5)


def test_speakers_are_resampled_where_they_are_known():
    votes = load_corpus("sample")
    result = krippendorff_alpha(votes, n_boot=200)
    assert (result.attrs["resampled"], result.attrs["n_resampled"]) == ("speaker", 4)
    assert "too narrow" in krippendorff_alpha(labelled(PUBLISHED)).attrs["notes"]


def test_sets_agree_with_the_same_set_only(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text(
        "utterance,emotion,rater\n"
        "a,sad,eve\na,angry,eve\na,angry,tom\na,sadness,tom\nb,sad,eve\nb,sad,tom\nb,,kim\n"
    )
    ratings = load_ratings(path)
    assert ratings.sel(utterance="a", rater=["eve", "tom"]).values.tolist() == ["angry + sad"] * 2
    result = krippendorff_alpha(ratings)
    assert (result["alpha"].item(), result["n_ratings"].item()) == (1.0, 4)


def test_nothing_to_agree_on():
    same = krippendorff_alpha(labelled([["sad", "sad"], ["sad", "sad"]]))
    assert np.isnan([same[name].item() for name in ("alpha", "low", "high")]).all()
    with pytest.raises(VotesError, match="no utterance has two ratings"):
        krippendorff_alpha(labelled([["sad", "angry"]]))
    with pytest.raises(VotesError, match="no utterance has two ratings"):
        krippendorff_alpha(labelled([["", ""]]))
    with pytest.raises(VotesError, match="counts of the votes, not their shares"):
        krippendorff_alpha(load_corpus("sample").reference)
    with pytest.raises(VotesError, match="a list, but must be"):
        krippendorff_alpha([["sad", "angry"]])


def test_real_voices(test_data):
    corpus = load_corpus("crema-d", test_data / "crema-d")
    result = krippendorff_alpha(corpus, n_boot=200)
    assert result["alpha"].item() == pytest.approx(0.28, abs=0.02)
    assert result.attrs["resampled"] == "speaker"
    assert 0.005 < result["high"] - result["low"] < 0.08
