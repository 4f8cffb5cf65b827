import pytest

from sottovoce.errors import ReadoutError
from sottovoce.readout import READOUTS, mean_logprob
from sottovoce.reports.predictors import (
    STANDARD_READOUTS,
    is_text_level,
    parse_readout,
    predict,
)


def test_the_standard_ones_are_all_readouts_and_choices_of_steps():
    assert {parse_readout(name)[0] for name in STANDARD_READOUTS} == set(READOUTS)
    steps = [name for name in STANDARD_READOUTS if name.startswith("mean_logprob")]
    assert len(steps) >= 3


def test_a_name_may_carry_its_option(run):
    shares = predict(run, ["mean_logprob:emotion"]).shares["mean_logprob:emotion"]
    assert shares.identical(mean_logprob(run, "emotion"))


def test_only_text_reads_the_answer():
    assert [name for name in STANDARD_READOUTS if is_text_level(name)] == ["text"]
    assert is_text_level("text:neutral")


@pytest.mark.parametrize("name", ["majority", "answer_step:all", ""])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ReadoutError, match=r"read-out|nothing to choose"):
        parse_readout(name)


def test_what_a_run_does_not_allow_is_told_and_the_others_go_on(run):
    found = predict(run, ["ratio", "answer_step"])
    assert list(found.shares) == ["answer_step"]
    assert "not positive" in found.refused["ratio"]


def test_nothing_left_is_an_error(run):
    with pytest.raises(ReadoutError, match=r"allows none of the read-outs\. ratio: The ratio"):
        predict(run, ["ratio"])
