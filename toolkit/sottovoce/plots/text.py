"""Text from a model or a file name, made fit to draw.

Whitespace is visible, dollars are no mathematics, and the font has the signs: it is given to each
artist, never set globally.
"""

from __future__ import annotations

import unicodedata
import warnings
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from sottovoce.markup import WHITESPACE

if TYPE_CHECKING:
    from matplotlib.text import Text

CJK_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "Source Han Sans",
    "IPAexGothic",
    "IPAGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "BIZ UDGothic",
    "MS Gothic",
    "TakaoGothic",
    "VL Gothic",
    "Noto Serif CJK JP",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
NO_TEXT = "∅"
END = "‹end›"
NO_GLYPH = "□"
LONGEST = 16


def visible(token: str, longest: int = LONGEST) -> str:
    r"""Return a token's text with its whitespace made visible, shortened if it is long.

    Parameters
    ----------
    token
        As a tokenizer decodes it; empty for a token that adds no text, such as the end.
    longest
        In characters.

    Examples
    --------
    >>> visible(" happy"), visible("two\nlines"), visible("")
    ('␣happy', 'two↵lines', '∅')
    """
    shown = "".join(WHITESPACE.get(sign, sign) for sign in token) or NO_TEXT
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def shortened(text: str, longest: int) -> str:
    r"""Return a text on one line, cut at `longest` characters.

    Examples
    --------
    >>> shortened("angry 60%,\nsad 40%", 13)
    'angry 60%, s…'
    """
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def percent(p: float) -> str:
    """Return a probability as a percentage, with as many digits as help.

    Examples
    --------
    >>> percent(0.667), percent(0.031), percent(0.0042), percent(1e-5), percent(0)
    ('67%', '3%', '0.4%', '<0.1%', '0%')
    """
    if 0 < p < 0.0005:
        return "<0.1%"
    return f"{p:.1%}" if 0 < p < 0.0095 else f"{p:.0%}"


def percentage_of_decade(k: int) -> str:
    """Return ten to the power of -k as a percentage.

    Examples
    --------
    >>> percentage_of_decade(0), percentage_of_decade(4)
    ('100%', '0.01%')
    """
    return f"{100 * 10.0**-k:.{max(k - 2, 0)}f}%"


def drawable(text: str) -> str:
    r"""Return a text that matplotlib draws as it stands.

    A dollar sign does not begin mathematics, and a sign that no available font has becomes "□".
    Where Japanese is drawn without a font for it, the first time a warning names one to install.

    Examples
    --------
    >>> print(drawable("$5 or $6"))
    \$5 or \$6
    """
    known = _glyphs(tuple(font_families()))
    missing = {sign for sign in text if ord(sign) not in known and sign != "\n"}
    if any(_is_east_asian(sign) for sign in missing):
        _warn_no_font()
    plain = "".join(NO_GLYPH if sign in missing else sign for sign in text)
    return plain.replace("$", r"\$")


def font_families() -> list[str]:
    """Return the user's own fonts, and after them one that has Japanese, if one is installed."""
    from matplotlib import rcParams

    own = [str(name) for name in rcParams["font.family"]]
    japanese = _cjk_font()
    return [*own, japanese] if japanese and japanese not in own else own


def font() -> dict[str, Any]:
    """Return the keyword that makes a new artist use `font_families`."""
    return {"fontfamily": font_families()}


def set_font(*artists: Text) -> None:
    """Make artists that exist already use `font_families`."""
    for artist in artists:
        artist.set_fontfamily(font_families())


@cache
def _cjk_font() -> str | None:
    return _first_known() or (_first_known() if _add_new_fonts() else None)


def _first_known() -> str | None:
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return next((name for name in CJK_FONTS if name in known), None)


def _add_new_fonts() -> bool:
    """Add the fonts that were installed since matplotlib wrote its list; tell if there were any.

    It keeps the list on disk and never looks again, so who installs the font that the warning
    names would be warned for ever.
    """
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {entry.fname for entry in fontManager.ttflist}
    new = [path for path in findSystemFonts() if path not in listed]
    for path in new:
        with suppress(Exception):  # a broken font is no reason to draw nothing
            fontManager.addfont(path)
    return bool(new)


@cache
def _glyphs(families: tuple[str, ...]) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known: set[int] = set()
    for family in families:
        known.update(get_font(findfont(FontProperties(family=[family]))).get_charmap())
    return frozenset(known)


def _is_east_asian(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF" and unicodedata.category(sign) == "Lo"


@cache
def _warn_no_font() -> None:
    warnings.warn(
        "No font with Japanese characters was found, so they are drawn as □. Install one, such as "
        "Noto Sans CJK JP (Debian and Ubuntu: apt install fonts-noto-cjk) or IPAexGothic, and "
        "restart Python.",
        stacklevel=2,
    )
