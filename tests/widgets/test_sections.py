"""Parts under headings that fold: one open at most, worked by keyboard."""

import ipywidgets
import pytest
from played_kernel import linked

from sottovoce.widgets.shared.sections import Sections

HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"


@pytest.fixture
def sections():
    made = Sections([ipywidgets.Text(), ipywidgets.Text(), ipywidgets.Text()], selected=0)
    for place, title in enumerate(("Recordings", HOSTILE, "Words")):
        made.set_title(place, title)
    return made


def hidden(sections):
    return [part.layout.display == "none" for part in sections.parts]


def test_at_most_one_part_is_open(sections):
    assert hidden(sections) == [False, True, True]
    sections.headings[2].expanded = True
    assert (sections.selected, hidden(sections)) == (2, [True, True, False])
    sections.headings[2].expanded = False
    assert (sections.selected, hidden(sections)) == (None, [True, True, True])
    sections.selected = 1
    assert [heading.expanded for heading in sections.headings] == [False, True, False]


@pytest.mark.browser
def test_a_heading_is_a_button_that_says_whether_its_part_is_open(page, mount, sections):
    heading = sections.headings[1]
    kernel = linked(mount, page, heading)
    button = page.get_by_role("heading").get_by_role("button", name=HOSTILE)
    assert button.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    kernel.settle(lambda: sections.selected == 1)
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Space")
    kernel.settle(lambda: sections.selected is None)
    assert page.locator("img").count() == 0
    sections.set_title(1, "Questions")
    assert page.get_by_role("button", name="Questions").is_visible()
