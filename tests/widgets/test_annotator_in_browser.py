import re

import numpy as np
import pytest

from sottovoce.corpora.ratings import RatingsFile
from sottovoce.widgets import Annotator
from sottovoce.widgets.annotator.annotator import AnnotatorView
from sottovoce.widgets.annotator.listening import blind_order

pytestmark = pytest.mark.browser

NAMES = ["anna_angry", "ben_happy", "cleo_sad"]
HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"


@pytest.fixture
def clips():
    rate = 16000
    return {
        name: ((0.3 * np.sin(np.arange(rate // 2) * (0.1 + 0.03 * i))).astype("float32"), rate)
        for i, name in enumerate(NAMES)
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "votes.csv"


@pytest.fixture
def shown(page, mount):
    """Put an annotator's view on the page, and hand on what it sends as a kernel would."""

    def put(annotator, **options):
        def state():
            return {name: annotator.view.get_state()[name] for name in ("shown", "audio")}

        view = mount(page, AnnotatorView._esm, AnnotatorView._css, state(), **options)
        answered = 0

        def sync(messages=1):
            nonlocal answered
            page.wait_for_function("(n) => host.messages().length >= n", arg=answered + messages)
            for content in view.messages[answered:]:
                annotator.view._handle_custom_msg(content, [])
                answered += 1
            view.update(state())

        view.sync = sync
        return view

    return put


def emotions(path):
    return [rating.emotion for rating in RatingsFile(path).read()]


def hear(page):
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Play again").wait_for()


def test_a_rater_hears_and_chooses(page, shown, clips, path):
    annotator = Annotator(clips, path, "eve")
    view = shown(annotator)
    angry = page.get_by_role("button", name="angry")
    assert page.get_by_role("heading").inner_text() == "Clip 1 of 3"
    assert angry.is_disabled()
    hear(page)
    page.wait_for_timeout(150)
    angry.click()
    assert angry.is_disabled()
    view.sync()
    (rating,) = RatingsFile(path).read()
    assert (rating.emotion, rating.plays) == ("angry", 1)
    assert 0.1 < rating.seconds < 10
    assert page.get_by_role("heading").inner_text() == "Clip 2 of 3"
    assert "Last answer: angry" in view.root.inner_text()
    # The next clip plays by itself, since there was a click.
    page.get_by_role("button", name="Play again").wait_for()
    angry.click()
    view.sync()
    assert emotions(path) == ["angry", "angry"]


def test_keys(page, shown, clips, path):
    view = shown(Annotator(clips, path, "eve", other=True, autoplay=False))
    hear(page)
    page.keyboard.press("Space")
    page.wait_for_timeout(200)
    page.keyboard.press("6")
    view.sync()
    (rating,) = RatingsFile(path).read()
    assert (rating.emotion, rating.plays) == ("sad", 2)
    page.keyboard.press("3")  # not heard yet
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play again").wait_for()
    page.keyboard.press("0")
    view.sync()
    page.keyboard.press("s")
    view.sync()
    assert emotions(path) == ["sad", "other", ""]
    assert page.get_by_role("heading").inner_text() == "All 3 clips are done"
    assert [b.inner_text() for b in page.get_by_role("button").all()] == ["UndoU"]
    page.keyboard.press("u")
    view.sync()
    assert emotions(path) == ["sad", "other"]
    assert page.get_by_role("heading").inner_text() == "Clip 3 of 3"
    assert [message["kind"] for message in view.messages] == ["answer"] * 3 + ["undo"]


def test_several(page, shown, clips, path):
    view = shown(Annotator(clips, path, "eve", other=True, several=True, autoplay=False))
    save = page.get_by_role("button", name="Save")
    assert save.is_disabled()
    hear(page)
    assert save.is_disabled()
    page.keyboard.press("1")
    page.keyboard.press("0")
    pressed = page.locator("[aria-pressed=true]")
    assert pressed.all_inner_texts() == ["0\nnone of these"]
    page.keyboard.press("6")
    page.get_by_role("button", name="angry").press("Enter")
    assert pressed.count() == 2
    page.keyboard.press("Enter")
    view.sync()
    assert emotions(path) == ["angry", "sad"]
    assert page.get_by_role("heading").inner_text() == "Clip 2 of 3"
    assert pressed.count() == 0


def test_an_answer_is_sent_once(page, shown, clips, path):
    view = shown(Annotator(clips, path, "eve"))
    hear(page)
    for _ in range(3):
        page.keyboard.press("1")
    page.keyboard.press("u")
    assert len(view.messages) == 1


def test_the_page_knows_no_names(page, shown, clips, path):
    annotator = Annotator(clips, path, "eve")
    view = shown(annotator)
    for _ in NAMES:
        page.keyboard.press("Tab")
        hear(page)
        html = page.content()
        assert not [name for name in NAMES if name in html]
        assert not [name for name in NAMES if name in str(view.get("shown"))]
        page.get_by_role("button", name="Skip").click()
        view.sync()
    assert annotator.finished


def test_agreement_when_asked(page, shown, clips, path):
    other = Annotator(clips, path, "tom")
    for _ in NAMES:
        other.answer("sad")
    annotator = Annotator(clips, path, "eve")
    view = shown(annotator)
    told = view.root.locator(".sv-agreement")
    assert not told.is_visible()
    hear(page)
    page.get_by_role("button", name="sad").click()
    view.sync()
    page.get_by_role("button", name="Show the agreement").click()
    view.sync()
    assert told.inner_text().startswith("All answers are the same")
    annotator.answer("sad")
    annotator.answer("angry")
    view.update({"shown": annotator.view.shown, "audio": b""})
    assert re.match(r"Krippendorff's alpha \.\d\d, .* over 3 clips", told.inner_text())
    assert not page.get_by_role("button", name="Show the agreement").is_visible()


def test_hostile_names_and_choices_are_text(page, shown, clips, path):
    named = {HOSTILE: clips["anna_angry"]}
    annotator = Annotator(
        named, path, HOSTILE, emotions={"sad": HOSTILE, HOSTILE: "x"}, show_names=True
    )
    view = shown(annotator)
    hear(page)
    assert HOSTILE in view.root.inner_text()
    page.keyboard.press("2")
    view.sync()
    assert view.root.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None
    assert emotions(path) == [HOSTILE]


def test_a_file_that_cannot_be_played_can_be_skipped(page, shown, clips, path):
    annotator = Annotator(clips, path, "eve")
    view = shown(annotator)
    view.update({"shown": {**annotator.view.shown}, "audio": b"RIFF no sound"})
    page.get_by_role("button", name="Play").click()
    alert = page.get_by_role("alert").filter(has_text="cannot be played")
    alert.wait_for()
    assert page.get_by_role("button", name="angry").is_disabled()
    page.get_by_role("button", name="Skip").click()
    view.sync()
    assert emotions(path) == [""]


def test_closing_stops_the_sound(page, shown, clips, path):
    view = shown(Annotator(clips, path, "eve"))
    hear(page)
    audio = page.evaluate_handle("document.querySelector('audio')")
    view.close()
    assert audio.evaluate("(audio) => audio.paused")
    assert page.evaluate("host.listeners()") == 0


def test_every_control_has_a_name_and_the_order_is_blind(page, shown, clips, path):
    assert blind_order(NAMES, "eve") != NAMES
    shown(Annotator(clips, path, "eve", several=True))
    for button in page.get_by_role("button").all():
        assert button.inner_text().strip()
    assert page.get_by_role("progressbar", name="Clips done").count() == 1
    assert page.get_by_role("group", name="What do you hear?").count() == 1


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_seen_in_both_themes(page, shown, clips, path, dark, tmp_path):
    view = shown(Annotator(clips, path, "eve", other=True), dark=dark)
    hear(page)
    ink, paper = view.root.evaluate(
        "(el) => ['color', 'backgroundColor'].map((key) => getComputedStyle(el)[key])"
    )
    assert ink != paper
    box = page.get_by_role("button", name="angry").bounding_box()
    assert box["height"] >= 40
