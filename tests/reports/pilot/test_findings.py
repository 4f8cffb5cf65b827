"""What the report tells, as numbers: chosen honestly, and held against guesses and listeners."""

import json

import numpy as np
import pytest
import xarray as xr

from sottovoce.alerts import Assumptions
from sottovoce.corpora import Corpus
from sottovoce.errors import AlertError, ReadoutError, VotesError
from sottovoce.evaluation import evaluate
from sottovoce.readout import correct_prior
from sottovoce.reports import find


@pytest.fixture(scope="module")
def found(run, corpus):
    return find(run, corpus, n_boot=50)


def test_the_model_is_the_best_read_out_by_shares_that_were_held_out(found, corpus):
    assert found.why == "tuned"
    assert found.shares.identical(found.tuning.shares)
    expected = evaluate({"model": found.shares}, corpus, n_boot=50)["value"]
    assert found.js()[0] == expected.sel(predictor="model", measure="js").item()
    assert found.js()[0] >= found.tuning.flattering
    assert found.verdict == "better"


def test_a_read_out_that_is_asked_for_is_taken(run, corpus):
    found = find(run, corpus, readout="mean_prob", prompt="one_word", n_boot=20)
    assert (found.readout, found.prompt, found.why) == ("mean_prob", "one_word", "given")
    assert found.tuning is None
    with pytest.raises(ReadoutError, match="prompt='spoken'"):
        find(run, corpus, readout="mean_prob", prompt="spoken", n_boot=0)
    with pytest.raises(ReadoutError, match="readout='guess'"):
        find(run, corpus, readout="guess", n_boot=0)


def test_a_guess_is_not_called_better(run, corpus):
    votes = corpus.votes.copy(data=np.roll(corpus.votes.values, 7, axis=0))
    shuffled = Corpus("shuffled", corpus.utterances, votes)
    found = find(run, shuffled, readout="answer_step", prompt="one_word", n_boot=50)
    assert found.verdict == "no_better"


def test_recordings_of_one_speaker_are_told_without_what_takes_several(run, corpus):
    one = corpus.select(speakers="anna")
    found = find(run.sel(utterance=one.votes["utterance"].values), one, n_boot=20)
    assert "speaker" not in found.groups
    assert np.isfinite(found.js()[0])


def test_shares_instead_of_counts_have_no_agreement_and_no_ceiling(run, corpus):
    shares = Corpus("shares", corpus.utterances, corpus.reference.fillna(0).rename("votes"))
    found = find(run, shares, readout="answer_step", prompt="one_word", n_boot=20)
    assert found.agreement is None
    assert not found.has("half the votes")


def test_groups_are_those_that_the_corpus_knows_of(found, run, corpus):
    assert set(found.groups) >= {"speaker", "emotion", "ambiguity"}
    assert "sex" not in found.groups
    with pytest.raises(VotesError, match="shoe_size"):
        find(run, corpus, readout="answer_step", prompt="json", by=["shoe_size"], n_boot=0)


def test_alerts_rest_on_what_was_given(run, corpus):
    assumed = Assumptions(n_per_month=100, cost_of_miss=50, cost_of_review=2)
    options = {"readout": "answer_step", "prompt": "one_word", "n_boot": 20}
    found = find(run, corpus, rule="sad above .4", assumptions=assumed, **options)
    assert found.alerts.attrs["rule"].startswith("sad above")
    assert json.loads(found.alerts.attrs["assumptions"])["cost_of_miss"] == 50
    assert not found.assumptions_made_up
    with pytest.raises(AlertError):
        find(run, corpus, rule="bored above .4", **options)


def test_the_figures_can_be_written_as_json(found):
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["model"]["js"]["value"] == pytest.approx(found.js()[0])
    assert content["verdict"] == "better"
    assert content["failed"] == {"tom_sad": "tom_sad: broken"}
    assert xr.DataArray(content["model"]["js"]["low"]) <= content["model"]["js"]["high"]


def test_what_is_answered_to_nothing_is_tried_as_the_prior(run, corpus, found):
    silent = run.isel(utterance=slice(0, 3))
    with_prior = find(run, corpus, content_free=silent, n_boot=20)
    assert set(with_prior.corrected.differences) == {"batch_mean", "content_free", "calibrated"}
    shares = with_prior.tuning.best.read(run)
    corrected = correct_prior(shares, with_prior.tuning.best.read(silent))
    expected = evaluate({"it": corrected}, corpus, measures=["js"], n_boot=0)["value"]
    told = with_prior.corrected.to_dict()["js"]
    assert told["content_free"] == pytest.approx(expected.sel(predictor="it").item())
    assert found.corrected.to_dict()["js"]["as_it_is"] == pytest.approx(told["as_it_is"])


def test_without_speakers_to_hold_out_nothing_is_calibrated(run, corpus):
    one = corpus.select(utterances=corpus.utterances.index[:1].tolist())
    found = find(
        run.sel(utterance=one.votes["utterance"].values),
        one,
        readout="answer_step",
        prompt="one_word",
        n_boot=0,
    )
    assert set(found.corrected.differences) == {"batch_mean"}
    assert found.corrected.curve is None
