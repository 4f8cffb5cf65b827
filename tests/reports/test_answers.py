import pytest

from sottovoce.readout import answer_step, text
from sottovoce.reports import answer_rows, failures
from sottovoce.reports.telling import telling_recordings


@pytest.fixture(scope="module")
def rows(run, corpus):
    return answer_rows(run, answer_step(run), corpus)


def test_there_is_a_row_for_each_recording_and_question(rows, run):
    assert [(row.utterance, row.prompt) for row in rows] == [
        (u, p) for u in run["utterance"].values for p in run["prompt"].values
    ]


def test_a_row_holds_the_numbers_of_the_readouts(rows, run, corpus):
    row = next(row for row in rows if (row.utterance, row.prompt) == ("anna_sad", "json"))
    at = {"utterance": "anna_sad", "prompt": "json"}
    expected = answer_step(run).sel(at)
    assert row.shares == dict(zip(expected["emotion"].values, expected.values, strict=True))
    assert list(row.text_shares.values()) == text(run).sel(at).values.tolist()
    assert row.listeners == pytest.approx(
        corpus.reference.sel(utterance="anna_sad").to_series().to_dict()
    )
    assert row.answer == run["answer"].sel(at).item()
    assert 0 <= row.js <= 1


def test_a_failed_recording_has_no_numbers_but_a_reason(rows):
    row = next(row for row in rows if row.utterance == "tom_sad")
    assert (row.status, row.message) == ("error", "tom_sad: broken")
    assert row.shares is row.text_shares is row.js is None


def test_without_votes_nothing_is_compared(run):
    rows = answer_rows(run, answer_step(run))
    assert {row.js for row in rows} == {None}
    assert {row.listeners for row in rows} == {None}


def test_failures_are_told_once_a_recording(run):
    assert failures(run) == {"tom_sad": "tom_sad: broken"}


def test_telling_recordings_are_different_ones(rows):
    asked = [row for row in rows if row.prompt == "percentages"]
    found = telling_recordings(asked)
    assert [one.role for one in found] == ["divided", "close", "far"]
    assert len({one.row.utterance for one in found}) == 3
    assert found[1].row.js < found[2].row.js


def test_few_recordings_tell_what_they_can(rows):
    assert telling_recordings([]) == []
    assert [one.role for one in telling_recordings(rows[:1])] == ["divided"]
    assert telling_recordings([row for row in rows if row.utterance == "tom_sad"]) == []
