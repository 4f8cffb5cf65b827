"""The colours of concepts in widgets are those of the plots, as far as the paper allows."""

import pytest

from sottovoce.plots.style import EMOTION_COLORS, OTHER_COLORS, text_color
from sottovoce.widgets.shared.assets import javascript

pytestmark = pytest.mark.browser

PALETTE = [*EMOTION_COLORS.values(), *OTHER_COLORS]
WHITE, DARK = [255, 255, 255], [17, 17, 17]
ASK = """([palette, paper]) => palette.map((color) => {
    const [area, letters] = [areaColor(color, paper), letterColor(color, paper)];
    return {
        area: area.map(Math.round), letters: letters.map(Math.round),
        area_contrast: contrast(area, paper), letters_contrast: contrast(letters, paper),
        on: contrast(inkOn(area), area),
    };
})"""


@pytest.fixture
def colors(page):
    page.add_script_tag(content=javascript("shared/colors.js"))
    return lambda paper: page.evaluate(ASK, [PALETTE, paper])


def channels(color):
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def test_on_white_they_are_those_of_the_plots(colors):
    for color, told in zip(PALETTE, colors(WHITE), strict=True):
        assert told["area"] == channels(color)
        assert told["letters"] == pytest.approx(channels(text_color(color)), abs=1)


@pytest.mark.parametrize(("paper", "least"), [(WHITE, 2.1), (DARK, 3.0)])
def test_they_can_be_told_from_the_paper_and_read(colors, paper, least):
    for told in colors(paper):
        assert told["area_contrast"] >= least
        assert told["letters_contrast"] >= 4.5
        assert told["on"] >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_widgets_draw_with_them(page, mount, dark):
    esm = javascript(
        "shared/elements.js", "shared/colors.js", "recording_picker/recording_row.js"
    ) + (
        "function render({ model, el, signal }) {"
        "  const emotions = model.get('emotions');"
        "  el.classList.add('sottovoce');"
        "  followPaper(el, signal, () => emotions.map(({ color }) => color));"
        "  el.append(legend(emotions));"
        "}"
        "export default { render };"
    )
    emotions = [{"name": name, "color": color} for name, color in EMOTION_COLORS.items()]
    css = ".sottovoce { background: var(--jp-layout-color1, white) }"
    mount(page, esm, css, {"emotions": emotions}, dark=dark)
    page.wait_for_timeout(100)
    shown = page.locator(".sv-swatch").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    plain = ["rgb({}, {}, {})".format(*channels(color)) for color in EMOTION_COLORS.values()]
    moved = [name for name, a, b in zip(EMOTION_COLORS, shown, plain, strict=True) if a != b]
    assert moved == (["neutral"] if dark else [])
