"""Colours, and how axes look. Nothing here touches matplotlib's global settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sottovoce.vocabulary import normalise_emotion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

#: One colour an emotion, the same in every plot: from the palette of Okabe and Ito, whose colours
#: stay apart for all common kinds of colour blindness (https://jfly.uni-koeln.de/color/).
EMOTION_COLORS: dict[str, str] = {
    "angry": "#D55E00",
    "disgusted": "#009E73",
    "fearful": "#CC79A7",
    "happy": "#E69F00",
    "neutral": "#333333",
    "sad": "#0072B2",
}
OTHER_COLORS = ("#56B4E9", "#882255", "#999933", "#7F7F7F", "#332288", "#44AA99")

#: Of what is no emotion: an utterance, a pair of shares.
POINT_COLOR = "#5B4B8A"

INK = "#222222"
FAINT_INK = "#6B6B6B"
GRID = "#E4E4E4"
HIGHLIGHT = "#F3EFE2"
READABLE_CONTRAST = 4.5


def concept_colors(concepts: Iterable[str]) -> dict[str, str]:
    """Return a colour for each concept: an emotion's own, or the next that is not taken.

    An emotion under another name of it, such as 怒り or "anger", has the emotion's colour, unless
    another concept has it already.

    Parameters
    ----------
    concepts
        Emotions or any other concepts.

    Returns
    -------
    dict
        Concept to colour, "#RRGGBB", whatever their order. Past a dozen concepts colours repeat.

    Examples
    --------
    >>> concept_colors(["happy", "bored"])
    {'happy': '#E69F00', 'bored': '#56B4E9'}
    >>> concept_colors(["怒り", "悲しみ"])
    {'怒り': '#D55E00', '悲しみ': '#0072B2'}
    """
    names = list(dict.fromkeys(concepts))
    emotions = {name: name for name in names if name in EMOTION_COLORS}
    for name in sorted(set(names) - set(emotions)):
        emotion = normalise_emotion(name)
        if emotion in EMOTION_COLORS and emotion not in emotions.values():
            emotions[name] = emotion
    own = {name: EMOTION_COLORS[emotion] for name, emotion in emotions.items()}
    spare = [*OTHER_COLORS, *(c for c in EMOTION_COLORS.values() if c not in own.values())]
    others = sorted(name for name in names if name not in own)
    own |= {name: spare[i % len(spare)] for i, name in enumerate(others)}
    return {name: own[name] for name in names}


def text_color(color: str) -> str:
    """Darken a colour until it can be read as text on white (contrast 4.5, WCAG 2 level AA).

    Examples
    --------
    >>> text_color("#333333"), text_color("#E69F00")
    ('#333333', '#9D6C00')
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = to_rgb(color)
    while _contrast_with_white(red, green, blue) < READABLE_CONTRAST:
        red, green, blue = 0.98 * red, 0.98 * green, 0.98 * blue
    return to_hex((red, green, blue)).upper()


def ink_on(color: str) -> str:
    """Return black or white, whichever is read better on a colour.

    Examples
    --------
    >>> ink_on("#333333"), ink_on("#E69F00")
    ('white', 'black')
    """
    from matplotlib.colors import to_rgb

    with_white = _contrast_with_white(*to_rgb(color))
    # The contrasts with white and with black multiply to 21.
    return "white" if with_white >= 21 / with_white else "black"


def lighten(color: str, amount: float) -> str:
    """Mix a colour with white; an amount of 0 leaves it, 1 makes it white.

    Examples
    --------
    >>> lighten("#0072B2", 0.5)
    '#80B9D8'
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (channel + (1 - channel) * amount for channel in to_rgb(color))
    return to_hex((red, green, blue)).upper()


def bare_axes(ax: Axes, *, grid: Literal["x", "y", "both"]) -> None:
    """Leave the frame away, and draw a light grid ("x", "y" or "both") under the data."""
    ax.set_facecolor("white")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, colors=INK)
    ax.grid(False)
    ax.grid(True, axis=grid, color=GRID, linewidth=0.8)
    ax.set_axisbelow(True)


def _contrast_with_white(*channels: float) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)
