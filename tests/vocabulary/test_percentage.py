import re

import pytest

from sottovoce.vocabulary.percentage import (
    NUMBER,
    PERCENTAGES,
    digits_of,
    normalise,
    percentage_piece,
)


def test_every_whole_percentage_is_there():
    assert PERCENTAGES[0] == "0%"
    assert PERCENTAGES[-1] == "100%"
    assert len(PERCENTAGES) == 101


@pytest.mark.parametrize(
    "text", ["６０％", "60%", "60 %", "60パーセント", "60 percent", "60 Per cent"]
)
def test_a_percentage_is_a_number_with_a_sign(text):
    match = re.fullmatch(NUMBER, normalise(text))
    assert match["number"] == "60"
    assert match["sign"]


@pytest.mark.parametrize(
    ("text", "number", "upper"),
    [("60-70%", "60", "70"), ("60% – 70%", "60", "70"), ("12,5 %", "12,5", None)],
)
def test_ranges_and_decimal_commas_need_a_sign(text, number, upper):
    match = re.fullmatch(NUMBER, normalise(text))
    assert (match["number"], match["upper"]) == (number, upper)


def test_a_list_of_numbers_is_not_a_decimal():
    assert [match["number"] for match in re.finditer(NUMBER, "60,30,10")] == ["60", "30", "10"]


@pytest.mark.parametrize(
    ("token", "piece"),
    [("4", "4"), (" 45", "45"), ("100", "100"), ("%", "%"), ("5%", "5%"), ("４", "4")],
)
def test_pieces_of_percentages(token, piece):
    assert percentage_piece(token) == piece


@pytest.mark.parametrize("token", ["", " ", "%,", "a4", "4.5", "angry", "ĠĠ"])
def test_other_tokens_are_no_pieces(token):
    assert percentage_piece(token) is None


def test_digits_of_a_piece():
    assert [digits_of(piece) for piece in ("45", "5%", "%", "x")] == ["45", "5", "", ""]
