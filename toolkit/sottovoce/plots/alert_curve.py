"""How often alerts are right, and how many cases they find, at every threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce.alerts import Rule
from sottovoce.errors import AlertError, require_one_of
from sottovoce.plots.layout import new_axes, set_titles, settle
from sottovoce.plots.shares import amount
from sottovoce.plots.square import interval_over
from sottovoce.plots.style import FAINT_INK, INK, POINT_COLOR, bare_axes, text_color
from sottovoce.plots.text import drawable, font

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

RECALL_COLOR = "#44AA99"
DRAWN = (("precision", POINT_COLOR), ("recall", RECALL_COLOR))


def alert_curve(curve: xr.Dataset, *, prompt: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw precision and recall of an alert by its threshold, with their intervals.

    The dashed line is the prevalence: the precision of alarming always. The upright line is the
    threshold that the rule has.

    Parameters
    ----------
    curve
        From :func:`sottovoce.alerts.threshold_curve`.
    prompt
        Which; may be left out where there is only one.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    AlertError
        If it is no such curve, has no such prompt, or it was not said which.

    See Also
    --------
    describe_alert_curve : The same in a sentence, for those who cannot see it.

    Examples
    --------
    >>> import sottovoce
    >>> from sottovoce import alerts
    >>> corpus = sottovoce.load_corpus("sample")
    >>> run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, "one_word")
    >>> curve = alerts.threshold_curve("sad above .5", sottovoce.read_out(run), corpus)
    >>> alert_curve(curve).get_title(loc="left")
    'one_word  ·  sad above 0.5'
    """
    name, one, rule = _select(curve, prompt)
    if ax is None:
        ax = new_axes(6.4, 4.2)
    bare_axes(ax, grid="y")
    thresholds = one["threshold"].values
    for measure, color in DRAWN:
        part = one.sel(measure=measure)
        ax.fill_between(thresholds, part["low"], part["high"], color=color, alpha=0.15, linewidth=0)
        ax.plot(thresholds, part["value"], color=color, linewidth=1.8, label=measure)
    prevalence = float(one["value"].sel(measure="prevalence")[0])
    ax.axhline(prevalence, color=FAINT_INK, linewidth=1, linestyle=(0, (4, 3)))
    ax.axvline(rule.conditions[0].threshold, color=INK, linewidth=1, alpha=0.5)
    ax.set_ylim(0, 1.02)
    ax.set_xlim(thresholds[0], thresholds[-1])
    ax.set_yticks(np.linspace(0, 1, 6), [f"{tick:.0%}" for tick in np.linspace(0, 1, 6)])
    ax.set_xlabel(drawable(_axis(rule)), color=INK, **font())
    _write_names(ax, one, prevalence)
    settle(ax)
    set_titles(ax, drawable(_title(name, rule)), drawable(_told(curve, one)))
    settle(ax)
    return ax


def describe_alert_curve(curve: xr.Dataset, *, prompt: str | None = None) -> str:
    """Say in a few sentences what `alert_curve` draws, to stand in for the picture.

    Parameters
    ----------
    curve, prompt
        As for `alert_curve`.

    Returns
    -------
    str
        Plain text; escape it before it goes into HTML.
    """
    name, one, rule = _select(curve, prompt)
    about = rule.conditions[0]
    at = int(np.abs(one["threshold"].values - about.threshold).argmin())
    nearest = one.isel(threshold=at)
    told = []
    for measure, _ in DRAWN:
        part = nearest.sel(measure=measure)
        value, low, high = (amount(part[key].item()) for key in ("value", "low", "high"))
        told.append(f"{measure} {value} [{low}, {high}]")
    of = f" (prompt {name})" if name else ""
    return (
        f"Precision and recall of the alert {str(rule)!r}{of} by its threshold, against "
        f"{curve.attrs['truth']!r} among the listeners. At {nearest['threshold'].item():g}: "
        f"{' and '.join(told)}. {_told(curve, one)}."
    )


def _select(curve: xr.Dataset, prompt: str | None) -> tuple[str, xr.Dataset, Rule]:
    if not {"threshold", "measure", "prompt"} <= set(curve.dims) or "truth" not in curve.attrs:
        raise AlertError("this is no such curve: give what alerts.threshold_curve returned")
    names = [str(name) for name in curve["prompt"].values]
    if prompt is None:
        if len(names) > 1:
            raise AlertError(f"say which prompt is to be drawn: {', '.join(map(repr, names))}")
        prompt = names[0]
    require_one_of("prompt", prompt, names, AlertError)
    return prompt, curve.isel(prompt=names.index(prompt)), Rule.parse(curve.attrs["rule"])


def _axis(rule: Rule) -> str:
    about = rule.conditions[0]
    return f"threshold: {' + '.join(about.signal)} {about.side}" + (
        " (bits)" if about.is_ambiguity else ""
    )


def _title(name: str, rule: Rule) -> str:
    return "  ·  ".join(filter(None, (name, str(rule))))


def _told(curve: xr.Dataset, one: xr.Dataset) -> str:
    n, true = one["n"].item(), one["n_true"].item()
    return f"{true:,} of {n:,} are cases ({curve.attrs['truth']}); {interval_over(curve)}"


def _write_names(ax: Axes, one: xr.Dataset, prevalence: float) -> None:
    """Write between the lines what they are, where they are furthest apart."""
    thresholds = one["threshold"].values
    values = {measure: one["value"].sel(measure=measure).values for measure, _ in DRAWN}
    apart = np.abs(values["precision"] - values["recall"])
    inner = (thresholds > thresholds[-1] * 0.1) & (thresholds < thresholds[-1] * 0.6)
    apart = np.where(inner & ~np.isnan(apart), apart, -1)
    at = int(apart.argmax())
    higher = max(values, key=lambda measure: np.nan_to_num(values[measure][at]))
    for measure, color in DRAWN:
        ax.annotate(
            measure,
            (thresholds[at], np.nan_to_num(values[measure][at])),
            (0, -7 if measure == higher else 7),
            textcoords="offset points",
            ha="center",
            va="top" if measure == higher else "bottom",
            color=text_color(color),
            fontweight="bold",
            fontsize=10,
        )
    ax.annotate(
        "prevalence",
        (thresholds[-1], prevalence),
        (-2, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=FAINT_INK,
        fontsize=9,
    )
