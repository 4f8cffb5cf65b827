"""The linked view's JavaScript in a real Chromium; the test plays the kernel."""

import re

import pytest
from linked_example import HOSTILE, make_run, make_shares, make_tone
from playwright.sync_api import expect

from sottovoce.plots.style import EMOTION_COLORS
from sottovoce.readout import choose_steps, read_out
from sottovoce.widgets import LinkedView

pytestmark = pytest.mark.browser
TRAITS = ("answer", "sound", "audio", "bars", "python", "step", "step_range", "time", "used_steps")


def state_of(view):
    return {name: getattr(view, name) for name in TRAITS}


@pytest.fixture(scope="module")
def run():
    return make_run()


@pytest.fixture
def view(run):
    view = LinkedView()
    used = choose_steps(run, "emotion")
    shares = make_shares(run)
    view.show(run, "anna", "one_word", shares=shares, recording=make_tone(), used_steps=used)
    return view


@pytest.fixture
def seen(page, mount, view):
    return mount(page, view._esm, view._css, state_of(view))


def test_a_clicked_chip_is_the_chosen_step(page, seen):
    chips = page.get_by_role("option")
    assert chips.all_inner_texts() == ["I", "␣angry", "↵", "6", "‹end›"]
    expect(chips.nth(1)).to_have_attribute("aria-selected", "true")
    chips.nth(3).click()
    assert seen.get("step") == 3
    assert seen.saved[-1] == {"step": 3}
    expect(chips.nth(3)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("status")).to_have_text("Step 4 of 5: 6, 75.0 %")
    expect(page.get_by_role("heading", name="At step 4 of 5: 6 entropy 3.50 nat")).to_be_visible()


def test_alternatives_tell_the_numbers_of_python(page, seen, view):
    rows = page.locator(".sv-alternative")
    step = view.answer["steps"][1]
    expect(rows).to_have_count(len(step["alternatives"]) + 1)
    assert rows.nth(0).inner_text().split() == ["␣angry", "50.0", "%"]
    assert rows.last.inner_text().split() == ["everything", "else", "15.0", "%"]
    expect(page.get_by_label("␣angry, 50.0 %, emitted")).to_be_visible()
    widths = rows.locator(".sv-bar > span").evaluate_all("bars => bars.map(b => b.style.width)")
    assert widths[:2] == ["50%", "20%"]


def test_chips_can_be_read_in_both_themes(page, mount, view):
    contrast = """chips => chips.map((chip) => {
        const { color, backgroundColor } = getComputedStyle(chip);
        const light = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number)
            .map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const [a, b] = [light(color), light(backgroundColor)].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    })"""
    for dark in (False, True):
        mount(page, view._esm, view._css, state_of(view), dark=dark)
        assert min(page.get_by_role("option").evaluate_all(contrast)) > 4.5


def test_a_colour_that_the_dark_paper_would_swallow_is_moved_in_the_curves(page, mount, view):
    neutral = EMOTION_COLORS["neutral"]
    state = state_of(view)
    bars = state["bars"]
    state["bars"] = bars | {"emotions": [one | {"color": neutral} for one in bars["emotions"]]}
    curves = state["answer"]["trajectories"]
    recolored = [one | {"color": neutral} for one in curves["emotions"]]
    state["answer"] = state["answer"] | {"trajectories": curves | {"emotions": recolored}}
    mount(page, view._esm, view._css, state, dark=True)
    page.locator(".sv-dot").first.wait_for()
    page.wait_for_function("() => document.querySelector('#widget.sv-dark')")
    drawn = "all => all.map((one) => getComputedStyle(one).fill)"
    for fill in page.locator(".sv-dot").evaluate_all(drawn):
        assert min(int(part) for part in re.findall(r"\d+", fill)[:3]) > 0x55
    # The same view on white keeps the colour of the plots.
    mount(page, view._esm, view._css, state)
    page.locator(".sv-dot").first.wait_for()
    assert page.locator(".sv-dot").first.evaluate("one => getComputedStyle(one).fill") == (
        "rgb({}, {}, {})".format(*(int(neutral[at : at + 2], 16) for at in (1, 3, 5)))
    )


def test_surer_tokens_are_further_from_the_paper(page, seen):
    chips = page.get_by_role("option")
    luminous = (
        "chip => getComputedStyle(chip).backgroundColor.match(/\\d+/g).reduce((a, b) => +a + +b)"
    )
    assert chips.nth(3).evaluate(luminous) < chips.nth(0).evaluate(luminous)
    assert chips.nth(0).evaluate(luminous) < chips.nth(1).evaluate(luminous)


def test_keys_choose_steps_and_keep_within_the_answer(page, seen):
    page.get_by_role("option").nth(1).focus()
    told = []
    for key in ("ArrowRight", "ArrowLeft", "Home", "ArrowLeft", "End", "ArrowRight"):
        page.keyboard.press(key)
        told.append(seen.get("step"))
    assert told == [2, 1, 0, 0, 4, 4]
    expect(page.get_by_role("option").nth(4)).to_be_focused()


