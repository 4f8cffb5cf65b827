"""An annotator without a kernel: what was rated so far, and the Python that reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sottovoce.markup import ON_THE_LEFT, Markup, tag
from sottovoce.plots.style import FAINT_INK, INK, bare_axes, concept_colors
from sottovoce.plots.text import drawable, font, set_font, shortened
from sottovoce.vocabulary import EMOTIONS
from sottovoce.widgets.annotator.listening import OTHER
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sottovoce.widgets.annotator.listening import Listening
    from sottovoce.widgets.shared.shelf import Shelf

PAGE_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.3rem 1rem .3rem 0;text-align:left;"
    "border-bottom:1px solid #8886;overflow-wrap:anywhere}td{font-variant-numeric:tabular-nums}"
    "caption{text-align:left;font-weight:600;padding-bottom:.3rem;white-space:nowrap}"
)
RATER_COLOR = "#5B4B8A"
LONGEST_NAME = 24


def annotator_code(listening: Listening, shelf: Shelf) -> str:
    """Return the Python that reads the ratings as votes, with the recordings if they are files."""
    path = str(listening.file.path)
    paths = [entry.path for entry in shelf.entries.values()]
    own = OTHER in listening.choices or listening.emotions != list(EMOTIONS)
    options = ", emotions=emotions" if own else ""
    lines = [f"emotions = {listening.emotions!r}"] if own else []
    if None in paths:
        lines += [
            "# Not all recordings lie in files: votes without them.",
            f"votes = load_votes({path!r}{options})",
        ]
    else:
        root = os.path.commonpath([str(one.absolute().parent) for one in paths if one])
        lines += [
            f"corpus = sottovoce.load_corpus({path!r}, root={root!r}{options})",
            "votes = corpus.votes",
        ]
    lines.append("shares = reference_distribution(votes)")
    if listening.n_shared:
        lines.append(f"agreement = krippendorff_alpha(load_ratings({path!r}))")
    lines.append("# sottovoce.evaluate(sottovoce.read_out(run), votes) holds a run against them.")
    text = "\n".join(lines) + "\n"
    imports = {
        "sottovoce.corpora": ["load_ratings", "load_votes"],
        "sottovoce.evaluation": ["krippendorff_alpha", "reference_distribution"],
    }
    head = ["import sottovoce"]
    for module, names in imports.items():
        used = [name for name in names if f"{name}(" in text]
        head += [f"from {module} import {', '.join(used)}"] if used else []
    return "\n".join([*head, "", text])


def agreement_in_words(alpha: xr.Dataset, n_raters: int) -> str:
    """Return the agreement as a sentence.

    Examples
    --------
    >>> import xarray as xr
    >>> numbers = {"alpha": 0.412, "low": 0.3, "high": 0.52, "n": 20, "n_ratings": 57}
    >>> agreement_in_words(xr.Dataset(numbers, attrs={"confidence": 0.95}), 3)
    "Krippendorff's alpha .41, 95 % interval .30 to .52, over 20 clips that two or more of 3
    listeners rated (57 answers)."
    """
    value, low, high = (float(alpha[name]) for name in ("alpha", "low", "high"))
    n, n_ratings = int(alpha["n"]), int(alpha["n_ratings"])
    over = (
        f"over {n} clip{'s' * (n != 1)} that two or more of {n_raters} listeners rated "
        f"({n_ratings} answers)"
    )
    if value != value:
        return f"All answers are the same, so Krippendorff's alpha is not defined, {over}."
    interval = f"{100 * alpha.attrs['confidence']:g} % interval {_short(low)} to {_short(high)}"
    if low != low:
        interval = "too few clips for an interval"
    return f"Krippendorff's alpha {_short(value)}, {interval}, {over}."


def annotator_table(listening: Listening, agreement: str) -> Markup:
    """Return who has rated how many clips, and what was chosen; no clip is named."""
    chosen, whose = _chosen(listening)
    return tag(
        "div",
        _table(
            f"Clips rated or skipped, of {len(listening.order)}",
            ("rater", "clips"),
            listening.progress,
        ),
        _table(whose, ("emotion", "times"), chosen),
        tag("p", agreement) if agreement else "",
    )


def annotator_html(listening: Listening, agreement: str) -> str:
    """Return the tables as one page."""
    title = f"Ratings in {listening.file.path.name}"
    return page(
        title,
        tag("main", tag("h1", title), annotator_table(listening, agreement)),
        style=PAGE_STYLE,
    )


def annotator_figure(listening: Listening, agreement: str) -> Figure:
    """Return the same as bars."""
    from sottovoce.widgets.shared.figure import StillFigure

    progress = listening.progress
    chosen, whose = _chosen(listening)
    rows = max(len(progress), len(chosen))
    figure = StillFigure(figsize=(9, 0.36 * rows + 1.3), layout="constrained")
    left, right = figure.subplots(1, 2)
    total = len(listening.order)
    _bars(left, progress, dict.fromkeys(progress, RATER_COLOR), rows, of=total)
    left.set_xlim(0, max(total, 1) * 1.15)
    left.set_title(f"Clips rated or skipped, of {total}", loc="left", fontsize=10, color=INK)
    _bars(right, chosen, concept_colors(chosen), rows, of=None)
    right.set_xlim(0, max(1, *chosen.values()) * 1.15)
    right.set_title(drawable(whose), loc="left", fontsize=10, color=INK, **font())
    if agreement:
        figure.supxlabel(drawable(agreement), fontsize=9, color=FAINT_INK)
    return figure


def _chosen(listening: Listening) -> tuple[dict[str, int], str]:
    """Return how often what was chosen: by this rater alone while there is something to rate."""
    if listening.current is None:
        counts, whose = listening.chosen(), "What was chosen, by all"
    else:
        counts = listening.chosen(listening.rater)
        whose = f"What was chosen, by {shortened(listening.rater, LONGEST_NAME)}"
    return {listening.choices.get(word, word): n for word, n in counts.items()}, whose


def _bars(
    ax: Axes, numbers: Mapping[str, int], colors: Mapping[str, str], rows: int, of: int | None
) -> None:
    places = range(len(numbers))
    if of is not None:
        ax.barh(places, [of] * len(numbers), height=0.62, color="#EDEDED")
    ax.barh(places, list(numbers.values()), height=0.62, color=[colors[name] for name in numbers])
    for place, number in zip(places, numbers.values(), strict=True):
        at = max(number, of or 0)
        ax.annotate(
            str(number),
            (at, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=INK,
        )
    names = [drawable(shortened(name, LONGEST_NAME)) for name in numbers]
    ax.set_yticks(list(places), names, fontsize=9)
    set_font(*ax.get_yticklabels())
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_xticks([])
    bare_axes(ax, grid="x")


def _table(caption: str, heads: tuple[str, str], numbers: Mapping[str, int]) -> Markup:
    rows = [
        tag("tr", tag("th", name, scope="row", style=ON_THE_LEFT), tag("td", number))
        for name, number in numbers.items()
    ]
    name, number = heads
    head = tag(
        "tr", tag("th", name, scope="col", style=ON_THE_LEFT), tag("th", number, scope="col")
    )
    return tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows))


def _short(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
