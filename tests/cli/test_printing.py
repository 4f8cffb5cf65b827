import pytest
from made_up import make_run

from sottovoce.cli.answer_table import answer_lines
from sottovoce.cli.options import split_names
from sottovoce.cli.printing import complain, display_width, plain, say, shortened, table_lines
from sottovoce.corpora import load_corpus
from sottovoce.readout import read_out
from sottovoce.reports import answer_rows


@pytest.mark.parametrize("hostile", ["\x1b]0;owned\x07", "\x1b[2J", "a\rb", "a\x7f", "\x00"])
def test_a_terminal_is_never_steered(hostile, capsys):
    say(hostile)
    complain(hostile)
    told = capsys.readouterr()
    for sign in (*map(chr, range(10)), "\r", "\x1b", "\x7f"):
        assert sign not in told.out + told.err


def test_half_characters_can_be_printed(capsys):
    say("clip\udcff.wav")
    assert capsys.readouterr().out == "clip\\udcff.wav\n"


def test_columns_are_as_wide_as_a_terminal_draws_them():
    lines = table_lines([["悲しみ", "x"], ["sad", "y"]])
    assert [display_width(line) for line in lines] == [9, 9]


def test_line_breaks_in_a_cell_do_not_break_the_table():
    assert table_lines([["two\nlines", "x"]]) == ["two lines  x"]


def test_what_is_too_long_is_cut_by_width():
    assert shortened("悲しみ悲しみ", 5) == "悲し…"
    assert table_lines([["abcdef", "x"]], most={0: 4}) == ["abc…  x"]


def test_plain_text_stays():
    assert plain("angry 60%, 怒り\nx") == "angry 60%, 怒り\nx"


def test_names_are_split_and_questions_are_not():
    assert split_names(None) is None
    assert split_names(["one_word, json"]) == ["one_word", "json"]
    assert split_names(["How, then?", "json"]) == ["How, then?", "json"]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_table_of_answers_fits_the_terminal(width):
    corpus = load_corpus("sample")
    run = make_run(corpus)
    rows = answer_rows(run, read_out(run), corpus)
    lines = answer_lines([row for row in rows if row.prompt == "percentages"], width)
    assert len(lines) == len(corpus) + 1
    assert max(map(display_width, lines)) <= width
    assert lines[0].split() == ["recording", "said", "token", "level", "listeners", "JS"]