def test_a_click_into_the_curves_chooses_the_nearest_step(page, seen):
    drawing = page.get_by_role("img", name="Line chart")
    box = drawing.bounding_box()
    slot = (box["width"] - 56) / 5
    drawing.click(position={"x": 54 + 3.4 * slot, "y": 80})
    assert seen.get("step") == 3


def test_curves_are_named_and_drawn(page, seen, view):
    label = page.get_by_role("img", name="Line chart").get_attribute("aria-label")
    assert "At step 2, where the answer names its emotion: angry 60.0 %, happy 20.0 %" in label
    titles = page.locator(".sv-dot title").all_text_contents()
    assert "angry 60.0 % at step 2" in titles
    assert page.locator(".sv-ring").count() == 1
    key = page.locator(".sv-key li")
    assert key.nth(0).inner_text().split() == ["angry", "60.0", "%"]
    seen.set("step", 0)
    assert key.nth(0).inner_text().split() == ["angry", "<0.1", "%"]


def test_the_range_is_dragged(page, seen):
    first, last = (
        page.get_by_role("slider", name=f"{end} step of the range") for end in ("First", "Last")
    )
    slot = (page.locator(".sv-curves-drawing").bounding_box()["width"] - 56) / 5
    box = first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1.2 * slot, y, steps=4)
    assert seen.get("step_range") == [1, 4]
    page.mouse.move(x + 9 * slot, y, steps=4)
    assert seen.get("step_range") == [4, 4]
    page.mouse.move(x + 2.1 * slot, y, steps=4)
    page.mouse.up()
    page.mouse.move(x, y)
    assert seen.get("step_range") == [2, 4]
    expect(first).to_have_attribute("aria-valuenow", "3")
    expect(last).to_have_attribute("aria-valuemin", "3")
    assert all(list(change) == ["step_range"] for change in seen.saved)


def test_the_range_is_moved_by_keys_without_moving_the_cursor(page, seen):
    last = page.get_by_role("slider", name="Last step of the range")
    last.focus()
    page.keyboard.press("ArrowLeft")
    assert seen.get("step_range") == [0, 3]
    expect(last).to_have_attribute("aria-valuetext", "step 4: 6")
    page.keyboard.press("Home")
    assert seen.get("step_range") == [0, 0]
    page.keyboard.press("End")
    assert seen.get("step_range") == [0, 4]
    assert seen.get("step") == 1


def test_a_finger_drags_too(chromium, mount, view):
    context = chromium.new_context(has_touch=True, viewport={"width": 1100, "height": 800})
    page = context.new_page()
    page.errors = []
    seen = mount(page, view._esm, view._css, state_of(view))
    handle = page.locator(".sv-handle").first
    box = handle.bounding_box()
    slot = (page.locator(".sv-curves-drawing").bounding_box()["width"] - 56) / 5
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = context.new_cdp_session(page)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + 2 * slot, "y": y}]),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert seen.get("step_range") == [2, 4]
    context.close()


def test_used_steps_are_shaded_and_counted(page, seen):
    assert page.locator(".sv-used-step").count() == 1
    expect(page.get_by_text("shaded: the step that the read-out uses")).to_be_visible()
    seen.set("used_steps", [True, True, False, False, True])
    assert page.locator(".sv-used-step").count() == 3
    expect(page.get_by_text("shaded: the 3 steps that the read-out uses")).to_be_visible()


def test_bars_and_table_are_those_of_python(page, seen, view):
    heights = (
        page.locator(".sv-group")
        .nth(0)
        .locator(".sv-block")
        .evaluate_all("bars => bars.map((bar) => parseFloat(bar.style.height))")
    )
    assert heights == pytest.approx([60, 0, 75, 25])
    rows = page.locator(".sottovoce-bars tbody tr")
    assert rows.nth(0).locator("td").all_inner_texts() == ["60.0", "30.0", "10.0"]
    assert rows.nth(1).locator("td").all_inner_texts() == ["cannot be read from this answer"]
    assert page.locator(".sv-group").nth(2).locator(".sv-block:visible").count() == 2
    label = page.get_by_role("img", name="Bar chart").get_attribute("aria-label")
    assert "text level: cannot be read from this answer" in label
    assert "listeners: angry 75 %, happy 25 %" in label


def test_other_shares_redraw_the_bars_only(page, seen, view, run):
    bars = page.locator(".sottovoce-bars")
    version = int(bars.get_attribute("data-version"))
    page.evaluate("document.querySelector('.sv-chip').dataset.kept = 'yes'")
    view.show_shares({"token level": read_out(run, "mean_prob")}, used_steps=[True] * 5)
    seen.update({name: getattr(view, name) for name in ("bars", "used_steps", "python")})
    assert int(bars.get_attribute("data-version")) == version + 1
    expect(page.locator(".sv-chip[data-kept]")).to_have_count(1)
    shown = page.locator(".sottovoce-bars tbody td").all_inner_texts()
    assert shown == [f"{100 * share:.1f}" for share in view.shares.values[0]]


