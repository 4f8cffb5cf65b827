"""Which seconds and bands of a recording a share rests on, with what says whether to believe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.errors import ExplanationError
from sottovoce.plots.layout import figure_of, new_axes, set_titles, settle, size_in_points
from sottovoce.plots.shares import amount, choose, names
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors, lighten
from sottovoce.plots.text import drawable, font, percent, shortened
from sottovoce.plots.trust_panel import draw_trust, tell_trust

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

WAVE = 0.26  # height of the waveform's strip, of the axes
WAVE_AWAY = 0.05
PANEL_AWAY, PANEL = 0.13, 0.42  # of the width of the axes


def evidence_map(found: xr.Dataset, *, emotion: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw what each stretch of a recording, and each band in it, does to an emotion's share.

    Above it lies the waveform; right of it what :func:`sottovoce.explain.check_map` found. Deletion
    that falls below the grey of random orders, and insertion that rises above it, speak for a map.

    Parameters
    ----------
    found
        From :func:`sottovoce.explain.occlusion` or :func:`sottovoce.explain.gradients`.
    emotion
        Whose map; by default the one that was put to the test.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ExplanationError
        If this is no such map.
    ReadoutError
        If the map has no such emotion.

    See Also
    --------
    describe_evidence_map : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce.paths import data_folder
    >>> clip = data_folder() / "samples" / "tom_happy.flac"
    >>> model = sottovoce.load_model()
    >>> found = sottovoce.explain.occlusion(
    ...     model, clip, seconds=0.5, checks=False, progress=False
    ... )
    >>> ax = evidence_map(found)
    >>> ax.get_xlabel()
    'seconds'
    """
    name = _emotion(found, emotion)
    n_seconds, n_bands = found.sizes["second"], found.sizes["band"]
    is_tested = "deletion" in found and name == found.attrs["target"]
    if ax is None:
        ax = new_axes(9.4 if is_tested else 6.6, 3.5 if n_bands > 1 else 3.1)
    color = concept_colors(names(found["effect"], "emotion"))[name]
    effect = found["effect"].sel(emotion=name).transpose("second", "band").values
    if n_bands > 1 and n_seconds > 1:
        _draw_cells(ax, found, effect)
    elif n_bands > 1:
        _draw_bands(ax, found, effect[0], color)
    else:
        _draw_seconds(ax, found, effect[:, 0], color)
    above = 0.0
    if n_seconds > 1:
        _draw_wave(ax, found)
        above = WAVE + WAVE_AWAY
    if is_tested:
        panel = ax.inset_axes((1 + PANEL_AWAY + 0.1 * (n_bands > 1 < n_seconds), 0, PANEL, 1.0))
        draw_trust(panel, found, color)
    for _ in range(2):  # the second time, how much room there is is known
        raised = above * size_in_points(ax)[1]
        set_titles(
            ax,
            drawable(f"{shortened(found.attrs['utterance'], 40)}  ·  {name}"),
            drawable(_subtitle(found, name, is_tested=is_tested)),
            pad=24 + raised,
            subtitle_away=7 + raised,
        )
        settle(ax, beside=True)
    return ax


