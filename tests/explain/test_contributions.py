"""Parts that sum to the whole, by hand and by the read-out."""

import numpy as np
import pytest
from scipy.special import softmax

import sottovoce
from sottovoce.errors import ReadoutError
from sottovoce.explain import contributions
from sottovoce.explain.attribution import aumann_shapley

CASES = [
    ("answer_step", {}),
    ("mean_prob", {}),
    ("mean_prob", {"weights": "equal"}),
    ("mean_prob", {"steps": "emotion", "emotions": ["sad", "angry"]}),
    ("mean_logprob", {}),
    ("mean_logprob", {"steps": [0, 2, 3], "emotions": ["sad", "angry", "happy"]}),
]


@pytest.fixture(scope="module")
def run():
    corpus = sottovoce.load_corpus("sample").select(speakers=["tom"])
    recordings = corpus.recordings | {"lost": "lost.wav"}
    prompts = ["percentages", "one_word"]
    return sottovoce.capture(sottovoce.load_model(), recordings, prompts, progress=False)


@pytest.mark.parametrize(("readout", "options"), CASES)
def test_parts_sum_to_the_share(run, readout, options):
    parts = contributions(run, readout, **options)
    share = sottovoce.read_out(run, readout, **options)
    np.testing.assert_array_equal(parts["share"], share)
    assert parts["of_step"].dims == ("utterance", "prompt", "step", "emotion")
    assert parts["of_token"].dims == ("utterance", "prompt", "step", "token")
    by_step = parts["baseline"] + parts["of_step"].sum("step", skipna=False)
    np.testing.assert_allclose(by_step.transpose(*share.dims), share, atol=1e-7)
    of_concept = parts["of_token"].groupby("concept").sum().rename(concept="emotion")
    expected = parts["of_step"].sel(emotion=of_concept["emotion"]).transpose(*of_concept.dims)
    np.testing.assert_allclose(of_concept, expected.fillna(0), atol=1e-7)
    assert parts["of_step"].sel(utterance="lost").isnull().all()


def test_only_the_steps_that_are_read_have_parts(run):
    parts = contributions(run, "answer_step").sel(utterance="tom_sad", prompt="percentages")
    has = (parts["of_step"] != 0).any("emotion").values
    assert has.sum() == 1
    assert has.argmax() == parts["answer_step"].item()


def test_the_planted_spelling_has_the_largest_part(run):
    token = run["token_text"].values.tolist().index(" happy")
    logit = run["logit"].copy(deep=True)
    logit[:, :, 1, token] += 40.0
    planted = run.assign(logit=logit, log_normalizer=run["log_normalizer"] + 40.0)
    for readout in ("mean_prob", "mean_logprob"):
        parts = contributions(planted, readout).sel(utterance="tom_sad", prompt="percentages")
        found = parts["of_token"].argmax(["step", "token"])
        assert found["step"].item() == 1
        assert parts["token_text"].values[found["token"].item()] == " happy"


def test_a_value_by_hand():
    # Two terms of one direction share what they do in proportion to their size.
    terms = np.array([[2.0, 0.0, 1.0], [4.0, 0.0, 2.0], [7.0, 7.0, 7.0]])
    values = aumann_shapley(terms)
    np.testing.assert_allclose(values[1], 2 * values[0])
    np.testing.assert_allclose(values[2], 0, atol=1e-12)
    np.testing.assert_allclose(values.sum(axis=0), softmax([6, 0, 3]) - 1 / 3, atol=1e-12)


def test_the_sum_holds_for_wide_logits():
    terms = np.random.default_rng(0).normal(0, 8, (5, 40, 6))
    whole = softmax(terms.sum(axis=1), axis=-1) - 1 / 6
    np.testing.assert_allclose(aumann_shapley(terms).sum(axis=1), whole, atol=1e-6)


@pytest.mark.parametrize("readout", ["ratio", "text", "mean_logit", "majority"])
def test_what_has_no_parts_is_refused_by_name(run, readout):
    with pytest.raises(ReadoutError, match=f"readout='{readout}' has no contributions: "):
        contributions(run, readout)