def test_the_playhead_keeps_step_with_the_audio(page, seen):
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_timeout(600)
    apart = page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => {
            const audio = document.querySelector("audio");
            const head = parseFloat(document.querySelector(".sv-playhead").style.left) / 100;
            done([audio.currentTime, head * 2 - audio.currentTime]);
        }))"""
    )
    assert apart[0] > 0.2
    assert abs(apart[1]) < 0.1
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_function("host.saved().length > 0")
    assert seen.get("time") == pytest.approx(seen.saved[-1]["time"])


def test_space_plays_from_anywhere_in_the_view(page, seen):
    page.get_by_role("option").nth(1).focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_seeking_by_click_by_keys_and_by_the_kernel(page, seen):
    page.wait_for_function("document.querySelector('audio').readyState >= 1")
    wave = page.get_by_role("slider", name="Position in the recording")
    box = wave.bounding_box()
    wave.click(position={"x": box["width"] / 4, "y": 20})
    assert seen.get("time") == pytest.approx(0.5, abs=0.02)
    page.keyboard.press("ArrowRight")
    assert seen.get("time") == pytest.approx(0.6, abs=0.02)
    page.keyboard.press("Home")
    assert seen.get("time") == 0
    assert seen.get("step") == 1
    seen.set("time", 1.5)
    expect(wave).to_have_attribute("aria-valuetext", "1.50 of 2.00 seconds")
    assert page.locator(".sv-playhead").evaluate("head => head.style.left") == "75%"


def test_hostile_texts_are_texts(page, mount, view, run):
    view.show(run, HOSTILE, "one_word", shares=make_shares(run), recording=make_tone(0.1))
    mount(page, view._esm, view._css, state_of(view))
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("img[src], #widget script").count() == 0
    assert page.title() == "widget"
    expect(page.get_by_role("columnheader", name=HOSTILE)).to_be_visible()
    direction = page.get_by_role("option").nth(1).evaluate("e => getComputedStyle(e).unicodeBidi")
    assert direction == "isolate"


def test_a_failed_recording_shows_why_and_nothing_else(page, seen, view, run):
    view.show(run, "lost", "one_word", shares=make_shares(run))
    seen.update(state_of(view))
    expect(page.get_by_text(f"{HOSTILE}.wav: no audio")).to_be_visible()
    for hidden in (".sv-chips", ".sv-curves", ".sv-step", ".sottovoce-bars", ".sv-player"):
        expect(page.locator(hidden)).to_be_hidden()
    view.show(run, "anna", "one_word", shares=make_shares(run))
    seen.update(state_of(view))
    expect(page.locator(".sv-curves-drawing")).to_be_visible()
    expect(page.locator(".sv-player")).to_be_hidden()


def test_an_empty_view_says_so(page, mount):
    view = LinkedView()
    mount(page, view._esm, view._css, state_of(view))
    expect(page.get_by_role("heading", name="Nothing is shown yet")).to_be_visible()


def test_a_run_without_emotions_says_why_there_are_no_curves(page, mount, run):
    view = LinkedView()
    numbers = run.isel(token=run["kind"].values == "percentage")
    view.show(numbers, "anna", "one_word", shares={})
    mount(page, view._esm, view._css, state_of(view))
    expect(page.get_by_text(re.compile("No token of this run stands for"))).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(5)


def test_every_control_has_a_name(page, seen):
    for role in ("button", "slider", "option", "img", "listbox"):
        for control in page.get_by_role(role).all():
            assert control.get_attribute("aria-label"), role


@pytest.mark.parametrize("width", [480, 760, 1100])
def test_nothing_reaches_beyond_the_view(page, mount, view, width):
    page.set_viewport_size({"width": width, "height": 800})
    mount(page, view._esm, view._css, state_of(view))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_change_of_the_theme_repaints(page, seen):
    chip = page.get_by_role("option").nth(3)
    light = chip.evaluate("chip => chip.style.background")
    page.evaluate(
        """() => {
            document.documentElement.style.setProperty("--jp-layout-color1", "#111111");
            document.body.setAttribute("data-jp-theme-light", "false");
        }"""
    )
    page.wait_for_selector("#widget.sv-dark")
    assert chip.evaluate("chip => chip.style.background") != light


def test_a_closed_view_listens_no_more(page, seen):
    page.get_by_role("button", name="Play").click()
    seen.close()
    assert page.evaluate("host.listeners()") == 0


def test_the_page_works_without_a_kernel(page, view, tmp_path):
    file = tmp_path / "view.html"
    file.write_text(view.to_html(), encoding="utf-8")
    page.goto(file.as_uri())
    page.get_by_role("option").nth(3).click()
    expect(page.get_by_role("heading", name="At step 4 of 5")).to_be_visible()
    page.get_by_role("slider", name="Last step of the range").press("ArrowLeft")
    expect(page.locator(".sv-range text").first).to_have_text("1–4")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator(".sv-clock")).to_have_text(re.compile(r"^[01]\.[1-9]\d /"))
    expect(page.locator("#sottovoce-still")).to_have_count(0)


def test_the_page_is_a_table_without_javascript(chromium, view, tmp_path):
    file = tmp_path / "view.html"
    file.write_text(view.to_html(), encoding="utf-8")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.get_by_role("cell", name="60%")).to_be_visible()
    expect(page.locator("audio")).to_be_visible()
    context.close()
