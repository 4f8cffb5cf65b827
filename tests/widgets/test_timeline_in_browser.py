import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from talks import SECONDS, talk

import sottovoce
from sottovoce.audio import windows
from sottovoce.widgets import Timeline
from sottovoce.widgets.timeline.timeline import TimelineView

pytestmark = pytest.mark.browser

TRAITS = ("choices", "shown", "outline", "window", "sound")
HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"


@pytest.fixture(scope="module")
def recording():
    return talk()


@pytest.fixture(scope="module")
def run(recording):
    parts = windows(recording, SECONDS)
    prompts = ["one_word", "percentages"]
    return sottovoce.capture(sottovoce.load_model(), parts, prompts, progress=False)


@pytest.fixture
def shown(page, mount):
    """Put a Timeline's view on the page; what it sends is handed to Python as a kernel would."""

    def put(timeline, **options):
        state = {name: getattr(timeline.view, name) for name in TRAITS}
        view = mount(page, TimelineView._esm, TimelineView._css, state, **options)
        answered = 0

        def sync():
            nonlocal answered
            timeline.view.set_state({"window": view.get("window")})
            for content in view.messages[answered:]:
                timeline.view._handle_custom_msg(content, [])
                answered += 1
            view.update({name: getattr(timeline.view, name) for name in TRAITS})

        view.sync = sync
        return view

    return put


def cursor(page):
    return page.get_by_role("slider")


def at_window(page, place, n_windows=7):
    """Return where the middle of a window is drawn, from the left of the cursor."""
    width = cursor(page).bounding_box()["width"]
    return {"x": 66 + (width - 86) * (place + 0.5) / n_windows, "y": 60}


