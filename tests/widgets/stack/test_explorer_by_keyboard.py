"""The Explorer without a mouse: whatever can be chosen is reached by Tab, and worked by keys."""

import pytest
from explorer_page import CELL, LONG, ExplorerPage
from servers import write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSED = """() => {
    const at = document.activeElement;
    return at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent;
}"""
MOST_TABS = 90


@pytest.fixture(scope="module")
def explorer(voila_server, open_page):
    write_notebook(voila_server.folder / "keys.ipynb", CELL)
    page = open_page()
    page.goto(f"{voila_server.address}/voila/render/keys.ipynb", timeout=LONG)
    explorer = ExplorerPage(page)
    explorer.wait()
    yield explorer
    assert page.evaluate("window.pressed") is None
    assert page.wrong == []


@pytest.fixture(autouse=True)
def no_mouse(explorer):
    explorer.page.evaluate(
        "addEventListener('pointerdown', () => { window.pressed = true; }, true)"
    )


def tab_to(target):
    """Press Tab until something is focused, and return what was passed on the way."""
    page, passed = target.page, []
    for _ in range(MOST_TABS):
        if target.evaluate("node => node === document.activeElement"):
            return passed
        passed.append(page.evaluate(FOCUSED))
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab did not reach it, but {passed}")


def heading(explorer, title):
    return explorer.root.get_by_role("button", name=title)


def test_recordings_questions_and_words_are_chosen(explorer):
    page, keys = explorer.page, explorer.page.keyboard
    page.evaluate("document.activeElement.blur()")
    tab_to(explorer.root.get_by_role("searchbox", name="Search recordings"))
    keys.type("tom_sad")
    tab_to(explorer.recordings)
    keys.press("Home")
    keys.press("Space")
    explorer.option("tom_sad").and_(page.locator("[aria-selected=true]")).wait_for()
    passed = " | ".join(map(str, tab_to(heading(explorer, "Questions:"))))
    for name in ("Play", "Choose files", "Record"):
        assert name in passed
    keys.press("Enter")
    questions = explorer.root.get_by_role("list", name="Questions")
    percentages = questions.get_by_role("checkbox", name="percentages:")
    percentages.wait_for()
    assert heading(explorer, "Recordings:").get_attribute("aria-expanded") == "false"
    tab_to(percentages)
    keys.press("Space")
    heading(explorer, "Questions: one_word, percentages").wait_for()
    tab_to(heading(explorer, "Words:"))
    keys.press("Space")
    heading(explorer, "Words:").and_(page.locator("[aria-expanded=true]")).wait_for()
    tab_to(explorer.root.get_by_role("button", name="Add"))


def test_it_is_run_and_read(explorer):
    keys = explorer.page.keyboard
    tab_to(explorer.run_button)
    keys.press("Enter")
    explorer.view.get_by_role("option").first.wait_for(timeout=LONG)
    tab_to(explorer.root.get_by_label("Question", exact=True))
    keys.press("ArrowDown")
    explorer.view.get_by_text("percentages").first.wait_for()
    tab_to(explorer.readout)
    keys.press("ArrowDown")
    explorer.steps.wait_for()
    tab_to(explorer.steps)
    keys.press("ArrowDown")


def test_spellings_are_left_out(explorer):
    keys = explorer.page.keyboard
    tab_to(heading(explorer, "Spellings:"))
    keys.press("Enter")
    sad = explorer.root.get_by_role("group", name="sad").get_by_role("checkbox").first
    sad.wait_for()
    before = explorer.table()
    tab_to(sad)
    keys.press("Space")
    explorer.page.wait_for_function(
        "before => document.querySelector('.sottovoce-bars table').innerText !== before",
        arg=before,
    )


def test_steps_are_walked_and_a_range_is_set(explorer):
    page, keys = explorer.page, explorer.page.keyboard
    tab_to(explorer.view.get_by_role("button", name="Play"))
    tab_to(explorer.view.get_by_role("slider", name="Position in the recording"))
    keys.press("ArrowRight")
    tab_to(explorer.view.get_by_role("option", selected=True))
    keys.press("Home")
    keys.press("ArrowRight")
    second = explorer.view.get_by_role("option").nth(1)
    assert second.get_attribute("aria-selected") == "true"
    assert second.evaluate("node => node === document.activeElement")
    first, last = explorer.range()
    tab_to(explorer.view.get_by_role("slider", name="Last step of the range"))
    keys.press("ArrowLeft")
    page.wait_for_timeout(300)
    assert explorer.range() == (first, last - 1)
    tab_to(explorer.root.get_by_role("button", name="Show code"))
    keys.press("Space")
    code = explorer.root.locator(".sottovoce-code textarea")
    code.wait_for()
    assert "sottovoce.capture(" in code.input_value()
