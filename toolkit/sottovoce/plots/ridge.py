"""How the shares of each emotion are spread over a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.errors import ReadoutError
from sottovoce.evaluation import share_densities
from sottovoce.plots.layout import new_axes, set_titles, settle, size_in_points
from sottovoce.plots.shares import choose_emotions, count_of, names, select_prompt, title_of
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors, lighten, text_color
from sottovoce.plots.text import drawable, font, percent, set_font, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from matplotlib.axes import Axes

PEAK = 0.8  # of the distance of two lines
HEADROOM = 0.95  # above the first line, for its peak
MOST_ROWS = 120
MOST_TICKS = 80  # utterances, for each of them to have a tick of its own
TICK_HEIGHT = 0.14
MEANS_AWAY = 10.0  # from the axes, in points
LARGEST, SMALLEST = 10.5, 5.0


@dataclass(frozen=True)
class Row:
    """One density: whose, and what it is called beside its line; a heading has none.

    Parameters
    ----------
    emotion
        Its emotion.
    group
        Its group, "" where there is one group only, None for a heading.
    """

    emotion: str
    group: str | None


def ridge(
    shares: xr.DataArray,
    *,
    prompt: str | None = None,
    by: Any = None,
    emotions: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the shares of each emotion are spread over the utterances, one density a line.

    A density ends at 0 and at 100 %, where shares do, and is as high as its line allows: compare
    where they lie, not how high they are. A dot is the mean. Where they are few, every utterance
    has a tick below the line; fewer than five have ticks alone.

    Parameters
    ----------
    shares
        From :func:`sottovoce.read_out`: dims (utterance, emotion), and prompt if there are several.
    prompt
        Which; may be left out where there is only one.
    by
        Draw each emotion by group: the name of a coordinate along utterance, or a mapping or Series
        from utterance to group, such as ``corpus.utterances["speaker"]``.
    emotions
        Which to draw; by default all.
    ax
        Where to draw; by default a new figure, high enough for all lines.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ReadoutError
        If there is no such prompt, emotion or coordinate, no utterance has shares, or there would
        be more than 120 lines.

    See Also
    --------
    describe_ridge : The same in a sentence, for those who cannot see it.
    sottovoce.evaluation.share_densities : The densities, and how they are made.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, ["one_word"])
    >>> shares = sottovoce.read_out(run)
    >>> ax = ridge(shares)
    >>> ax = ridge(shares, by=corpus.utterances["speaker"], emotions=["happy"])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['happy', 'anna (10)', 'karl (5)', 'maya (5)', 'tom (11)']
    """
    chosen, name, result, rows = _spread(shares, prompt, by, emotions)
    if ax is None:
        ax = new_axes(7, float(np.clip((0.62 if by is None else 0.36) * len(rows) + 1.3, 2.6, 18)))
    bare_axes(ax, grid="x")
    colors = concept_colors(result["emotion"].values.tolist())
    ax.set_xlim(0, 1)
    ax.set_xticks(np.linspace(0, 1, 6), [f"{tick:.0%}" for tick in np.linspace(0, 1, 6)], **font())
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    ax.set_ylim(len(rows) - 1 + 2 * TICK_HEIGHT, -HEADROOM)
    ax.set_xlabel("share; each curve as high as its line allows", color=FAINT_INK, **font())
    _draw_rows(ax, chosen, result, rows, colors)
    n = int(result["n"].sum())
    counted = count_of(n, chosen.sizes["utterance"])
    title = drawable(title_of(shares, name, counted))
    for _ in range(2):  # the second time, how much room there is is known
        _label_rows(ax, result, rows, colors)
        set_titles(ax, title, pad=18)
        settle(ax)
    return ax


def describe_ridge(
    shares: xr.DataArray,
    *,
    prompt: str | None = None,
    by: Any = None,
    emotions: Sequence[str] | None = None,
) -> str:
    """Say in a sentence or two what `ridge` draws, to stand in for the picture.

    Parameters
    ----------
    shares, prompt, by, emotions
        As for `ridge`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.

    Examples
    --------
    >>> import sottovoce
    >>> corpus = sottovoce.load_corpus("sample")
    >>> print(describe_ridge(corpus.reference, emotions=["angry", "sad"]))
    Ridge plot: densities of the shares of 2 emotions over 31 utterances. angry: mean 13%, middle
    half 0–5%; sad: mean 17%, middle half 0–10%.
    """
    chosen, name, result, rows = _spread(shares, prompt, by, emotions)
    told = []
    for row in rows:
        if row.group is None:
            continue
        one = result.sel(emotion=row.emotion, group=row.group)
        low, high = (percent(one[q].item()) for q in ("quartile_1", "quartile_3"))
        whose = f", group {row.group}" if row.group else ""
        told.append(
            f"{row.emotion}{whose}: mean {percent(one['mean'].item())}, middle half "
            f"{low.removesuffix('%')}–{high}"
        )
    of = f" (prompt {name})" if name else ""
    groups = f" in {result.sizes['group']} groups" if by is not None else ""
    n = count_of(int(result["n"].sum()), chosen.sizes["utterance"])
    n_emotions = len({row.emotion for row in rows})
    what = f"{n_emotions} emotion{'' if n_emotions == 1 else 's'}"
    return f"Ridge plot: densities of the shares of {what} over {n}{groups}{of}. {'; '.join(told)}."


