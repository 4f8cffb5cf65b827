import json

import numpy as np
import pytest
from made_up import make_run

from sottovoce.errors import ReadoutError, RunError, VotesError
from sottovoce.reports import STANDARD_READOUTS, Comparison, assess

MAIN = ("js", "bc", "accuracy", "entropy_rho")


def test_every_prompt_and_readout_and_constant_has_the_measures_with_intervals(assessment):
    content = assessment.to_dict()
    cells = {(entry["prompt"], entry["readout"]) for entry in content["results"]}
    readouts = set(STANDARD_READOUTS) - {"ratio"}
    assert cells == {(p, r) for p in ("percentages", "one_word", "json") for r in readouts}
    assert [entry["constant"] for entry in content["constants"]] == ["uniform", "corpus mean"]
    for entry in content["results"] + content["constants"]:
        for measure in MAIN:
            assert set(entry[measure]) == {"value", "low", "high"}
    best = content["results"][0]
    assert best["js"]["low"] <= best["js"]["value"] <= best["js"]["high"]
    assert set(content["refused"]) == {"ratio"}


def test_it_is_plain_json(assessment):
    text = json.dumps(assessment.to_dict(), allow_nan=False)
    assert json.loads(text) == assessment.to_dict()


def test_results_come_by_prompt_with_the_lowest_divergence_first(assessment):
    results = assessment.to_dict()["results"]
    prompts = [entry["prompt"] for entry in results]
    assert list(dict.fromkeys(prompts)) == ["percentages", "one_word", "json"]
    assert prompts == sorted(prompts, key=["percentages", "one_word", "json"].index)
    for prompt in set(prompts):
        js = [e["js"]["value"] for e in results if e["prompt"] == prompt]
        known = [value for value in js if value is not None]
        assert known == sorted(known)
        assert js[len(known) :] == [None] * (len(js) - len(known))


def test_failed_recordings_are_left_out_for_the_constants_too(assessment, corpus):
    content = assessment.to_dict()
    assert {entry["n"] for entry in content["constants"]} == {len(corpus) - 1}


def test_token_level_is_compared_with_text_for_each_prompt(assessment):
    told = {(one.prompt, one.readout): one for one in assessment.comparisons}
    assert {prompt for prompt, _ in told} == {"percentages", "one_word", "json"}
    word = told["one_word", "answer_step"]
    assert word.high < 0
    assert (word.n_resampled, word.verdict) == (4, "undecided")
    assert word.is_best
    assert word.difference == pytest.approx(
        _js(assessment, "one_word", "answer_step") - _js(assessment, "one_word", "text")
    )
    assert all((prompt, "answer_step") in told for prompt, _ in told)
    for prompt in ("percentages", "one_word", "json"):
        assert sum(one.is_best for one in assessment.comparisons if one.prompt == prompt) == 1


def _js(assessment, prompt, readout):
    at = {"prompt": prompt, "predictor": readout, "measure": "js"}
    return float(assessment.evaluation["value"].sel(at))


def test_without_a_text_readout_nothing_is_compared(run, corpus):
    assert assess(run, corpus, ["answer_step"], n_boot=0).comparisons == ()


def test_without_resamples_nothing_is_decided(run, corpus):
    comparisons = assess(run, corpus, ["answer_step", "text"], n_boot=0).comparisons
    assert {one.verdict for one in comparisons} == {"undecided"}
    assert "without an interval, so undecided" in comparisons[0].sentence()


def _comparison(difference, low, high, n_resampled):
    return Comparison(
        "json", "answer_step", "text", difference, low, high, 90, 0.95, "speaker", n_resampled
    )


def test_few_speakers_decide_nothing():
    few = _comparison(-0.03, -0.04, -0.02, n_resampled=4)
    assert few.verdict == "undecided"
    assert "undecided, since 4 speakers are too few" in few.sentence()
    assert _comparison(-0.03, -0.04, -0.02, n_resampled=5).verdict == "better"


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((-0.03, -0.04, -0.02), "is 0.030 [0.020, 0.040] better than text"),
        ((0.03, 0.02, 0.04), "is 0.030 [0.020, 0.040] worse than text"),
        ((-0.01, -0.03, 0.01), "is 0.010 [-0.010, 0.030] better than text"),
        ((0.01, -0.01, 0.03), "is 0.010 [-0.010, 0.030] worse than text"),
    ],
)
def test_a_comparison_says_its_direction_once(numbers, told):
    sentence = _comparison(*numbers, n_resampled=9).sentence()
    assert told in sentence
    undecided = np.sign(numbers[1]) != np.sign(numbers[2])
    assert ("within the 95% interval" in sentence) == undecided


def test_remarks_count_what_is_missing_in_one_line(assessment):
    remarks = assessment.remarks()
    told = [remark for remark in remarks if "without shares" in remark]
    assert len(told) == 1
    assert "which are left out: expected_percentage to one_word, 30. A smaller n" in told[0]
    assert not any("utterances have no shares" in remark for remark in remarks)
    assert any(remark.startswith("ratio is left out: ") for remark in remarks)


def test_a_run_in_which_all_failed_says_why(corpus):
    every = corpus.utterances.index.tolist()
    with pytest.raises(RunError, match=r"Nothing in this run succeeded\. anna_angry: broken"):
        assess(make_run(corpus, failed=every), corpus)


def test_unknown_readouts_and_foreign_votes_are_refused(run, corpus):
    with pytest.raises(ReadoutError, match="no read-out 'majority'"):
        assess(run, corpus, ["majority"])
    other = corpus.votes.assign_coords(utterance=[f"x{i}" for i in range(len(corpus))])
    with pytest.raises(VotesError, match="both shares and votes"):
        assess(run, other, ["answer_step"])


def test_windows_are_pooled_where_the_whole_was_voted_on(run, corpus):
    # Two recordings of the corpus as the windows of a third, which alone has votes.
    names = corpus.utterances.index[:6].tolist()
    some = run.sel(utterance=names)
    wholes = ["talk", "talk", *names[2:]]
    windows = ["talk@0.0s", "talk@6.0s", *names[2:]]
    some = some.assign_coords(utterance=windows, recording=("utterance", wholes))
    votes = corpus.votes.sel(utterance=names[1:])
    votes = votes.assign_coords(utterance=["talk", *names[2:]])
    pooled = assess(some, votes, ["answer_step"], n_boot=0)
    assert pooled.evaluation["n"].max() == 5
    assert any(line.startswith("2 windows are of longer") for line in pooled.remarks())
    shares = pooled.predictions.shares["answer_step"]
    assert shares["utterance"].values.tolist() == ["talk", *names[2:]]


def test_windows_that_were_voted_on_stay(run, corpus):
    names = corpus.utterances.index[:4].tolist()
    wholes = ["talk", "talk", *names[2:]]
    windows = ["talk@0.0s", "talk@6.0s", *names[2:]]
    some = run.sel(utterance=names).assign_coords(
        utterance=windows, recording=("utterance", wholes)
    )
    votes = corpus.votes.sel(utterance=names).assign_coords(utterance=windows)
    assessed = assess(some, votes, ["answer_step"], n_boot=0)
    assert assessed.evaluation["n"].max() == 4
    assert not any("windows are of longer" in line for line in assessed.remarks())
