"""An Explorer in a page, worked as a person does: by labels, titles and its table."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

import sottovoce

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr
    from playwright.sync_api import Locator, Page

LONG = 180_000  # ms: a kernel that starts, or a model that is asked, on a machine that is busy
CELL = "from sottovoce.widgets import Explorer\nExplorer()"

# Whether the row of the table that bears a label holds these numbers, in percent, rounded there.
HOLDS = """([root, label, wanted]) => {
    const row = [...root.querySelectorAll(".sottovoce-bars tbody tr")]
        .find((one) => one.querySelector("th").title === label);
    const shown = [...(row?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent);
    return shown.length === wanted.length && shown.every((text, i) =>
        text === "<0.1" ? wanted[i] < 0.1 : Math.abs(Number(text) - wanted[i]) <= 0.051);
}"""
FETCHED = """async (player) => {
    const bytes = new Uint8Array(await (await fetch(player.src)).arrayBuffer());
    return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(""));
}"""


class ExplorerPage:
    """What a person does with an Explorer.

    Parameters
    ----------
    page
        Where there is one, or will be as soon as the kernel is there.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = root = page.locator(".sottovoce-explorer").first
        # The glyph of its icon belongs to a button's name.
        self.run_button = root.get_by_role("button", name=re.compile(r"\bRun$"))
        self.cancel_button = root.get_by_role("button", name=re.compile(r"\bCancel$"))
        self.view = root.locator(".sottovoce-linked")
        self.title = self.view.locator("h2 .sv-utterance")
        self.recordings = root.get_by_role("listbox", name="Recordings")
        self.readout = root.get_by_label("Read-out", exact=True)
        self.steps = root.get_by_label("Steps", exact=True)

    def wait(self) -> None:
        """Wait until it can be used."""
        self.run_button.wait_for(timeout=LONG)

    def unfold(self, title: str) -> None:
        """Open "Recordings", "Questions", "Words" or "Spellings", unless it is open."""
        heading = self.root.get_by_role("button", name=re.compile(rf"^(\d\s+)?{title}: "))
        if heading.get_attribute("aria-expanded") == "false":
            heading.click()
        # The kernel unfolds it, and folds the one that was open before.
        section = heading.locator("xpath=ancestor::*[contains(@class, 'sottovoce-section')][1]")
        section.locator("xpath=following-sibling::*[1]").wait_for()

    def choose(self, recordings: Sequence[str], questions: Sequence[str]) -> None:
        """Choose these and no others."""
        self.unfold("Recordings")
        self.root.get_by_role("searchbox", name="Search recordings").fill("")
        nothing = self.root.get_by_role("button", name="Choose none")
        if nothing.is_enabled():
            nothing.click()
        for name in recordings:
            self.option(name).click()
        self.unfold("Questions")
        boxes = self.root.get_by_role("list", name="Questions").get_by_role("checkbox")
        for box in boxes.all():
            named = (box.get_attribute("aria-label") or "").partition(":")[0]
            box.set_checked(named in questions)

    def option(self, name: str) -> Locator:
        """Return the row of a recording."""
        named = self.page.locator(".sv-name", has_text=re.compile(f"^{re.escape(name)}$"))
        return self.recordings.get_by_role("option").filter(has=named)

    def ask(self, shown: str) -> None:
        """Press Run, and wait for its end and for the answer that is to be seen then."""
        self.run_button.click()
        self.view.locator("h2").get_by_text(shown, exact=True).wait_for(timeout=LONG)
        self.root.locator(".sottovoce-runner button:disabled").wait_for(
            state="detached", timeout=LONG
        )

    def read(self, readout: str) -> None:
        """Choose a read-out by its name, which its line in the dropdown begins with."""
        lines = self.readout.locator("option").all_inner_texts()
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{readout}:"))
        self.readout.select_option(index=at)

    def expect_shares(self, label: str, shares: xr.DataArray) -> None:
        """Wait until the table shows these shares, to the tenth of a percent it is rounded to."""
        wanted = [100 * float(share) for share in shares.values.ravel()]
        try:
            root = self.root.element_handle()
            self.page.wait_for_function(HOLDS, arg=[root, label, wanted])
        except Error:
            raise AssertionError(f"{label}: {wanted} is not in:\n{self.table()}") from None

    def table(self) -> str:
        """Return the table of shares as text."""
        return self.view.locator(".sottovoce-bars table").inner_text()

    def range(self) -> tuple[int, int]:
        """Return the range of steps, from 0, both within it."""
        ends = self.view.get_by_role("slider").filter(has=self.page.locator(".sv-grip"))
        first, last = (int(end.get_attribute("aria-valuenow") or 0) - 1 for end in ends.all())
        return first, last

    def drag(self, label: str, n_steps: int) -> None:
        """Drag a handle of the range along by as many steps."""
        handle = self.view.get_by_role("slider", name=label)
        handle.scroll_into_view_if_needed()
        track = self.view.locator(".sv-track")
        n = self.view.get_by_role("option").count()
        box, whole = handle.bounding_box(), track.bounding_box()
        assert box is not None
        assert whole is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + n_steps * whole["width"] / n, y, steps=4)
        self.page.mouse.up()

    def wav(self) -> bytes:
        """Return what the recorder's player holds."""
        player = self.root.get_by_label("Your recording")
        return base64.b64decode(player.evaluate(FETCHED))


def answer(model: Any, source: Any, name: str, question: str) -> xr.Dataset:
    """Ask the model itself."""
    return sottovoce.capture(model, {name: source}, question, progress=False)


def shares(run: xr.Dataset, readout: str, **options: Any) -> xr.DataArray:
    """Return what a read-out makes of a single answer."""
    return sottovoce.read_out(run, readout, **options).isel(utterance=0, prompt=0)


def seconds(text: str) -> float:
    """Return the number that a text begins with."""
    return float(re.match(r"[\d.]+", text)[0])  # type: ignore[index]
