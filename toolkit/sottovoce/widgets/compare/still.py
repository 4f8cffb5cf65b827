"""Compare without a kernel: a figure, a page, and the Python that makes the numbers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sottovoce.corpora import CORPORA
from sottovoce.markup import ON_THE_LEFT, Markup, image, joined, tag
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, text_color
from sottovoce.plots.text import drawable, font, percent, set_font, shortened
from sottovoce.widgets.compare.comparison import SIDES
from sottovoce.widgets.shared.readings import readout_code, run_code
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sottovoce.widgets.compare.comparison import Comparison, Side

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "img{max-width:100%}table{border-collapse:collapse}"
    "th,td{padding:.2rem .9rem;text-align:right;border-bottom:1px solid #ddd}"
    "th[scope=row]{text-align:left}p{overflow-wrap:anywhere}"
)


def compare_code(comparison: Comparison, left: Side, right: Side) -> str:
    """Return the Python that makes the shares of both sides, their difference and divergence."""
    lines = [
        "import sottovoce",
        "from sottovoce.evaluation import js_divergence, reference_distribution",
        "",
    ]
    names: dict[str, str] = {}
    for label, run in comparison.runs.items():
        if label in (left["run"], right["run"]):
            names[label] = f"run_{len(names) + 1}" if left["run"] != right["run"] else "run"
            lines.append(run_code(run, names[label], "Compare"))
    for name, side in zip(SIDES, (left, right), strict=True):
        read = readout_code(names[side["run"]], side["readout"], side["steps"])
        at = f"utterance={side['utterance']!r}, prompt={side['prompt']!r}"
        lines.append(f"{name} = {read}.sel({at}).reset_coords(drop=True)")
    emotions = [str(name) for name in comparison.shares(left, right)["emotion"].values]
    lines += [
        f"emotions = {emotions!r}",
        "left, right = left.reindex(emotion=emotions), right.reindex(emotion=emotions)",
        "difference = right - left",
        "divergence = js_divergence(left, right)  # bits",
    ]
    corpus = comparison.corpus
    if corpus is not None:
        lines.append(
            f"corpus = sottovoce.load_corpus({corpus.name!r})"
            if corpus.name in CORPORA
            else "# corpus: the one that Compare was given"
        )
        lines.append("reference = reference_distribution(corpus).reindex(emotion=emotions)")
        utterances = dict.fromkeys([left["utterance"], right["utterance"]])
        lines.append(f"listeners = reference.reindex(utterance={list(utterances)!r})")
    return "\n".join(lines) + "\n"


def compare_figure(state: dict[str, Any]) -> Figure:
    """Return mirrored bars of the two sides, and beside them the differences."""
    from sottovoce.widgets.shared.figure import StillFigure

    emotions = state["emotions"]
    drawn = StillFigure(figsize=(10, 0.42 * len(emotions) + 1.7), layout="constrained")
    axes = drawn.subplots(1, 3, sharey=True, width_ratios=[1, 1, 0.9])
    most = _most(state)
    for ax, side in zip(axes[:2], SIDES, strict=True):
        _bars(ax, state, side, most)
    _lollipops(axes[2], emotions)
    axes[0].set_ylim(len(emotions) - 0.5, -0.5)
    names = [drawable(shortened(one["name"], 20)) for one in emotions]
    axes[1].set_yticks(range(len(emotions)), names)
    axes[1].tick_params(axis="y", labelleft=True, pad=8)  # between the mirrored bars, once
    for label, one in zip(axes[1].get_yticklabels(), emotions, strict=True):
        label.set(fontsize=11, fontweight="bold", color=text_color(one["color"]))
    set_font(*axes[1].get_yticklabels())
    for ax in (axes[0], axes[2]):
        ax.tick_params(axis="y", labelleft=False)
    drawn.supxlabel(drawable(_sentence(state)), fontsize=9, color=FAINT_INK, **font())
    return drawn


def compare_html(state: dict[str, Any]) -> str:
    """Return one page with the picture, the answers and the numbers."""
    buffer = io.BytesIO()
    compare_figure(state).savefig(buffer, format="png", dpi=150)
    title = " / ".join(state[side]["title"] for side in SIDES)
    answers = [
        tag("p", tag("strong", f"{side.title()}: {state[side]['title']}"), ": ", _said(state[side]))
        for side in SIDES
    ]
    return page(
        title,
        tag("h1", title),
        image(buffer.getvalue(), _description(state)),
        tag("p", _sentence(state)),
        *answers,
        compare_table(state),
        style=STYLE,
    )


def compare_table(state: dict[str, Any]) -> Markup:
    """Return the shares, the differences in points and the listeners as a table."""
    heads = ["", *(f"{side}: {state[side]['title']}" for side in SIDES), "difference, points"]
    if state["reference"]:
        heads += [f"listeners, {side}" for side in SIDES]
    rows = []
    for i, one in enumerate(state["emotions"]):
        cells = [_share(one[side]) for side in SIDES]
        cells.append("–" if one["difference"] is None else f"{100 * one['difference']:+.1f}")
        if state["reference"]:
            cells += [_share(state[side]["listeners"][i]) for side in SIDES]
        name = tag("th", one["name"], scope="row", style=ON_THE_LEFT)
        rows.append(tag("tr", name, *(tag("td", cell) for cell in cells)))
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    return tag("table", tag("thead", head), tag("tbody", joined(*rows)))


def _bars(ax: Axes, state: dict[str, Any], side: str, most: float) -> None:
    bare_axes(ax, grid="x")
    ax.set_title(
        drawable(shortened(f"{side.title()}: {state[side]['title']}", 44)),
        fontsize=11,
        fontweight="bold",
        color=INK,
        loc="right" if side == "left" else "left",
        **font(),
    )
    sign = -1 if side == "left" else 1
    for i, one in enumerate(state["emotions"]):
        if one[side] is None:
            continue
        ax.barh(i, one[side], height=0.55, color=one["color"])
        heard = (state[side]["listeners"] or {i: None})[i]
        # The number stands behind the mark of the listeners where the two would meet.
        meet = heard is not None and abs(heard - one[side]) < 0.15 * most
        ax.annotate(
            percent(one[side]),
            (max(one[side], heard) if meet else one[side], i),
            (sign * (8 if meet else 4), 0),
            textcoords="offset points",
            ha="right" if side == "left" else "left",
            va="center",
            fontsize=9,
            color=INK,
        )
        if heard is not None:
            ax.plot(heard, i, "D", mfc="white", mec=INK, ms=5, clip_on=False, zorder=4)
    if state[side]["message"]:
        ax.text(0.5, 0.5, "nothing to show", transform=ax.transAxes, ha="center", color=FAINT_INK)
    ax.set_xlim((most, 0) if side == "left" else (0, most))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)
    ax.axvline(0, color=FAINT_INK, linewidth=1)


def _lollipops(ax: Axes, emotions: list[dict[str, Any]]) -> None:
    bare_axes(ax, grid="x")
    ax.set_title("Right less left, points", fontsize=11, fontweight="bold", color=INK)
    ax.axvline(0, color=FAINT_INK, linewidth=1)
    known = [(i, one) for i, one in enumerate(emotions) if one["difference"] is not None]
    most = max([5.0, *(abs(100 * one["difference"]) for _, one in known)])
    for i, one in known:
        value = 100 * one["difference"]
        ax.plot([0, value], [i, i], color=one["color"], linewidth=2.5)
        ax.plot(value, i, "o", color=one["color"], ms=7)
        ax.annotate(
            f"{value:+.0f}" if abs(value) >= 0.5 else f"{value:+.1f}",
            (value, i),
            (-8 if value < 0 else 8, 0),
            textcoords="offset points",
            ha="right" if value < 0 else "left",
            va="center",
            fontsize=9,
            color=INK,
        )
    ax.set_xlim(-1.35 * most, 1.35 * most)
    ax.tick_params(axis="x", labelsize=9, labelcolor=FAINT_INK)


def _most(state: dict[str, Any]) -> float:
    shares = [one[side] for one in state["emotions"] for side in SIDES]
    heard = [share for side in SIDES for share in state[side]["listeners"] or []]
    known: list[float] = [share for share in shares + heard if share is not None]
    return 1.18 * max([0.1, *known])


def _sentence(state: dict[str, Any]) -> str:
    told = (
        f"Jensen-Shannon divergence {_bits(state['js'])} bits (0: the same, 1: nothing in common)"
    )
    if state["reference"]:
        left, right = (_bits(state[side]["js_listeners"]) for side in SIDES)
        told += f"; from the listeners (◇): left {left}, right {right}"
    return told + (f". {state['note']}" if state["note"] else "")


def _description(state: dict[str, Any]) -> str:
    told = []
    for side in SIDES:
        listed = ", ".join(f"{one['name']} {_share(one[side])}" for one in state["emotions"])
        told.append(f"{side.title()}, {state[side]['title']}: {state[side]['message'] or listed}.")
    return " ".join([*told, _sentence(state)])


def _said(side: dict[str, Any]) -> Markup:
    return tag("em", side["message"]) if side["message"] else tag("q", side["answer"])


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _bits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
