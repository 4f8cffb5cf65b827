"""Choosing among many: held-out speakers have no part, and the flattery is told."""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr

import sottovoce
from sottovoce.errors import ReadoutError, VotesError
from sottovoce.evaluation import Candidate, evaluate, js_divergence, list_candidates, tune_readout
from sottovoce.evaluation.candidates import read_candidates
from sottovoce.evaluation.folds import speaker_folds
from sottovoce.evaluation.intervals import resampling_units


@dataclass(frozen=True, eq=False)
class Ready:
    """A candidate whose shares are there already."""

    name: str
    shares: xr.DataArray | None

    def by_prompt(self, run):
        if self.shares is None:
            raise ReadoutError("no such token")
        return self.shares

    def of_prompts(self, shares):
        return shares

    def read(self, run):
        return self.shares

    def told(self):
        return {"readout": self.name, "options": "", "spellings": "all", "prompts": "one"}


@pytest.fixture
def noise(votes):
    """Forty candidates that know nothing, each a little lucky somewhere."""
    rng = np.random.default_rng(4)
    mean = (votes / votes.sum("emotion")).mean("utterance").values

    def shares():
        drawn = rng.dirichlet(20 * mean + 0.2, size=80)
        return xr.DataArray(
            drawn,
            {"utterance": votes["utterance"].values, "emotion": votes["emotion"].values},
            ("utterance", "emotion"),
        )

    return [Ready(f"noise {i}", shares()) for i in range(40)]


def test_the_best_of_much_noise_flatters_itself(votes, noise):
    found = tune_readout(None, votes, noise, calibrated=False, n_boot=50)
    assert found.optimism > 0.003
    assert found.flattering == found.candidates["score"].min()
    assert found.low < found.honest < found.high
    assert f"{found.honest:.3f}" in str(found)
    assert "had no part in the choice" in str(found)


def test_each_fold_reads_the_best_of_the_others(votes, noise):
    found = tune_readout(None, votes, noise, calibrated=False, n_boot=0, n_folds=4, seed=1)
    reference = (votes / votes.sum("emotion")).values
    scores = np.array([js_divergence(one.shares.values, reference) for one in noise])
    units = resampling_units(
        votes["utterance"].values.tolist(),
        dict(zip(votes["utterance"].values, votes["speaker"].values, strict=True)),
    )
    for train, test in speaker_folds(units, 4, seed=1):
        winner = noise[scores[:, train].mean(axis=1).argmin()]
        np.testing.assert_allclose(found.shares[test], winner.shares[test])
    honest = js_divergence(found.shares.values, reference).mean()
    assert found.honest == pytest.approx(honest)
    assert found.candidates["folds"].sum() == 4


def test_their_own_votes_do_not_choose_for_them(votes, noise, good):
    candidates = [*noise[:8], Ready("good", good.sel(prompt="one_word", drop=True))]
    other = votes.copy()
    other[:10] = votes[:10].values[:, ::-1]
    first, second = (
        tune_readout(None, each, candidates, n_boot=0, n_folds=8).shares[:10]
        for each in (votes, other)
    )
    np.testing.assert_allclose(first, second)


def test_what_is_good_is_found_and_calibrated_where_that_helps(votes, noise, good):
    sure = good.sel(prompt="one_word", drop=True) ** 5
    candidates = [*noise[:3], Ready("sure", sure / sure.sum("emotion"))]
    found = tune_readout(None, votes, candidates, n_boot=0)
    assert found.best.name == "sure"
    assert found.calibration is not None
    assert found.calibration.scalings[""].temperature > 1.5
    assert abs(found.optimism) < 0.01
    raw = tune_readout(None, votes, candidates, n_boot=0, calibrated=False)
    assert raw.calibration is None
    assert found.honest < raw.honest
    np.testing.assert_allclose(found.apply(None), found.calibration.apply(candidates[3].shares))
    again = evaluate(found.shares, votes, n_boot=0, n_splits=0)["value"].sel(measure="js")
    assert again[0].item() == pytest.approx(found.honest)


def test_higher_may_be_better(votes, noise):
    found = tune_readout(None, votes, noise, measure="bc", calibrated=False, n_boot=0)
    assert found.flattering == found.candidates["score"].max() == found.candidates["score"][0]
    assert found.optimism > 0


def test_those_that_miss_clips_cannot_win(votes, noise, good):
    few = good.sel(prompt="one_word", drop=True).copy()
    few[5:] = np.nan
    found = tune_readout(None, votes, [*noise[:2], Ready("few", few)], n_boot=0)
    assert found.best.name != "few"
    assert np.isnan(found.candidates.set_index("candidate").loc["few", "score"]).all()


def test_refused_and_equal_candidates_are_told(votes, noise):
    twin = Ready("twin", noise[0].shares + 1e-7)
    found = tune_readout(
        None, votes, [noise[0], twin, Ready("broken", None)], n_boot=0, calibrated=False
    )
    assert found.same == {"twin": "noise 0"}
    assert found.refused == {"broken": "no such token"}
    with pytest.raises(VotesError, match=r"none of the 1 candidates\. broken: no such token"):
        tune_readout(None, votes, [Ready("broken", None)])


def test_two_speakers_cannot_be_nested(votes, noise):
    two = {name: str(i % 2) for i, name in enumerate(votes["utterance"].values)}
    shares = noise[:2]
    # Two speakers are fewer than intervals need, so clips are held out, and that is said.
    found = tune_readout(None, votes, shares, speakers=two, n_boot=0)
    assert found.attrs["held_out"] == "utterance"


@pytest.fixture(scope="module")
def captured():
    corpus = sottovoce.load_corpus("sample").select(speakers=["anna", "tom", "maya"])
    model = sottovoce.load_model()
    return corpus, sottovoce.capture(model, corpus.recordings, ["one_word", "json"], progress=False)


def test_a_run_is_read_in_every_way_without_the_model(captured):
    _, run = captured
    listed = list_candidates(run)
    assert len({one.name for one in listed}) == len(listed)
    read, refused, same = read_candidates(run, listed)
    assert len(read) + len(refused) + len(same) == len(listed)
    one = Candidate("mean_logprob", {"steps": "all"}, ("json",))
    np.testing.assert_allclose(read[one.name][1], one.read(run))
    direct = sottovoce.read_out(run, "mean_logprob", steps="all").sel(prompt="json")
    np.testing.assert_allclose(one.read(run), direct)
    pooled = Candidate("answer_step", {}, ("one_word", "json"))
    np.testing.assert_allclose(pooled.read(run), sottovoce.read_out(run).mean("prompt"))
    with pytest.raises(VotesError, match="lacks the prompts 'percentages'"):
        Candidate("answer_step", {}, ("percentages",)).read(run)


def test_spellings_may_be_chosen(captured):
    corpus, run = captured
    few = {name: [name] for name in corpus.emotions}
    one = Candidate("answer_step", {}, ("one_word",), "mean", few, "names only")
    assert one.name == "answer_step, one_word, names only"
    fewer = sottovoce.dataset.select_spellings(run, few)
    np.testing.assert_allclose(one.read(run), sottovoce.read_out(fewer).sel(prompt="one_word"))
    assert not [c for c in list_candidates(run) if c.readout == "text" and c.spellings]
