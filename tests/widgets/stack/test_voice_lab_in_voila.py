"""VoiceLab in Voila: a slider is moved by the keyboard, and the sound and the picture follow."""

import pytest
from servers import write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """
import sottovoce
from sottovoce.widgets import VoiceLab

clip = sottovoce.load_corpus("sample").recordings["tom_neutral"]
VoiceLab(sottovoce.load_model(), clip)
"""


def test_a_slider_moves_the_sound_and_the_picture(voila_server, open_page):
    write_notebook(voila_server.folder / "voice_lab.ipynb", CELL)
    page = open_page()
    page.goto(f"{voila_server.address}/voila/render/voice_lab.ipynb", timeout=300_000)
    lab = page.locator(".sottovoce-voice-lab")
    picture, sound = lab.locator("img"), lab.locator("audio")
    picture.wait_for(timeout=300_000)
    assert "changed" not in (picture.get_attribute("alt") or "")
    before = sound.evaluate("one => one.duration")
    slider = lab.locator(".noUi-handle").nth(2)  # tempo
    slider.focus()
    slider.press("PageUp")
    page.wait_for_function(
        "() => document.querySelector('.sottovoce-voice-lab img').alt.includes('changed')"
    )
    page.wait_for_function(
        "before => document.querySelector('.sottovoce-voice-lab audio').duration < before",
        arg=before,
    )
    lab.get_by_role("button", name="Reset").click()
    page.wait_for_function(
        "() => !document.querySelector('.sottovoce-voice-lab img').alt.includes('changed')"
    )
    assert page.wrong == []
