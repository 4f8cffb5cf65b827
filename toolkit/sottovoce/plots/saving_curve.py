"""What alerts save at every threshold, and what the chosen one saves on held-out speakers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.alerts import Rule
from sottovoce.errors import AlertError
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.square import interval_over
from sottovoce.plots.style import FAINT_INK, INK, POINT_COLOR, bare_axes
from sottovoce.plots.text import drawable, font

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def saving_curve(choice: xr.Dataset, *, ax: Axes | None = None) -> Axes:
    """Draw the saving by threshold, and beside the chosen one what it saves on held-out speakers.

    The line is the saving on the speakers among whom the threshold was chosen, with its interval;
    the dot, with its interval, the saving on speakers that had no part in the choice. Below the
    dashed line alerts cost more than they save; losses far below are cut off.

    Parameters
    ----------
    choice
        From :func:`sottovoce.alerts.choose_threshold`.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    AlertError
        If it is no choice of a threshold.

    See Also
    --------
    describe_saving_curve : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce import alerts
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, "one_word")
    >>> assumed = alerts.Assumptions(n_per_month=1000, cost_of_miss=20, cost_of_review=2)
    >>> shares = sottovoce.read_out(run)
    >>> choice = alerts.choose_threshold("sad above .5", shares, corpus, assumed)
    >>> saving_curve(choice).get_ylabel()
    'saved in 12 months (EUR)'
    """
    rule = _rule(choice)
    if ax is None:
        ax = new_axes(6.4, 4.2)
    bare_axes(ax, grid="y")
    thresholds, chosen = choice["threshold"].values, choice["chosen"].item()
    low, high = choice["curve_low"], choice["curve_high"]
    ax.fill_between(thresholds, low, high, color=POINT_COLOR, alpha=0.15, linewidth=0)
    ax.plot(thresholds, choice["curve"], color=POINT_COLOR, linewidth=1.6)
    ax.axhline(0, color=FAINT_INK, linewidth=1, linestyle=(0, (4, 3)))
    saving = choice.sel(quantity="saving")
    ax.vlines(chosen, saving["low"], saving["high"], color=INK, linewidth=1.6, zorder=3)
    ax.plot(
        chosen,
        saving["value"].item(),
        marker="o",
        markersize=7,
        color=INK,
        markeredgecolor="white",
        zorder=4,
        gid="held out",
    )
    held_out = saving["value" if np.isnan(saving["low"]) else "low"].item()
    ax.annotate(
        "on held-out speakers" if choice.attrs["held_out"] == "speaker" else "held out",
        (chosen, held_out),
        (0, -5),
        textcoords="offset points",
        ha="center",
        va="top",
        color=INK,
        fontsize=9,
    )
    about = rule.conditions[0]
    unit = " (bits)" if about.is_ambiguity else ""
    ax.set_xlabel(
        drawable(f"threshold: {' + '.join(about.signal)} {about.side}{unit}"), color=INK, **font()
    )
    ax.set_xlim(thresholds[0], thresholds[-1])
    ax.set_ylim(*_limits(choice))
    ax.set_ylabel(
        drawable(f"saved in {choice.attrs['months']:g} months ({choice.attrs['currency']})"),
        color=INK,
        **font(),
    )
    ax.yaxis.set_major_formatter(lambda value, _: _money(value))
    settle(ax)
    set_titles(ax, drawable(str(rule)), drawable(_told(choice)))
    settle(ax)
    return ax


def describe_saving_curve(choice: xr.Dataset) -> str:
    """Say in a few sentences what `saving_curve` draws, to stand in for the picture.

    Parameters
    ----------
    choice
        As for `saving_curve`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    rule = _rule(choice)
    flattering = choice["value"].sel(quantity="saving_as_chosen").item()
    notes = choice.attrs["notes"]
    return (
        f"Saving of the alert {str(rule)!r} by its threshold. {_told(choice)}. On the speakers "
        f"that it was chosen on, the saving would be {_money(flattering)}."
        + (f" {notes}" if notes else "")
    ).replace("\n", " ")


def _rule(choice: xr.Dataset) -> Rule:
    if not {"curve", "chosen", "chosen_in_fold"} <= set(choice):
        raise AlertError("this is no choice: give what alerts.choose_threshold returned")
    return Rule.parse(choice.attrs["rule"])


def _limits(choice: xr.Dataset) -> tuple[float, float]:
    """Return the range that holds all gains, the chosen threshold, and losses of like size."""
    saving = choice.sel(quantity="saving")
    told = [saving[name].item() for name in ("value", "low", "high")]
    every = np.concatenate([choice[name].values for name in ("curve", "curve_low", "curve_high")])
    never = max(choice["curve"].values[0], choice["curve"].values[-1])
    top = np.nanmax([0, *told, *every])
    kept = np.nanmin([0, never, *told])
    bottom = max(np.nanmin([0, *told, *every]), kept - 0.6 * (top - kept))
    room = 0.06 * max(top - bottom, 1)
    return float(bottom - room), float(top + room)


def _told(choice: xr.Dataset) -> str:
    saving = choice.sel(quantity="saving")
    value, low, high = (saving[name].item() for name in ("value", "low", "high"))
    told = f"Saves {_money(value)} {choice.attrs['currency']}"
    if np.isnan(low):
        return f"{told}, held out, without an interval"
    return f"{told} [{_money(low)}, {_money(high)}], held out, {interval_over(choice)}"


def _money(value: float) -> str:
    return f"{round(value):,}".replace("-", "−")
