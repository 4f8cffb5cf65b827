"""Every measure against an independent implementation, and against its own definition."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial import distance
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy as scipy_entropy
from scipy.stats import pearsonr, spearmanr
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    r2_score,
    roc_auc_score,
)

from sottovoce.errors import VotesError
from sottovoce.evaluation.measures import (
    MEASURES,
    PRESETS,
    MeasureName,
    ambiguity_auroc,
    bhattacharyya,
    choose_measures,
    confusion,
    dist_ce,
    ece,
    entropy,
    entropy_ce,
    entropy_rho,
    js_distance,
    js_divergence,
    macro_f1,
    plurality_accuracy,
    r2_determination,
    r2_pearson,
    uar,
    weighted_f1,
)

EVERY = [name for names in PRESETS.values() for name in names]

counts = hnp.arrays(
    np.float64,
    6,
    elements=st.one_of(st.integers(0, 12).map(float), st.floats(0, 1), st.floats(0, 1e-300)),
).filter(lambda row: row.sum() > 0)
rows = settings(database=None, max_examples=200, deadline=None)


@pytest.fixture
def p() -> np.ndarray:
    return np.random.default_rng(3).dirichlet(np.ones(6), size=60)


@pytest.fixture
def q() -> np.ndarray:
    rng = np.random.default_rng(4)
    drawn = [rng.multinomial(9, row) for row in rng.dirichlet(np.ones(6) / 2, 60)]
    return np.array(drawn, dtype=float)


def untied(q: np.ndarray) -> np.ndarray:
    return (q == q.max(axis=1, keepdims=True)).sum(axis=1) == 1


@rows
@given(counts, counts)
def test_divergence_is_never_below_one_minus_the_coefficient(p, q):
    divergence, coefficient = js_divergence(p, q), bhattacharyya(p, q)
    assert 0 <= divergence <= 1
    assert 0 <= coefficient <= 1
    assert divergence >= 1 - coefficient - 1e-12
    assert divergence == pytest.approx(float(js_divergence(q, p)), abs=1e-12)


@rows
@given(counts, st.permutations(range(6)))
def test_order_of_emotions_does_not_matter_and_equal_distributions_agree(p, order):
    assert js_divergence(p, 3 * p) == pytest.approx(0, abs=1e-12)
    assert bhattacharyya(p, p) == pytest.approx(1)
    assert entropy(p[list(order)]) == pytest.approx(float(entropy(p)), abs=1e-9)
    assert 0 <= entropy(p) <= np.log2(6) + 1e-12


def test_distance_and_divergence_agree_with_scipy(p, q):
    expected = jensenshannon(p, q, base=2, axis=1)
    np.testing.assert_allclose(js_distance(p, q), expected, atol=1e-12)
    np.testing.assert_allclose(js_divergence(p, q), expected**2, atol=1e-12)
    np.testing.assert_allclose(entropy(q), scipy_entropy(q, base=2, axis=1), atol=1e-12)


def test_r2_agrees_with_scipy_and_scikit_learn(p, q):
    expected = [pearsonr(a, b).statistic ** 2 for a, b in zip(p, q, strict=True)]
    np.testing.assert_allclose(r2_pearson(p, q), expected)
    reference = q / q.sum(axis=1, keepdims=True)
    assert r2_determination(p, q) == pytest.approx(r2_score(reference, p))


def test_labels_agree_with_scikit_learn(p, q):
    clear = untied(q)
    assert 0 < clear.sum() < len(q)
    true, guess = q[clear].argmax(axis=1), p[clear].argmax(axis=1)
    present = np.unique(true)
    np.testing.assert_array_equal(
        confusion(p, q), confusion_matrix(true, guess, labels=np.arange(6))
    )
    assert plurality_accuracy(p, q) == pytest.approx(accuracy_score(true, guess))
    assert uar(p, q) == pytest.approx(balanced_accuracy_score(true, guess))
    expected = f1_score(true, guess, labels=present, average="macro", zero_division=0.0)
    assert macro_f1(p, q) == pytest.approx(expected)
    expected = f1_score(true, guess, average="weighted", zero_division=0.0)
    assert weighted_f1(p, q) == pytest.approx(expected)


def test_labels_that_nobody_chose_are_left_out():
    q = np.array([[3, 0, 0], [0, 3, 0]], dtype=float)
    p = np.array([[0, 0, 1], [0, 1, 0]], dtype=float)
    assert plurality_accuracy(p, q) == pytest.approx(0.5)
    assert uar(p, q) == pytest.approx(0.5)
    assert macro_f1(p, q) == pytest.approx(0.5)


def test_entropy_correlation_agrees_with_scipy(p, q):
    expected = spearmanr(entropy(p), entropy(q).round(9)).statistic
    assert entropy_rho(p, q) == pytest.approx(expected)


def test_calibration_against_the_votes_agrees_with_scipy(p, q):
    reference = q / q.sum(axis=1, keepdims=True)
    apart = [distance.cityblock(a, b) / 2 for a, b in zip(p, reference, strict=True)]
    np.testing.assert_allclose(dist_ce(p, q), apart)
    difference = scipy_entropy(p, base=2, axis=1) - scipy_entropy(q, base=2, axis=1)
    np.testing.assert_allclose(entropy_ce(p, q, signed=True), difference, atol=1e-12)
    np.testing.assert_allclose(entropy_ce(p, q), np.abs(difference), atol=1e-12)


@pytest.mark.parametrize("bins", [5, 10])
def test_top_label_error_agrees_with_scikit_learns_curve(bins, p, q):
    clear = untied(q)
    right = p[clear].argmax(axis=1) == q[clear].argmax(axis=1)
    confidence = p[clear].max(axis=1)
    rate, mean = calibration_curve(right, confidence, n_bins=bins)
    sizes = np.histogram(confidence, bins=np.linspace(0, 1, bins + 1))[0]
    expected = np.average(np.abs(rate - mean), weights=sizes[sizes > 0])
    assert ece(p, q, bins=bins) == pytest.approx(expected)


def test_a_share_at_an_edge_is_in_the_lower_bin():
    p = np.array([[0.6, 0.4], [0.61, 0.39]], dtype=np.float32)
    q = np.array([[3, 0], [0, 3]])
    assert ece(p, q) == pytest.approx((0.4 + 0.61) / 2, abs=1e-6)


def test_ambiguity_agrees_with_scikit_learns_area(p, q):
    ambiguous = q.max(axis=1) <= q.sum(axis=1) / 2
    assert 0 < ambiguous.sum() < len(q)
    assert ambiguity_auroc(p, q) == pytest.approx(roc_auc_score(ambiguous, entropy(p)))
    rounded = p.round(1) + 0.01
    expected = roc_auc_score(ambiguous, entropy(rounded).round(9))
    assert ambiguity_auroc(rounded, q) == pytest.approx(expected)


def test_shares_in_another_order_are_equally_ambiguous():
    """0.1 + 0.2 + 0.7 sums to other last bits than 0.7 + 0.2 + 0.1: still one rank."""
    p = np.array([[0.1, 0.2, 0.7], [0.7, 0.2, 0.1], [0.2, 0.1, 0.7]])
    q = np.array([[9, 0, 0], [5, 4, 0], [3, 3, 3]], dtype=float)
    assert np.isnan(entropy_rho(p, q))


@pytest.mark.parametrize("name", EVERY)
def test_a_weight_is_a_repetition(name, p, q):
    """The bootstrap relies on it: an utterance of weight three stands there three times."""
    weights = np.random.default_rng(5).integers(0, 4, size=(3, len(p)))
    measure = choose_measures([name])[name].over_utterances
    expected = [
        float(measure(np.repeat(p, row, axis=0), np.repeat(q, row, axis=0), None))
        for row in weights
    ]
    np.testing.assert_allclose(measure(p, q, weights), expected, atol=1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_missing_rows_are_left_out(name, p, q):
    measure = choose_measures([name])[name].over_utterances
    gaps_p, gaps_q = p.copy(), q.copy()
    gaps_p[3], gaps_q[7] = np.nan, 0
    keep = np.ones(len(p), dtype=bool)
    keep[[3, 7]] = False
    assert measure(gaps_p, gaps_q, None) == pytest.approx(float(measure(p[keep], q[keep], None)))


@pytest.mark.parametrize("name", EVERY)
def test_nothing_to_measure_is_undefined_and_silent(name):
    nothing = np.full((4, 6), np.nan)
    assert np.isnan(choose_measures([name])[name].over_utterances(nothing, np.ones((4, 6)), None))


def test_constants_cannot_win_everything(q):
    flat = np.full_like(q, 1 / 6)
    assert np.isnan(entropy_rho(flat, q))
    assert plurality_accuracy(flat, q) == pytest.approx(1 / 6)
    assert uar(flat, q) == pytest.approx(1 / 6)
    assert ambiguity_auroc(flat, q) == pytest.approx(0.5)
    assert np.isnan(r2_pearson(q, flat)).all()
    assert (r2_pearson(flat, q) == 0).all()
    mean = np.broadcast_to((q / 9).mean(axis=0), q.shape)
    assert r2_determination(mean, q) == pytest.approx(0, abs=1e-12)


def test_a_perfect_prediction(q):
    best = {"js": 0, "js_distance": 0, "dist_ce": 0, "entropy_ce": 0}
    top_label = {"ece_5", "ece_10", "ambiguity_auroc"}  # not against the votes
    for name, measure in MEASURES.items():
        if name in top_label:
            continue
        value = float(measure.over_utterances(q, q, None))
        assert value == pytest.approx(best.get(name, 1), abs=1e-7), name


def test_all_clips_tied_leaves_no_label():
    tied = np.array([[2, 2, 0], [1, 1, 1]], dtype=float)
    p = np.array([[0.5, 0.3, 0.2]] * 2)
    for measure in (plurality_accuracy, uar, macro_f1, weighted_f1, ece):
        assert np.isnan(measure(p, tied))


def test_negative_values_are_refused():
    with pytest.raises(VotesError, match=r"smallest value is -1, .* never negative"):
        js_divergence([0.5, 0.5], [-1, 2])


def test_names_are_those_of_the_annotation():
    assert tuple(MEASURES) == get_args(MeasureName)
