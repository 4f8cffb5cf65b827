"""What of a difference between models is spelling, sound, or the models."""

import numpy as np
import pytest

import sottovoce
from sottovoce.dataset import select_spellings
from sottovoce.dataset.spellings import spellings_of
from sottovoce.errors import RunError, VotesError
from sottovoce.evaluation import by_utterance, compare_models
from sottovoce.evaluation.compare_models import common_spellings


@pytest.fixture(scope="module")
def corpus():
    return sottovoce.load_corpus("sample").select(speakers=["maya", "karl"])


@pytest.fixture(scope="module")
def run(corpus):
    return sottovoce.capture("bundled", corpus.recordings, "one_word", progress=False)


@pytest.fixture(scope="module")
def fewer(run):
    """The same model, of which each concept has the first of its spellings only."""
    first = {concept: words[:1] for concept, words in spellings_of(run).items()}
    return select_spellings(run, first)


def test_a_model_that_differs_in_its_spellings_alone_differs_by_spelling(run, fewer, corpus):
    pair = {"whole": run, "fewer": fewer}
    result = compare_models(pair, pair, corpus).squeeze("pair")
    size = result["size"].squeeze("prompt")
    assert size.sel(part="spelling") > 0
    assert size.sel(part=["front end", "model"]).values.tolist() == [0, 0]
    js = result["js"].squeeze("prompt")
    assert js.sel(stage="same spellings", of="first") == js.sel(stage="same spellings", of="second")
    own = by_utterance(sottovoce.read_out(run), corpus).mean().item()
    assert js.sel(stage="own", of="first").item() == pytest.approx(own)


def test_a_model_that_hears_otherwise_differs_by_its_front_end(run, corpus):
    order = np.roll(np.arange(run.sizes["utterance"]), 1)
    names = run["utterance"].values
    other = run.isel(utterance=order).assign_coords(utterance=names, recording=("utterance", names))
    result = compare_models({"a": run, "b": run}, {"a": run, "b": other}).squeeze("pair")
    difference = result["difference"]
    assert abs(difference.sel(part="front end")).max() > 0.1
    np.testing.assert_allclose(
        difference.sel(part="front end"), -difference.sel(part="model"), atol=1e-12
    )


def test_spellings_in_common_are_whole_tokens_of_both(run, fewer):
    assert common_spellings(run, fewer)["happy"] == [spellings_of(run)["happy"][0]]
    pieces = fewer.assign_coords(n_pieces=("token", np.full(fewer.sizes["token"], 2)))
    with pytest.raises(RunError, match="no spelling of"):
        common_spellings(run, pieces)


def test_what_cannot_be_compared_is_refused(run):
    with pytest.raises(VotesError, match="same models"):
        compare_models({"a": run}, {"a": run})
    renamed = run.assign_coords(
        utterance=[f"other {name}" for name in run["utterance"].values],
        recording=("utterance", [f"other {name}" for name in run["utterance"].values]),
    )
    with pytest.raises(VotesError, match="no utterance"):
        compare_models({"a": run, "b": renamed}, {"a": run, "b": renamed})
