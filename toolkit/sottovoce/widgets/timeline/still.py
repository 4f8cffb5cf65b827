"""Timeline without a kernel: a figure, a page, and the Python that makes the numbers."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from sottovoce.markup import ON_THE_LEFT, Markup, data_uri, image, joined, tag
from sottovoce.plots.style import FAINT_INK, GRID, INK, bare_axes
from sottovoce.plots.text import drawable, font, shortened
from sottovoce.widgets.shared.readings import readout_code, run_code
from sottovoce.widgets.shared.sound import envelope, wav_bytes
from sottovoce.widgets.shared.still import page

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sottovoce.audio import Recording

MOST_BYTES = 10 * 10**6
HATCH = "////"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "img{max-width:100%}audio{width:100%}div{overflow-x:auto}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
    "th,td{padding:.2rem .8rem .2rem 0;text-align:right;border-bottom:1px solid #ddd;"
    "white-space:nowrap}td.text{text-align:left;white-space:normal;overflow-wrap:anywhere}"
)


def capture_code(
    model: str,
    source: Any,
    name: str | None,
    seconds: float,
    hop: float | None,
    prompt: Any,
    tokens: Any,
) -> str:
    """Return the Python that cuts a recording and captures its windows."""
    plain = (str, dict)
    lines = ["from sottovoce.audio import windows", f"model = sottovoce.load_model({model!r})"]
    if isinstance(source, str | os.PathLike):
        told = repr(os.fspath(source))
    else:
        told = "source"
        lines.append("# source: the sound that Timeline.of was given")
    named = f", id={name!r}" if name else ""
    lines.append(f"recording = sottovoce.load_recording({told}, rate=model.rate{named})")
    options = ""
    if tokens is not None:
        options = f", tokens={tokens!r}" if isinstance(tokens, plain) else ", tokens=tokens"
    asked = prompt if isinstance(prompt, str) else _names(prompt)
    if asked is None:
        lines.append("# prompt: the one that Timeline.of was given")
    lines.append(
        f"run = sottovoce.capture(model, windows(recording, {seconds!r}, {hop!r}), "
        f"{'prompt' if asked is None else repr(asked)}{options})"
    )
    return "\n".join(lines)


def timeline_code(
    run: xr.Dataset,
    made: str,
    recording: str,
    prompt: str,
    readout: str,
    steps: str | list[int],
) -> str:
    """Return the Python that makes the shares of the windows, and their entropy."""
    return "\n".join(
        [
            "import sottovoce",
            "from sottovoce.evaluation import entropy",
            "",
            made or run_code(run, "run", "Timeline"),
            f"chosen = (run.recording == {recording!r}).values",
            'timeline = run.isel(utterance=chosen).sortby("start")',
            f"shares = {readout_code('timeline', readout, steps)}.sel(prompt={prompt!r})",
            "uncertainty = entropy(shares)  # bits",
            "",
        ]
    )


def timeline_figure(state: dict[str, Any], sound: Recording | None) -> Figure:
    """Return the ribbon, and below it the uncertainty and the outline of the sound."""
    from sottovoce.widgets.shared.figure import StillFigure

    drawn = StillFigure(figsize=(11, 4.6), layout="constrained")
    ratios = [6, 1.6, 2] if sound else [6, 1.6]
    axes = drawn.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
    _ribbon(axes[0], state)
    _uncertainty(axes[1], state)
    if sound:
        _outline(axes[2], sound)
    for ax in axes:
        ax.tick_params(labelsize=9, labelcolor=FAINT_INK)
    axes[-1].set_xlabel("seconds", fontsize=9, color=FAINT_INK)
    axes[0].set_xlim(0, state["duration"])
    title = f"{shortened(state['recording'], 50)}  ·  {shortened(state['prompt'], 30)}"
    drawn.suptitle(
        drawable(f"{title}  ·  {state['readout']}"),
        x=0.01,
        ha="left",
        fontsize=12,
        fontweight="bold",
        color=INK,
        **font(),
    )
    return drawn


def timeline_html(state: dict[str, Any], sound: Recording | None) -> str:
    """Return one page with the picture, the sound unless it is too large, and a table."""
    buffer = io.BytesIO()
    timeline_figure(state, sound).savefig(buffer, format="png", dpi=150)
    title = f"{state['recording']} · {state['prompt']} · {state['readout']}"
    return page(
        title,
        tag("h1", title),
        image(buffer.getvalue(), describe(state)),
        _player(sound),
        tag("p", OVERLAP) if state["overlapping"] else Markup(),
        tag("div", timeline_table(state)),
        style=STYLE,
    )


def timeline_table(state: dict[str, Any]) -> Markup:
    """Return a row a window: when, the shares, the entropy, and what was said or went wrong."""
    names = [one["name"] for one in state["emotions"]]
    heads = ["from, s", "to, s", *names, "entropy, bits", "answer"]
    rows = []
    for window in state["windows"]:
        shares = window["shares"] or [None] * len(names)
        cells = [tag("td", f"{window[end]:.1f}") for end in ("start", "end")]
        cells += [tag("td", "–" if share is None else f"{share:.1%}") for share in shares]
        uncertain = window["entropy"]
        cells.append(tag("td", "–" if uncertain is None else f"{uncertain:.2f}"))
        said = tag("em", window["message"]) if window["message"] else tag("q", window["answer"])
        rows.append(tag("tr", *cells, tag("td", said, class_="text", style=ON_THE_LEFT)))
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    return tag("table", tag("thead", head), tag("tbody", joined(*rows)))


OVERLAP = (
    "The windows overlap: a moment is drawn in the window whose middle is nearer, and each row of "
    "the table says what its window heard."
)


def describe(state: dict[str, Any]) -> str:
    """Say in a few sentences which emotion leads when, to stand in for the picture."""
    names = [one["name"] for one in state["emotions"]]
    turns: list[tuple[float, str]] = []
    for window in state["windows"]:
        shares = window["shares"]
        leading = "no answer" if shares is None else names[int(np.argmax(shares))]
        if not turns or turns[-1][1] != leading:
            turns.append((window["from"], leading))
    told = ", ".join(f"{name} from {start:.1f} s" for start, name in turns)
    count = len(state["windows"])
    return f"Shares of {len(names)} emotions in {count} windows over time. Largest: {told}."


def _names(prompts: Any) -> list[str] | None:
    """Return prompts that are texts as a list, or nothing."""
    listed = list(prompts) if isinstance(prompts, list | tuple) else []
    return listed if listed and all(isinstance(one, str) for one in listed) else None


def _ribbon(ax: Axes, state: dict[str, Any]) -> None:
    bare_axes(ax, grid="y")
    windows = [window for window in state["windows"] if window["shares"]]
    starts = np.array([window["from"] for window in windows])
    widths = np.array([window["to"] for window in windows]) - starts
    above = np.ones(len(windows))  # the first emotion on top, as in the legend's order
    for i, one in enumerate(state["emotions"]):
        heights = np.array([window["shares"][i] for window in windows])
        ax.bar(
            starts,
            heights,
            widths,
            bottom=above - heights,
            align="edge",
            color=one["color"],
            edgecolor="white",
            linewidth=0.5 if len(windows) < 150 else 0,
            label=drawable(shortened(one["name"], 20)),
        )
        above = above - heights
    for window in state["windows"]:
        if not window["shares"]:
            gap = (window["from"], 0), window["to"] - window["from"], 1
            ax.add_patch(_gap(*gap))
    ax.set_ylim(0, 1)
    ax.set_ylabel("share", fontsize=9, color=FAINT_INK)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    legend = ax.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=min(len(state["emotions"]), 8),
        frameon=False,
        fontsize=9,
        handlelength=1,
        borderaxespad=0.2,
    )
    for text in legend.get_texts():
        text.set(color=INK, **font())


def _gap(corner: tuple[float, float], width: float, height: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(corner, width, height, facecolor="white", edgecolor=GRID, hatch=HATCH)


def _uncertainty(ax: Axes, state: dict[str, Any]) -> None:
    bare_axes(ax, grid="y")
    for window in state["windows"]:
        if window["entropy"] is not None:
            across = [window["from"], window["to"]]
            ax.plot(across, [window["entropy"]] * 2, color=INK, linewidth=1.4)
    ax.set_ylim(0, state["most_entropy"])
    ax.set_ylabel("entropy,\nbits", fontsize=9, color=FAINT_INK)


def _outline(ax: Axes, sound: Recording) -> None:
    bare_axes(ax, grid="y")
    ax.grid(False)
    lines = envelope(sound, 1600)
    time = np.linspace(0, sound.duration, len(lines["low"]), endpoint=False)
    ax.fill_between(time, lines["low"], lines["high"], color=FAINT_INK, linewidth=0)
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.set_ylabel("sound", fontsize=9, color=FAINT_INK)


def _player(sound: Recording | None) -> Markup:
    if sound is None:
        return Markup()
    if 2 * len(sound.samples) > MOST_BYTES:
        return tag("p", f"The sound, {sound.duration:.0f} s, is too large for this page.")
    held = data_uri(wav_bytes(sound), "audio/wav")
    label = f"Recording {sound.id}"
    return tag("audio", controls=True, preload="metadata", src=held, aria_label=label)
