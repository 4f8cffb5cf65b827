import pytest

from sottovoce.markup import Markup, escape, joined, tag


def test_text_is_never_markup():
    hostile = '<script>alert("1")</script>&\'x'
    written = tag("td", hostile, title=hostile)
    assert written == (
        '<td title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#x27;x">'
        "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#x27;x</td>"
    )


def test_markup_is_written_once():
    assert tag("p", tag("b", "a&b")) == "<p><b>a&amp;b</b></p>"
    assert escape(escape("<")) == "&lt;"
    assert isinstance(joined("a", tag("br")), Markup)


def test_what_is_made_of_markup_is_text_again():
    # A slice or a sum of markup may be broken markup, so it does not count as markup.
    assert not isinstance(tag("b", "x") + "<i>", Markup)
    assert escape(tag("b", "x")[:2]) == "&lt;b"


def test_attributes_that_are_not_there_are_not_written():
    assert tag("td", class_=None, hidden=False) == "<td></td>"
    assert tag("audio", controls=True, aria_label="x") == '<audio controls aria-label="x"></audio>'


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("a\x00b", "a␀b"),
        ("a\x1b[31m", "a␛[31m"),
        ("a\udcff", "a\\udcff"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_what_utf8_or_a_browser_cannot_take_becomes_visible(given, written):
    assert escape(given) == written
    escape(given).encode("utf-8")