def _spread(
    shares: xr.DataArray, prompt: str | None, by: Any, emotions: Sequence[str] | None
) -> tuple[xr.DataArray, str, xr.Dataset, list[Row]]:
    chosen, name = select_prompt(shares, prompt)
    drawn = choose_emotions(chosen, emotions)
    result = share_densities(chosen, by=by)
    groups = names(result["group"], "group")
    rows = [
        Row(emotion, group)
        for emotion in drawn
        for group in ([None, *groups] if by is not None else groups)
    ]
    if len(rows) > MOST_ROWS:
        raise ReadoutError(
            f"{len(drawn)} emotions in {len(groups)} groups are {len(rows)} lines, but at most "
            f"{MOST_ROWS} can be drawn: choose some with emotions=[...], or draw fewer utterances"
        )
    return chosen, name, result, rows


def _draw_rows(
    ax: Axes,
    shares: xr.DataArray,
    result: xr.Dataset,
    rows: list[Row],
    colors: dict[str, str],
) -> None:
    group_of = result["group_of"]
    used = shares.assign_coords(utterance=names(shares, "utterance")).sel(
        utterance=group_of["utterance"].values
    )
    grid = result["share"].values
    for line, row in enumerate(rows):
        if row.group is None:
            continue
        one = result.sel(emotion=row.emotion, group=row.group)
        color = colors[row.emotion]
        ax.plot([0, 1], [line, line], color=lighten(FAINT_INK, 0.5), linewidth=0.8, zorder=1)
        density = one["density"].values
        if not np.isnan(density).any():
            height = line - PEAK * density / density.max()
            ax.fill_between(
                grid, line, height, color=lighten(color, 0.55), linewidth=0, zorder=2, gid="density"
            )
            ax.plot(grid, height, color=color, linewidth=1.4, zorder=3, gid="outline")
        if one["n"].item() <= MOST_TICKS:
            emotion = names(shares, "emotion").index(row.emotion)
            values = used[group_of.values == row.group, emotion].values
            ax.vlines(
                values,
                line + 0.04,
                line + 0.04 + TICK_HEIGHT,
                color=color,
                linewidth=0.9,
                alpha=0.7,
                clip_on=False,
                gid="ticks",
            )
        ax.plot(
            [one["mean"].item()],
            [line],
            marker="o",
            markersize=7,
            color=color,
            markeredgecolor="white",
            markeredgewidth=1.2,
            zorder=4,
            clip_on=False,
            gid="mean",
        )


def _label_rows(ax: Axes, result: xr.Dataset, rows: list[Row], colors: dict[str, str]) -> None:
    """Write left of each line whose it is, right of it the mean."""
    for earlier in [text for text in ax.texts if text.get_gid() in ("mean", "heading")]:
        earlier.remove()
    size = float(np.clip(0.8 * size_in_points(ax)[1] / len(rows), SMALLEST, LARGEST))
    texts = []
    for row in rows:
        if row.group:
            count = result["n"].sel(group=row.group).item()
            texts.append(drawable(f"{shortened(row.group, 24)} ({count:,})"))
        else:
            texts.append(drawable(shortened(row.emotion, 24)))
    ax.set_yticks(range(len(rows)), texts, fontsize=size)
    set_font(*ax.get_yticklabels())
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        if not row.group:
            label.set(fontweight="bold", color=text_color(colors[row.emotion]))
    means = [
        (line, percent(result["mean"].sel(emotion=row.emotion, group=row.group).item()))
        for line, row in enumerate(rows)
        if row.group is not None
    ]
    for line, text in [(-HEADROOM, "mean"), *means]:
        ax.annotate(
            text,
            (1, line),
            (MEANS_AWAY, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            va="center_baseline",
            fontsize=min(size, 9) if line < 0 else size,
            color=FAINT_INK if line < 0 else INK,
            annotation_clip=False,
            gid="heading" if line < 0 else "mean",
            **font(),
        )
