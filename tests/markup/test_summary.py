import pytest

from sottovoce.markup import bar, card, facts, folded, one_line, table, tag, token

HOSTILE = "<img src=x onerror=alert(1)>"


def test_nothing_given_is_a_tag():
    parts = (facts([(HOSTILE, HOSTILE)]), table((HOSTILE,), [(HOSTILE,)]), token(HOSTILE))
    html = card(HOSTILE, HOSTILE, *parts, folded(HOSTILE, HOSTILE))
    assert "<img" not in html
    assert html.count("&lt;img") == 8 + 1


def test_cells_stand_under_their_heads_and_numbers_on_the_right():
    html = table(("name", "votes"), [("a", 3), ("b", tag("i", 4))], numbers=[1])
    left = 'style="text-align:left"'
    assert html == (
        f'<table><thead><tr><th scope="col" {left}>name</th>'
        '<th scope="col" class="sc-number">votes</th></tr></thead>'
        f'<tbody><tr><th scope="row" {left}>a</th><td class="sc-number">3</td></tr>'
        f'<tr><th scope="row" {left}>b</th><td class="sc-number"><i>4</i></td></tr></tbody></table>'
    )


@pytest.mark.parametrize(("share", "width"), [(0.254, "25.4%"), (-1, "0.0%"), (7, "100.0%")])
def test_a_bar_stays_within_its_frame(share, width):
    assert f'style="width:{width}"' in bar(share)


def test_white_space_of_a_token_is_seen():
    assert token(" a\n\u3000") == "<code>␣a↵□</code>"
    assert token("") == "<code>∅</code>"


def test_a_line_has_no_control_characters_and_an_end():
    assert one_line("a\x1b[31m\r\n b\x00") == "a␛[31m b␀"
    assert one_line("12345", 5) == "12345"
    assert one_line("123456", 5) == "1234…"
