"""The measures of others against what their published code computes, step by step."""

import math

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score, r2_score

from sottovoce.errors import VotesError
from sottovoce.evaluation import PRESETS, evaluate
from sottovoce.evaluation.measures import choose_measures


@pytest.fixture
def p() -> np.ndarray:
    shares = np.random.default_rng(3).dirichlet(np.ones(4), size=80).round(2)
    shares[:, 0] += 1 - shares.sum(axis=1)
    return shares


@pytest.fixture
def q() -> np.ndarray:
    rng = np.random.default_rng(4)
    votes = np.array([rng.multinomial(3, row) for row in rng.dirichlet(np.ones(4), 80)])
    return votes / 3


def values(preset, p, q):
    return {
        name.removeprefix(f"{preset}_"): float(measure.over_utterances(p, q, None))
        for name, measure in choose_measures(preset).items()
    }


def test_aer_llm(p, q):
    js, bc, r2 = [], [], []
    for a, b in zip(p, q, strict=True):
        middle = 0.5 * (a + b)
        kl = [
            round(
                sum(x * math.log(x / (m + 1e-8)) for x, m in zip(side, middle, strict=True) if x), 4
            )
            for side in (a, b)
        ]
        js.append(math.sqrt(0.5 * kl[0] + 0.5 * kl[1]))
        bc.append(round(sum(math.sqrt(x * y) for x, y in zip(a, b, strict=True)), 4))
        covariance = np.cov(a, b, ddof=0)[0, 1]
        r2.append(round(covariance**2 / (np.var(a) * np.var(b) + 1e-10), 4))
    true, guess, confidence = q.argmax(axis=1), p.argmax(axis=1), p.max(axis=1)
    error = 0.0
    for low, high in zip(np.linspace(0, 1, 6)[:-1], np.linspace(0, 1, 6)[1:], strict=True):
        here = (confidence > low) & (confidence <= high)
        if here.any():
            right = (true == guess)[here].mean()
            error += abs(confidence[here].mean() - right) * here.mean()
    assert values("aer_llm", p, q) == pytest.approx(
        {
            "js": np.mean(js),
            "bc": np.mean(bc),
            "r2": np.mean(r2),
            "ece": error,
            "accuracy": accuracy_score(true, guess),
            "weighted_f1": f1_score(true, guess, average="weighted"),
        }
    )


def test_scaling_ambiguity(p, q):
    middle = (p + q) / 2
    js = (stats.entropy(p, middle, base=2, axis=1) + stats.entropy(q, middle, base=2, axis=1)) / 2
    true, guess = q.argmax(axis=1), p.argmax(axis=1)
    bins: dict[int, list[tuple[float, bool]]] = {}
    for row, is_right in zip(p, true == guess, strict=True):
        bins.setdefault(min(int(row.max() * 10), 9), []).append((row.max(), is_right))
    error = sum(
        abs(np.mean([c for c, _ in held]) - np.mean([r for _, r in held])) * len(held) / len(p)
        for held in bins.values()
    )
    assert values("scaling_ambiguity", p, q) == pytest.approx(
        {
            "js": js.mean(),
            "bc": np.sqrt(p * q).sum(axis=1).mean(),
            "r2": np.mean([r2_score(q[:, i], p[:, i]) for i in range(4)]),
            "ece": error,
            "accuracy": accuracy_score(true, guess),
            "macro_f1": f1_score(true, guess, average="macro"),
            "weighted_f1": f1_score(true, guess, average="weighted"),
        }
    )


def test_an_emotion_that_nobody_names_counts_as_scikit_learn_counts_it(p, q):
    p, q = np.pad(p, ((0, 0), (0, 2))), np.pad(q, ((0, 0), (0, 2)))
    p[0, 4] = 0.01
    p[0] /= p[0].sum()
    expected = r2_score(q, p, multioutput="uniform_average")
    assert values("scaling_ambiguity", p, q)["r2"] == pytest.approx(expected)


def test_their_js_is_not_ours(p, q):
    """The same name, and twice the number."""
    ours = choose_measures(["js"])["js"].over_utterances(p, q, None)
    theirs = values("aer_llm", p, q)["js"]
    assert theirs > 1.2 * ours


def test_an_evaluation_by_a_preset(good, votes):
    result = evaluate({"good": good}, votes, measures="aer_llm", n_boot=20)
    assert result["measure"].values.tolist() == list(PRESETS["aer_llm"])
    assert result.attrs["measures"] == "aer_llm"
    assert (result["low"] <= result["high"]).sel(predictor="good").all()


@pytest.mark.parametrize("wanted", ["js", ["jsd"], []])
def test_what_is_no_measure_is_refused(good, votes, wanted):
    with pytest.raises(VotesError, match="measure"):
        evaluate({"good": good}, votes, measures=wanted)