def test_the_numbers_shown_are_those_of_python(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    page.get_by_text("Numbers").click()
    page.locator("tbody").wait_for()
    rows = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    for row, shares, bits in zip(rows, timeline.shares, timeline.entropy, strict=True):
        if np.isnan(bits):
            assert row[2:9] == ["–"] * 7
            assert "is silent" in row[9]
        else:
            assert row[2:8] == [f"{100 * float(share):.1f} %" for share in shares]
            assert row[8] == f"{float(bits):.2f}"
    label = page.get_by_role("img").get_attribute("aria-label")
    assert "Largest: angry from 0.0 s, no answer from 6.0 s, sad from 9.0 s, happy" in label
    heights = view.root.locator("path[data-emotion=sad]").evaluate(
        "path => [...path.getAttribute('d').matchAll(/v([0-9.e-]+)/g)].map(m => Number(m[1]) / 190)"
    )
    np.testing.assert_allclose(heights, timeline.shares.sel(emotion="sad").dropna("utterance"))
    colors = view.root.locator("path[data-emotion]").evaluate_all("all => all.length")
    assert colors == 6


def test_pointing_at_a_window_tells_its_answer(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    details = page.get_by_role("status")
    assert "Window 1 of 7" in details.inner_text()
    cursor(page).hover(position=at_window(page, 4))
    assert "Window 5 of 7 · heard 12.0–15.0 s" in details.inner_text()
    assert timeline.run.answer[4, 0].item() in details.locator("q").inner_text()
    share = float(timeline.shares[4].max())
    assert f"sad {100 * share:.0f} %" in details.inner_text()
    cursor(page).hover(position=at_window(page, 2))
    assert "talk@6.0s: the recording is silent" in details.inner_text()
    page.mouse.move(5, 800)
    assert "Window 1 of 7" in details.inner_text()
    assert view.saved == []


def test_a_click_chooses_a_window_and_plays_it(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    cursor(page).click(position=at_window(page, 3))
    assert view.messages == [{"kind": "hear", "window": 3}]
    assert view.saved == [{"window": 3}]
    view.sync()
    assert timeline.window == 3
    stop = page.get_by_role("button", name="Stop")
    stop.wait_for()
    line = view.root.locator(".sv-playhead")
    first = float(line.get_attribute("x1"))
    page.wait_for_function(
        "(x) => Number(document.querySelector('.sv-playhead')?.getAttribute('x1')) > x + 2",
        arg=first,
    )
    stop.click()
    assert line.count() == 0
    page.get_by_role("button", name="Play window").click()
    page.get_by_role("button", name="Stop").wait_for()
    assert len(view.messages) == 1, "a sound that is there is not asked for again"


def test_a_sound_ends_by_itself(page, shown, run, recording):
    parts = windows(recording, 0.5)[:2]
    run = sottovoce.capture(sottovoce.load_model(), parts, "one_word", progress=False)
    view = shown(Timeline(run, recording))
    page.get_by_role("button", name="Play window").click()
    view.sync()
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Play window").wait_for()


def test_the_keyboard_moves_between_windows_and_plays(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    slider = cursor(page)
    slider.focus()
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 6),
                       ("ArrowRight", 6), ("Home", 0), ("ArrowLeft", 0)):  # fmt: skip
        page.keyboard.press(key)
        assert view.get("window") == place
        assert slider.get_attribute("aria-valuenow") == str(place + 1)
    assert "angry" in slider.get_attribute("aria-valuetext")
    page.keyboard.press("Space")
    view.sync()
    page.get_by_role("button", name="Stop").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play window").wait_for()
    outline = slider.evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"


def test_overlapping_windows_mark_what_each_one_heard(page, shown, recording):
    model = sottovoce.load_model()
    timeline = Timeline.of(model, recording, seconds=3, hop=1.5, progress=False)
    view = shown(timeline)
    view.set("window", 1)
    drawn, heard = (
        float(view.root.locator(f".sv-{kind}").get_attribute("width"))
        for kind in ("chosen", "heard")
    )
    assert heard == pytest.approx(2 * drawn)
    assert page.get_by_text("The windows overlap").is_visible()


def test_python_chooses_a_window_too(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    view.set("window", 5)
    assert "Window 6 of 7" in page.get_by_role("status").inner_text()
    assert cursor(page).get_attribute("aria-valuenow") == "6"


def test_another_read_out_is_chosen_and_drawn(page, shown, run, recording):
    timeline = Timeline(run, recording)
    view = shown(timeline)
    assert page.get_by_label("Steps").is_disabled()
    assert not page.get_by_label("Recording").is_visible()
    page.get_by_label("Read-out").select_option("mean_logprob")
    view.sync()
    page.get_by_label("Steps").select_option("answer")
    view.sync()
    page.get_by_label("Prompt").select_option("percentages")
    view.sync()
    assert (timeline.readout, timeline.steps, timeline.prompt) == (
        "mean_logprob", "answer", "percentages",
    )  # fmt: skip
    share = float(timeline.shares[0].max())
    assert f"{100 * share:.0f} %" in page.get_by_role("status").inner_text()


def test_without_a_sound_nothing_plays(page, shown, run):
    view = shown(Timeline(run))
    assert page.get_by_role("button", name="Play window").is_disabled()
    cursor(page).click(position=at_window(page, 3))
    assert view.messages == []
    assert "Window 4 of 7" in page.get_by_role("status").inner_text()
    assert view.root.locator(".sv-wave").count() == 0


def test_hostile_names_and_answers_are_text(page, shown, run, recording):
    n = run.sizes["utterance"]
    named = run.assign_coords(prompt=[HOSTILE, "b"], recording=("utterance", [HOSTILE] * n))
    named["answer"] = named.answer.copy(data=np.full((n, 2), HOSTILE, dtype=object))
    named["message"] = named.message.copy(data=np.full((n, 2), HOSTILE, dtype=object))
    view = shown(Timeline(named, recording))
    page.get_by_text("Numbers").click()
    page.keyboard.press("Tab")
    assert page.get_by_label("Prompt").input_value() == HOSTILE
    assert page.get_by_role("status").locator("q").inner_text() == HOSTILE
    assert HOSTILE in cursor(page).get_attribute("aria-label")
    assert view.root.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


def test_a_hundred_windows_are_drawn_within_two_frames(page, shown, run, recording):
    view = shown(Timeline(run, recording))
    state = view.get("shown")
    many = [
        {**state["windows"][0], "start": i / 5, "end": i / 5 + 1, "from": i / 5, "to": (i + 1) / 5}
        for i in range(100)
    ]
    took = page.evaluate(
        """(state) => {
            const times = [];
            for (let turn = 0; turn < 20; turn++) {
                const start = performance.now();
                host.update({ shown: { ...state, turn } });
                document.body.offsetHeight;
                times.push(performance.now() - start);
            }
            return times.sort((a, b) => a - b)[10];
        }""",
        {**state, "windows": many},
    )
    assert took < 33


def test_nothing_is_left_when_the_view_goes(page, shown, run, recording):
    view = shown(Timeline(run, recording))
    page.get_by_role("button", name="Play window").click()
    view.sync()
    page.get_by_role("button", name="Stop").wait_for()
    assert page.evaluate("host.listeners()") == len(TRAITS)
    view.close()
    assert page.evaluate("host.listeners()") == 0