def describe_evidence_map(found: xr.Dataset, *, emotion: str | None = None) -> str:
    """Say in a sentence or two what `evidence_map` draws, to stand in for the picture.

    Parameters
    ----------
    found, emotion
        As for `evidence_map`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    name = _emotion(found, emotion)
    effect = found["effect"].sel(emotion=name).transpose("second", "band").values
    second, band = np.unravel_index(int(np.argmax(effect)), effect.shape)
    where = []
    if found.sizes["second"] > 1:
        start, end = (float(found[edge].values[second]) for edge in ("start", "end"))
        where.append(f"from {start:.2f} to {end:.2f} s")
    if found.sizes["band"] > 1:
        where.append(_band_names(found)[band])
    is_tested = "deletion" in found and name == found.attrs["target"]
    trust = tell_trust(found) if is_tested else "The map is unchecked"
    return (
        f"Map of the share of {name} ({percent(float(found['whole'].sel(emotion=name)))}) in "
        f"{found.attrs['utterance']} by {found.attrs['method']}: most rests on "
        f"{', '.join(where) or 'the whole'} ({amount(float(effect[second, band]))}). {trust}."
    )


def _emotion(found: xr.Dataset, emotion: str | None) -> str:
    needed = {"effect", "whole", "crest", "trough"}
    if missing := sorted(needed - set(getattr(found, "data_vars", ()))):
        raise ExplanationError(
            "found must come from sottovoce.explain.occlusion or gradients; it lacks "
            f"{', '.join(missing)}"
        )
    return choose(found["effect"], "emotion", emotion or str(found.attrs["target"]))


def _subtitle(found: xr.Dataset, name: str, *, is_tested: bool) -> str:
    share = percent(float(found["whole"].sel(emotion=name)))
    how = str(found.attrs["method"])
    if "fill" in found.attrs:
        how = f"covered by {found.attrs['fill']}"
    return f"share {share}; {how}" + ("" if is_tested else "; unchecked")


def _draw_seconds(ax: Axes, found: xr.Dataset, effect: np.ndarray, color: str) -> None:
    bare_axes(ax, grid="y")
    second = found["second"].values
    width = float(np.diff(second).min(initial=np.inf))
    width = width if np.isfinite(width) else float(found["end"].values[0])
    for sign, shade in ((1, color), (-1, lighten(color, 0.6))):
        part = np.where(np.sign(effect) == sign, effect, 0)
        ax.bar(second, part, width, color=shade, edgecolor="white", linewidth=0.4)
    ax.axhline(0, color=INK, linewidth=0.8)
    most = max(float(np.abs(effect).max()), 0.02)
    ax.set_ylim(-1.1 * most if effect.min() < 0 else 0, 1.1 * most)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:+.0%}".replace("-", "−"))
    _time_axis(ax, found)
    ax.set_ylabel("share that rests on it", fontsize=9.5, color=FAINT_INK, **font())


def _draw_bands(ax: Axes, found: xr.Dataset, effect: np.ndarray, color: str) -> None:
    bare_axes(ax, grid="x")
    shades = [color if value >= 0 else lighten(color, 0.6) for value in effect]
    ax.barh(range(len(effect)), effect, 0.7, color=shades)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(effect)), _band_names(found), fontsize=9)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}".replace("-", "−"))
    ax.set_xlabel("share that rests on it", fontsize=9.5, color=FAINT_INK, **font())


def _draw_cells(ax: Axes, found: xr.Dataset, effect: np.ndarray) -> None:
    most = max(float(np.abs(effect).max()), 0.02)
    second = found["second"].values
    half = float(np.diff(second).min()) / 2
    edges = np.append(second - half, second[-1] + half)
    image = ax.pcolormesh(
        edges,
        np.arange(effect.shape[1] + 1) - 0.5,
        effect.T,
        cmap="RdBu",
        vmin=-most,
        vmax=most,
    )
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, colors=INK)
    ax.set_yticks(range(effect.shape[1]), _band_names(found), fontsize=9)
    _time_axis(ax, found)
    bar = figure_of(ax).colorbar(image, cax=ax.inset_axes((1.015, 0, 0.018, 1)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8, labelcolor=INK)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:+.0%}".replace("-", "−"))


def _time_axis(ax: Axes, found: xr.Dataset) -> None:
    ax.set_xlim(0, float(found.attrs["duration"]))
    ax.tick_params(labelsize=9, labelcolor=FAINT_INK)
    ax.set_xlabel("seconds", fontsize=9.5, color=FAINT_INK, **font())


def _draw_wave(ax: Axes, found: xr.Dataset) -> None:
    wave = ax.inset_axes((0, 1 + WAVE_AWAY, 1, WAVE))
    wave.fill_between(
        found["moment"].values,
        found["trough"].values,
        found["crest"].values,
        color=FAINT_INK,
        linewidth=0,
    )
    wave.set_xlim(ax.get_xlim())
    wave.axis("off")


def _band_names(found: xr.Dataset) -> list[str]:
    pairs = zip(found["low"].values, found["high"].values, strict=True)
    return [f"{low / 1000:.3g}–{high / 1000:.3g} kHz" for low, high in pairs]
