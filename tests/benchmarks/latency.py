"""How long it takes from another choice to the redrawn bars: the Explorer in a browser.

    python tests/benchmarks/latency.py [--servers voila lab] [--changes 40]

Starts Voila and JupyterLab on free ports with an Explorer that has been asked for percentages, and
changes in a headless Chromium the read-out, the steps, the range of steps by a key on its handle,
and the spellings that count, again and again. Prints a Markdown table of the time from the change
in the page to the redrawn bars, and to the frame that shows them, by the clock of the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "widgets" / "stack"))

from explorer_page import LONG, ExplorerPage
from servers import TOKEN, lab, stay_here, voila, write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

TARGET = 100.0  # ms, the median
WARM_UP = 5
UTTERANCE = "anna_disgusted-happy_3"
NOTEBOOK = "latency.ipynb"
EXPLORER = f"""
from sottovoce.widgets import Explorer
explorer = Explorer()
explorer.select("{UTTERANCE}", "percentages")
explorer
"""
READOUTS = ("mean_logprob", "answer_step", "expected_share", "mean_prob", "text")
STEPS = ("all steps", "those that name an emotion", "the one that names the first emotion")

WATCH = """() => {
    window.latency = { redrawn: [], painted: [] };
    let begun = null;
    const begin = () => { begun = performance.now(); };
    document.addEventListener("change", begin, true);
    document.addEventListener("keydown", begin, true);
    new MutationObserver((changes) => {
        const bars = changes.some(({ target }) => target.matches(".sottovoce-bars"));
        if (begun === null || !bars) return;
        const from = begun;
        begun = null;
        window.latency.redrawn.push(performance.now() - from);
        requestAnimationFrame(() => setTimeout(() => {
            window.latency.painted.push(performance.now() - from);
        }));
    }).observe(document.body, { subtree: true, attributeFilter: ["data-version"] });
}"""
PAINTED = "(n) => window.latency.painted.length > n"
CONNECTED = """() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel
    ?.connectionStatus === "connected" """


class Found(NamedTuple):
    """Milliseconds of one kind of change in one server."""

    server: str
    change: str
    redrawn: list[float]
    painted: list[float]


def main() -> int:
    """Measure, print the table, and say by the exit status whether the target was met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--servers", nargs="+", choices=("voila", "lab"), default=["voila", "lab"])
    parser.add_argument("--changes", type=int, default=40)
    chosen = parser.parse_args()
    found: list[Found] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("SOTTOVOCE_CHROMIUM") or shutil.which("chromium")
        )
        for server in chosen.servers:
            with (
                tempfile.TemporaryDirectory() as folder,
                _opened(server, Path(folder), browser) as page,
            ):
                found += _measure(server, page, chosen.changes)
        browser.close()
    sys.stdout.write(_table(found))
    missed = [one for one in found if np.median(one.redrawn) > TARGET]
    told = f"missed by {len(missed)}" if missed else "met by all"
    sys.stdout.write(f"\nTarget: a median of {TARGET:.0f} ms to the redrawn bars, {told}.\n")
    return 1 if missed else 0


def _table(found: list[Found]) -> str:
    lines = [
        "| server | change of | n | redrawn, median ms | 90 % within | painted, median ms |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for server, change, redrawn, painted in found:
        median, p90 = np.percentile(redrawn, (50, 90))
        lines.append(
            f"| {server} | {change} | {len(redrawn)} | {median:.0f} | {p90:.0f} "
            f"| {np.median(painted):.0f} |"
        )
    return "\n".join(lines) + "\n"


@contextmanager
def _opened(server: str, folder: Path, browser: Browser) -> Iterator[Page]:
    """Open the Explorer in a server of its own."""
    write_notebook(folder / NOTEBOOK, EXPLORER)
    serving = voila(folder) if server == "voila" else lab(folder, NOTEBOOK)
    with serving as running:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        stay_here(page)
        if server == "voila":
            page.goto(f"{running.address}/voila/render/{NOTEBOOK}", timeout=LONG)
        else:
            page.goto(f"{running.address}/?token={TOKEN}")
            page.wait_for_function(CONNECTED, timeout=LONG)
            page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
        page.goto("about:blank")
        page.close()


def _measure(server: str, page: Page, changes: int) -> Iterator[Found]:
    explorer = ExplorerPage(page)
    explorer.wait()
    explorer.ask(UTTERANCE)
    explorer.unfold("Spellings")
    page.evaluate(WATCH)
    whole = explorer.root.get_by_role("group", name="neutral").get_by_role("checkbox").first
    handle = explorer.view.get_by_role("slider", name="Last step of the range")

    def read(i: int) -> None:
        explorer.read(READOUTS[i % len(READOUTS)])

    def steps(i: int) -> None:
        explorer.steps.select_option(label=STEPS[(i + 1) % len(STEPS)])

    def move(i: int) -> None:
        handle.press("ArrowLeft" if i % 10 < 5 else "ArrowRight")

    def tick(_: int) -> None:
        whole.click()

    yield _times(server, "read-out", page, read, changes)
    explorer.read("mean_logprob")
    page.wait_for_timeout(1000)
    yield _times(server, "steps", page, steps, changes)
    yield _times(server, "range of steps", page, move, changes)
    yield _times(server, "spellings", page, tick, changes)


def _times(
    server: str, name: str, page: Page, change: Callable[[int], None], changes: int
) -> Found:
    page.evaluate("window.latency.redrawn = []; window.latency.painted = []")
    for i in range(changes + WARM_UP):
        change(i)
        page.wait_for_function(PAINTED, arg=i)
        page.wait_for_timeout(50)
    times = page.evaluate("window.latency")
    return Found(server, name, times["redrawn"][WARM_UP:], times["painted"][WARM_UP:])


if __name__ == "__main__":
    sys.exit(main())
