"""How one emotion's share adds up, from spelling to spelling and step to step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.parts import Parts, select_parts
from sottovoce.plots.shares import choose
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors, lighten, text_color
from sottovoce.plots.text import drawable, font, set_font, visible

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

HEIGHT = 0.62  # of a bar, of the room for a row
TEXT_AWAY = 4.0  # points
LEAST = 5e-4  # of a part with a row of its own: less is told as 0.0 %


@dataclass(frozen=True)
class Bar:
    """One row of the waterfall: its name, where it starts, and how far it goes."""

    name: str
    start: float
    change: float
    is_whole: bool = False

    @property
    def told(self) -> str:
        """Its length as a percentage, signed unless it is a whole."""
        if self.is_whole:
            return f"{self.change:.1%}"
        return f"{self.change:+.1%}".replace("-", "−")


def contribution_waterfall(
    parts: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    emotion: str | None = None,
    max_parts: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the parts of one emotion's share add up to it.

    A row is a spelling at a step, the largest part first; parts that push the share down are
    hatched. What has no row of its own is one row, and the last row is the share.

    Parameters
    ----------
    parts
        From :func:`sottovoce.explain.contributions`.
    utterance, prompt
        Which answer; may be left out where there is only one.
    emotion
        Whose share; by default the largest.
    max_parts
        How many parts have a row of their own.
    ax
        Where to draw; by default a new figure, high enough for all rows.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If these are no contributions, or there is no such answer or emotion.

    See Also
    --------
    describe_contribution_waterfall : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample").select(utterances="maya_sad-fearful_4")
    >>> model = sottovoce.load_model()
    >>> run = sottovoce.capture(model, corpus.recordings, "percentages", progress=False)
    >>> ax = contribution_waterfall(sottovoce.explain.contributions(run, "mean_prob"))
    >>> [label.get_text() for label in ax.get_yticklabels()][-1]
    'share'
    """
    chosen = select_parts(parts, utterance, prompt)
    name, bars = _bars(chosen, parts, emotion, max_parts)
    color = concept_colors(chosen.emotions)[name]
    if ax is None:
        ax = new_axes(6.6, 0.34 * len(bars) + 1.3)
    bare_axes(ax, grid="x")
    for row, bar in enumerate(bars):
        falls = bar.change < 0
        ax.barh(
            row,
            bar.change,
            HEIGHT,
            left=bar.start,
            color=lighten(color, 0.75) if falls else color,
            edgecolor=color,
            hatch="////" if falls else None,
            linewidth=0.8,
            gid="whole" if bar.is_whole else "part",
        )
        end = bar.start + bar.change
        if row + 1 < len(bars):
            ax.plot([end, end], [row, row + 1], color=FAINT_INK, linewidth=0.8, zorder=0)
        ax.annotate(
            bar.told,
            (max(bar.start, end), row),
            (TEXT_AWAY, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=9,
            color=INK,
            fontweight="bold" if bar.is_whole else "normal",
            **font(),
        )
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_yticks(range(len(bars)), [drawable(bar.name) for bar in bars], fontsize=9.5)
    set_font(*ax.get_yticklabels())
    ax.get_yticklabels()[-1].set(fontweight="bold", color=text_color(color))
    low = min(0.0, *(bar.start + bar.change for bar in bars))
    high = max(max(bar.start, bar.start + bar.change) for bar in bars)
    ax.set_xlim(low - 0.02 * high, 1.14 * high)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    ax.set_xlabel(drawable(f"share of {name}"), fontsize=10, color=FAINT_INK, **font())
    for _ in range(2):  # the second time, how much room there is is known
        set_titles(ax, chosen.title, chosen.subtitle)
        settle(ax)
    return ax


def describe_contribution_waterfall(
    parts: xr.Dataset,
    utterance: str | None = None,
    prompt: str | None = None,
    *,
    emotion: str | None = None,
    max_parts: int = 10,
) -> str:
    """Say in a sentence or two what `contribution_waterfall` draws, to stand in for the picture.

    Parameters
    ----------
    parts, utterance, prompt, emotion, max_parts
        As for `contribution_waterfall`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    chosen = select_parts(parts, utterance, prompt)
    name, bars = _bars(chosen, parts, emotion, max_parts)
    told = "; ".join(f"{bar.name} {bar.told}" for bar in bars[:-1])
    return (
        f"Waterfall: the share of {name} in {chosen.utterance} under the prompt {chosen.prompt}, "
        f"by {chosen.readout}. {told}. Together {bars[-1].told}."
    )


def _bars(
    chosen: Parts, parts: xr.Dataset, emotion: str | None, max_parts: int
) -> tuple[str, list[Bar]]:
    """Return the emotion, and its rows from the baseline to the share."""
    likeliest = chosen.emotions[int(np.argmax(chosen.share))]
    name = choose(parts["share"], "emotion", likeliest if emotion is None else emotion)
    place = chosen.emotions.index(name)
    baseline, share = float(chosen.baseline[place]), float(chosen.share[place])
    pairs = chosen.of(name)
    worthy = [pair for pair in pairs if abs(chosen.of_token[pair]) >= LEAST]
    shown = worthy if len(worthy) <= max_parts else worthy[: max(max_parts - 1, 0)]
    bars = [Bar("even share", 0.0, baseline, is_whole=True)] if baseline else []
    level = baseline
    for token, step in shown:
        part = float(chosen.of_token[token, step])
        bars.append(Bar(f"{visible(chosen.texts[token])} at step {step + 1}", level, part))
        level += part
    if left := len(pairs) - len(shown):
        name_of_rest = f"{left} smaller part{'' if left == 1 else 's'}"
        bars.append(Bar(name_of_rest, level, share - level))
    return name, [*bars, Bar("share", 0.0, share, is_whole=True)]
