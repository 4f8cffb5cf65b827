import re

from sottovoce.vocabulary import TokenSet

HOSTILE = "<script>alert(1)</script>"


def test_a_token_set_tells_its_concepts_and_spellings():
    html = TokenSet.preset("emotions-en+percentages+yes-no")._repr_html_()
    assert "emotions-en+percentages+yes-no" in html
    row = r'<th scope="row"[^>]*>angry</th><td[^>]*>angry, anger, furious, fury, enraged</td>'
    assert re.search(row, html)
    assert 'yes <span class="sc-faint">(takes no share)</span>' in html
    assert "8, with 38 spellings" in html
    assert "the tokens of 0% to 100%" in html


def test_a_set_of_percentages_alone_has_no_table():
    html = TokenSet.preset("percentages")._repr_html_()
    assert "<table" not in html
    assert "<dd>none</dd>" in html


def test_spellings_are_text():
    tokens = TokenSet({HOSTILE: [HOSTILE]}, name=HOSTILE)
    assert "<script" not in tokens._repr_html_()
    assert "&lt;script&gt;" in tokens._repr_html_()


def test_resolved_tokens_show_white_space_and_what_is_lost(qwen_like):
    tokens = TokenSet({"sad": ["sad", "xylophonic"], "lost": ["ß"]}, percentages=True)
    resolved = tokens.resolve(qwen_like)
    html = resolved._repr_html_()
    assert "<code>␣sad</code>" in html
    assert "xylophonic" in html
    assert resolved.missing == ("lost",)
    assert "No token is kept of: lost." in html
    assert "percentages" in html
    assert re.search('<th scope="row"[^>]*>sad</th>', html)
