"""The linked view without a kernel: a figure, a page that still moves, and a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sottovoce.markup import ON_THE_LEFT, Markup, data_uri, tag
from sottovoce.plots.text import percent
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from matplotlib.figure import Figure

PAGE_STYLE = """
body { margin: 0; }
main { max-width: 1100px; margin: 0 auto; padding: 16px; }
.sottovoce-page { min-height: 100vh; }
"""


def draw(
    run: xr.Dataset, utterance: str, prompt: str, sources: Mapping[str, xr.DataArray]
) -> Figure:
    """Draw trajectories above the distribution.

    Raises
    ------
    RunError
        If the recording failed.
    """
    from sottovoce import plots
    from sottovoce.widgets.shared.figure import StillFigure

    figure = StillFigure(figsize=(9, 8), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(1.1, 1))
    plots.trajectories(run, utterance, prompt, ax=upper)
    if sources:
        plots.distribution_bars(sources, utterance, prompt, ax=lower)
    else:
        lower.remove()
    return figure


def html_table(answer: Mapping[str, Any], bars: Mapping[str, Any]) -> Markup:
    """Return what was answered and the shares as elements without scripts or styles of a page."""
    if not answer:
        return tag("p", "Nothing is shown yet.")
    title = tag("p", tag("b", answer["utterance"]), "  ·  ", answer["prompt"])
    if answer["status"] != "ok":
        return tag("div", title, tag("p", answer["message"]))
    said = tag("p", "The model said: ", tag("q", answer["text"]))
    return tag("div", title, said, _table(bars) if bars.get("sources") else "")


def html_page(state: Mapping[str, Any], audio: bytes, script: str, style: str) -> str:
    """Return one document with the state, the script that draws it, the sound, and the table.

    Parameters
    ----------
    state
        The traits that the script reads, of what JSON knows.
    audio
        A WAV file, or nothing.
    script, style
        Of the view; the script starts by itself.
    """
    answer = state["answer"]
    title = f"{answer['utterance']} · {answer['prompt']}"
    player = tag(
        "audio",
        id="sottovoce-audio",
        controls=True,
        preload="none",
        src=data_uri(audio, "audio/wav"),
        aria_label=f"Recording {answer['utterance']}",
    )
    still = tag(
        "div",
        html_table(answer, state["bars"]),
        player if audio else "",
        id="sottovoce-still",
    )
    return page(
        title,
        tag(
            "div",
            tag("main", still, tag("div", id="sottovoce-view")),
            class_="sottovoce sottovoce-page",
        ),
        tag("script", _json(state), type="application/json", id="sottovoce-state"),
        tag("script", Markup(script), type="module"),
        style=style + PAGE_STYLE,
    )


def _json(state: Mapping[str, Any]) -> Markup:
    """Return JSON in which nothing ends a script or begins a comment."""
    text = json.dumps(state, ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _table(bars: Mapping[str, Any]) -> Markup:
    emotions = [emotion["name"] for emotion in bars["emotions"]]
    head = tag("tr", tag("td"), *(tag("th", name, scope="col") for name in emotions))
    rows = []
    for source in bars["sources"]:
        shares = source["shares"]
        cells = (
            [tag("td", percent(share)) for share in shares]
            if shares
            else [tag("td", source["note"], colspan=len(emotions), style=ON_THE_LEFT)]
        )
        label = tag("th", source["label"], scope="row", style=ON_THE_LEFT)
        rows.append(tag("tr", label, *cells))
    return tag(
        "table",
        tag("caption", "Shares of the emotions"),
        tag("thead", head),
        tag("tbody", *rows),
    )
