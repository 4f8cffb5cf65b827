import warnings

import pytest
from matplotlib import pyplot as plt

from sottovoce.plots import text
from sottovoce.plots.text import drawable, font_families, visible


@pytest.fixture
def no_japanese_font(monkeypatch):
    monkeypatch.setattr(text, "_cjk_font", lambda: None)
    text._warn_no_font.cache_clear()
    yield
    text._warn_no_font.cache_clear()


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        (" happy", "␣happy"),
        ("\n", "↵"),
        ("\t\u00a0", "⇥⍽"),
        ("", "∅"),
        ("a" * 40, "a" * 15 + "…"),
        ("怒り", "怒り"),
    ],
)
def test_whitespace_can_be_seen(token, shown):
    assert visible(token) == shown


@pytest.mark.parametrize("nasty", ["$x$", r"$\frac", "$5 or $6", "{%&_^~#\\}", "\x00\x1b", "🤖"])
def test_anything_can_be_drawn_as_it_stands(nasty):
    figure, ax = plt.subplots()
    drawn = ax.set_title(drawable(nasty))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    assert drawn.get_text().replace("\\$", "$").count("$") == nasty.count("$")


def test_without_a_font_for_japanese_one_warning_names_one(no_japanese_font):
    with pytest.warns(UserWarning, match="Install one, such as Noto Sans CJK JP"):
        assert drawable("怒り 60%") == "□□ 60%"
    assert drawable("悲しみ") == "□□□"


def test_without_japanese_nothing_is_warned_of(no_japanese_font):
    assert drawable(" happy ␣ 60%") == " happy ␣ 60%"


def test_the_users_own_fonts_come_first():
    with plt.rc_context({"font.family": ["monospace"]}):
        assert font_families()[0] == "monospace"


def test_an_installed_japanese_font_is_used():
    if text._cjk_font() is None:
        pytest.skip("no font with Japanese characters is installed")
    assert font_families()[-1] == text._cjk_font()
    assert drawable("怒り") == "怒り"


def test_a_font_installed_after_matplotlib_made_its_list_is_found(monkeypatch):
    from matplotlib.font_manager import fontManager

    if text._cjk_font() is None:
        pytest.skip("no font with Japanese characters is installed")
    files = {entry.fname for entry in fontManager.ttflist if entry.name in text.CJK_FONTS}
    old = [entry for entry in fontManager.ttflist if entry.fname not in files]
    monkeypatch.setattr(fontManager, "ttflist", old)
    assert text._first_known() is None
    assert text._cjk_font.__wrapped__() == text._cjk_font()


def test_where_there_is_none_a_broken_font_does_not_stop_the_search(monkeypatch, tmp_path):
    from matplotlib import font_manager

    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(broken)])
    assert text._cjk_font.__wrapped__() is None
