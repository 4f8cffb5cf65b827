import pytest

from sottovoce.corpora.ranges import format_numbers, parse_numbers
from sottovoce.errors import VotesError


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("1061-1063", [1061, 1062, 1063]),
        ("1061,1065-1066", [1061, 1065, 1066]),
        (" 1065 – 1066 ; 1061,", [1061, 1065, 1066]),
        (1061, [1061]),
        (range(3), [0, 1, 2]),
        (["1061", 1063, "1061-1062"], [1061, 1062, 1063]),
    ],
)
def test_numbers_are_read(written, numbers):
    assert parse_numbers(written) == numbers


@pytest.mark.parametrize(
    "written", ["", "x", "1070-1061", "1-2-3", "-5", [], [1.5], [None], "9" * 9]
)
def test_what_is_no_number_is_refused(written):
    with pytest.raises(VotesError, match=r"^actors="):
        parse_numbers(written, "actors")


@pytest.mark.parametrize("numbers", [[], [5], [1, 2, 3, 7, 9, 10]])
def test_numbers_are_written_so_that_they_can_be_read(numbers):
    written = format_numbers(reversed(numbers))
    assert written == {0: "none", 1: "5", 6: "1-3, 7, 9-10"}[len(numbers)]
    if numbers:
        assert parse_numbers(written) == numbers
