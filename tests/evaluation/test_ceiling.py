"""What listeners score, and what full knowledge would, against a world whose truth is known."""

import numpy as np
import pytest
import xarray as xr
from scipy.spatial.distance import jensenshannon
from scipy.stats import multivariate_hypergeom

from sottovoce.errors import VotesError
from sottovoce.evaluation import PRESETS, ceiling, evaluate
from sottovoce.evaluation.ceiling import fit_dirichlet_multinomial, halve_votes, simulate_votes
from sottovoce.evaluation.measures import choose_measures


@pytest.fixture(scope="module")
def world():
    """The distributions behind 600 clips, and nine votes on each."""
    rng = np.random.default_rng(11)
    true = rng.dirichlet([0.4, 0.2, 0.2, 0.3, 1.2, 0.4], size=600)
    counts = rng.multinomial(9, true)
    names = {"utterance": [f"clip{i}" for i in range(600)], "emotion": list("adfhns")}
    return (
        xr.DataArray(true, names, ("utterance", "emotion")),
        xr.DataArray(counts.astype(float), names, ("utterance", "emotion")),
    )


def test_halves_are_halves_of_the_votes():
    counts = np.array([[5, 4, 0], [1, 0, 0], [2, 2, 2], [0, 0, 0]])
    first, second = halve_votes(counts, 400, seed=1)
    np.testing.assert_array_equal(first[:, [0, 2]] + second[:, [0, 2]], [counts[[0, 2]]] * 400)
    assert not first[:, [1, 3]].any()
    assert not second[:, [1, 3]].any()
    assert set(first[:, 0].sum(axis=1)) == {4, 5}
    small = first[:, 2]
    rates = [np.mean((small == row).all(axis=1)) for row in ([3, 0, 0], [1, 1, 1], [2, 1, 0])]
    law = multivariate_hypergeom(m=[2, 2, 2], n=3)
    expected = [law.pmf([3, 0, 0]), law.pmf([1, 1, 1]), law.pmf([2, 1, 0])]
    np.testing.assert_allclose(rates, expected, atol=0.08)


def test_perfect_knowledge_scores_what_the_truth_scores(world):
    """The simulation knows nothing of the true distributions, and yet meets their score."""
    true, votes = world
    simulated = ceiling(votes, n_splits=20, n_boot=0)["value"].sel(predictor="perfect knowledge")
    known = evaluate(true, votes, n_boot=0)["value"].sel(predictor="shares").squeeze("prompt")
    for measure, room in {"js": 0.006, "bc": 0.006, "dist_ce": 0.012, "accuracy": 0.03}.items():
        assert simulated.sel(measure=measure).item() == pytest.approx(
            known.sel(measure=measure).item(), abs=room
        ), measure
    for measure in ("uar", "macro_f1", "entropy_rho", "ambiguity_auroc", "r2_determination"):
        assert simulated.sel(measure=measure).item() == pytest.approx(
            known.sel(measure=measure).item(), abs=0.06
        ), measure


def test_halves_score_what_two_panels_of_their_size_score(world):
    true, votes = world
    halves = ceiling(votes, measures=["js"], n_splits=20, n_boot=0)["value"]
    rng = np.random.default_rng(5)
    panels = [rng.multinomial(size, true.values) for size in (4, 5)]
    expected = (jensenshannon(*panels, base=2, axis=1) ** 2).mean()
    assert halves.sel(predictor="half the votes").item() == pytest.approx(expected, abs=0.015)


def test_more_votes_bring_the_halves_nearer(world):
    true, votes = world
    many = votes.copy(data=np.random.default_rng(2).multinomial(90, true.values).astype(float))
    few, more = (
        ceiling(counts, measures=["js"], n_splits=5, n_boot=0)["value"] for counts in (votes, many)
    )
    assert (more < 0.5 * few).all()


def test_evaluation_shows_the_same_rows(votes, good):
    alone = ceiling(votes, n_boot=60, seed=3)
    shown = evaluate({"good": good}, votes, n_boot=60, seed=3)
    for name in ("value", "low", "high"):
        rows = shown[name].sel(predictor=alone["predictor"], prompt="percentages")
        np.testing.assert_allclose(rows.values, alone[name].values)
    assert "median 4" in shown.attrs["ceiling"]
    assert (alone["low"] <= alone["high"]).sel(measure="js").all()


def test_the_same_seed_gives_the_same(votes):
    one, two, other = (ceiling(votes, n_boot=10, n_splits=3, seed=seed) for seed in (0, 0, 1))
    xr.testing.assert_identical(one, two)
    assert not one["value"].equals(other["value"])


def test_presets_have_a_ceiling_too(votes):
    result = ceiling(votes, measures="aer_llm", n_boot=0, n_splits=2)
    assert result["measure"].values.tolist() == list(PRESETS["aer_llm"])


def test_shares_have_no_listeners_to_halve(votes, good):
    shares = votes / votes.sum("emotion")
    with pytest.raises(VotesError, match="no counts"):
        ceiling(shares)
    assert "ceiling" not in evaluate(good, shares, n_boot=0)["kind"]
    one_vote = xr.where(votes == votes.max("emotion"), 1, 0) * 0 + xr.DataArray(
        np.eye(6)[0], dims="emotion"
    )
    assert "ceiling" not in evaluate(good, one_vote, n_boot=0)["kind"]
    assert "ceiling" not in evaluate(good, votes, n_boot=0, n_splits=0)["kind"]
    with pytest.raises(VotesError, match="n_splits=0"):
        ceiling(votes, n_splits=0)


def test_clips_with_one_vote_are_left_out(votes):
    few = votes.copy()
    few[:10] = 0
    few[:10, 4] = 1
    result = ceiling(few, n_boot=0, n_splits=2)
    assert result["n"].item() == 70
    assert result["votes_a_half"].item() == 4


def test_a_fit_is_the_likeliest():
    counts = np.random.default_rng(3).multinomial(6, [[0.5, 0.3, 0.2]] * 40)
    best = fit_dirichlet_multinomial(counts)
    # All clips alike: the concentration is large, so single clips differ by chance alone.
    assert best.sum() > 20
    np.testing.assert_allclose(best / best.sum(), [0.5, 0.3, 0.2], atol=0.06)


def test_simulated_votes_are_as_many(votes):
    true, drawn = simulate_votes(votes.values, 3, seed=0)
    np.testing.assert_allclose(true.sum(axis=2), 1)
    np.testing.assert_array_equal(drawn.sum(axis=2), [votes.sum("emotion").values] * 3)
    js = choose_measures(["js"])["js"].over_utterances
    assert 0 < js(true[0], drawn[0], None) < js(true[0], drawn[1], None)
