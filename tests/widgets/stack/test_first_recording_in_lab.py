"""From what ``make lab`` opens to the distribution of one's own recording, click by click."""

import re

import pytest
from explorer_page import LONG, ExplorerPage, answer, shares
from servers import TOKEN

import sottovoce

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNT = """
window.clicks = [];
document.addEventListener("pointerdown", ({ isTrusted, target }) => {
    const clicked = target.closest("button, a, jp-button, [role=option]") ?? target;
    if (isTrusted) window.clicks.push(clicked.title || clicked.textContent.trim());
}, true);
"""
CONNECTED = """(name) => {
    const shown = window.jupyterapp?.shell.currentWidget;
    const kernel = shown?.sessionContext?.session?.kernel;
    // While a kernel still starts, a restart drops what is to be run.
    return shown?.context?.path.endsWith(name)
        && kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
FIRST, EXPLORER = "00_start.ipynb", "02_explorer.ipynb"


@pytest.fixture
def page(lab_server, open_page):
    """What ``make lab`` opens, with the clicks of the person before it counted."""
    page = open_page()
    page.add_init_script(COUNT)
    page.goto(f"{lab_server.address}/?token={TOKEN}")
    page.wait_for_function(CONNECTED, arg=FIRST, timeout=LONG)
    yield page
    lab_server.end_kernels()


def run_all_cells(page):
    """Press >> in the toolbar, and return the Explorer of the notebook."""
    assert page.locator(".jp-Dialog, .jp-Notification-Toast").count() == 0
    run_all = page.get_by_role("button", name=re.compile("Restart the kernel and run all cells"))
    run_all.and_(page.locator(":visible")).click()
    explorer = ExplorerPage(page)
    explorer.wait()
    return explorer


def test_what_the_microphone_heard_is_less_than_five_clicks_away(page, model):
    explorer = run_all_cells(page)
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_function(
        "() => parseFloat(document.querySelector('[role=timer]').textContent) >= 1.5"
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    chosen = explorer.recordings.get_by_role("option", selected=True)
    chosen.get_by_text("recorded").first.wait_for()
    name = chosen.locator(".sv-name").inner_text()
    recording = sottovoce.load_recording(explorer.wav())
    explorer.ask(name)
    run = answer(model, recording, name, "one_word")
    explorer.expect_shares("token level", shares(run, "answer_step"))
    clicks = page.evaluate("window.clicks")
    assert 0 < len(clicks) < 5, clicks
    assert page.wrong == []


def test_a_file_of_ones_own_is_less_than_five_clicks_away(page, model, samples):
    page.get_by_role("link", name="02_explorer").first.click()
    page.wait_for_function(CONNECTED, arg=EXPLORER, timeout=LONG)
    explorer = run_all_cells(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files…").click()
    chooser.value.set_files(samples["tom_fearful"])
    explorer.recordings.get_by_role("option", selected=True).get_by_text("uploaded").wait_for()
    explorer.ask("tom_fearful#2")
    run = answer(model, samples["tom_fearful"], "tom_fearful", "one_word")
    explorer.expect_shares("token level", shares(run, "answer_step"))
    clicks = page.evaluate("window.clicks")
    assert 0 < len(clicks) < 5, clicks
    assert page.wrong == []
