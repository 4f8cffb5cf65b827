import numpy as np
import pytest
import soundfile

from sottovoce.alerts import Alert, AlertLog
from sottovoce.widgets import AlertReview
from sottovoce.widgets.alert_review.alert_review import AlertReviewView

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"
SHARES = {"angry": 0.75, "neutral": 0.2, "sad": 0.05}


@pytest.fixture
def log(tmp_path):
    log = AlertLog(tmp_path / "alerts.jsonl")
    for i in range(3):
        path = tmp_path / f"alert_{i}.wav"
        soundfile.write(path, 0.3 * np.sin(np.arange(8000) * (0.1 + 0.02 * i)), 16000)
        add(log, str(i), sound=str(path))
    return log


@pytest.fixture
def shown(page, mount):
    """Put a review's view on the page, and hand on what it sends as a kernel would."""

    def put(review, **options):
        def state():
            return {name: review.view.get_state()[name] for name in ("shown", "audio")}

        view = mount(page, AlertReviewView._esm, AlertReviewView._css, state(), **options)
        answered = 0

        def sync():
            nonlocal answered
            page.wait_for_function("(n) => host.messages().length >= n", arg=answered + 1)
            for content in view.messages[answered:]:
                review.view._handle_custom_msg(content, [])
                answered += 1
            view.update(state())

        view.sync = sync
        return view

    return put


def add(log, number, **given):
    given = {"rule": "angry above 0.6", "shares": SHARES, "values": {"angry": 0.75}} | given
    log.add(Alert(id=number, source="call", start=2.0, end=5.0, model="m", **given))


def hear(page):
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Play again").wait_for()


def test_a_reviewer_hears_and_judges(page, shown, log):
    view = shown(AlertReview(log, "Ada"))
    confirm = page.get_by_role("button", name="Confirm")
    assert page.get_by_role("heading").inner_text() == "Alert 1 of 3"
    assert "angry above 0.6\n\ncall, 2.0 to 5.0 s" in view.root.inner_text()
    assert confirm.is_disabled()
    hear(page)
    page.get_by_label("Note, why").fill("shouts, cor")
    confirm.click()
    assert confirm.is_disabled()
    view.sync()
    (said,) = log.verdicts
    assert (said.alert, said.verdict, said.note) == ("0", "confirmed", "shouts, cor")
    assert page.get_by_role("heading").inner_text() == "Alert 2 of 3"
    assert page.get_by_label("Note, why").input_value() == ""
    assert "1 of 1 confirmed, precision 1.00 [.21, 1.00]; 2 open" in view.root.inner_text()
    # The next sound plays by itself, since there was a click.
    page.get_by_role("button", name="Play again").wait_for()
    page.get_by_role("button", name="Overrule").click()
    view.sync()
    assert [one.verdict for one in log.verdicts] == ["confirmed", "overruled"]


def test_keys(page, shown, log):
    view = shown(AlertReview(log, "Ada", autoplay=False))
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("o")  # not heard yet
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play again").wait_for()
    page.keyboard.press("n")
    page.keyboard.type("no cry, or c")
    assert view.messages == []
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    view.sync()
    assert [(one.verdict, one.note) for one in log.verdicts] == [("overruled", "no cry, or c")]
    page.keyboard.press("ArrowLeft")
    view.sync()
    assert page.get_by_role("heading").inner_text() == "Alert 1 of 3"
    assert "You overruled it: “no cry, or c”." in view.root.inner_text()
    assert page.get_by_label("Note, why").input_value() == "no cry, or c"
    page.keyboard.press("ArrowRight")
    view.sync()
    page.keyboard.press("r")
    view.sync()
    assert [one["kind"] for one in view.messages] == ["verdict", "go", "go", "refresh"]


def test_a_verdict_is_sent_once(page, shown, log):
    view = shown(AlertReview(log, "Ada"))
    hear(page)
    for key in "ccor":
        page.keyboard.press(key)
    assert len(view.messages) == 1


def test_shares_are_bars_with_the_threshold(page, shown, log):
    shown(AlertReview(log, "Ada"))
    table = page.get_by_role("table", name="Shares in its last window")
    assert table.get_by_role("rowheader").all_inner_texts() == list(SHARES)
    assert table.get_by_role("cell", name="75 %").count() == 1
    widths = table.locator(".sv-area").evaluate_all(
        "(bars) => bars.map((bar) => bar.offsetWidth / bar.parentElement.offsetWidth)"
    )
    assert widths == pytest.approx(list(SHARES.values()), abs=0.01)
    assert page.locator(".sv-threshold").count() == 1
    at = page.locator(".sv-threshold").evaluate(
        "(line) => line.offsetLeft / line.parentElement.offsetWidth"
    )
    assert at == pytest.approx(0.6, abs=0.01)


def test_without_a_sound_and_without_alerts(page, shown, tmp_path):
    log = AlertLog(tmp_path / "alerts.jsonl")
    review = AlertReview(log, "Ada")
    view = shown(review)
    assert page.get_by_role("heading").inner_text() == "No alerts so far"
    assert [b.inner_text() for b in page.get_by_role("button").all()] == ["Look for new alertsR"]
    add(log, "1")
    page.get_by_role("button", name="Look for new alerts").click()
    view.sync()
    assert "No sound was kept" in view.root.inner_text()
    assert not page.get_by_role("button", name="Play").is_visible()
    page.get_by_role("button", name="Confirm").click()
    view.sync()
    assert "Every alert has your verdict." in view.root.inner_text()
    assert review.finished


def test_hostile_texts_are_text(page, shown, tmp_path):
    log = AlertLog(tmp_path / "alerts.jsonl")
    for number in ("1", "2"):
        hostile = {"rule": HOSTILE, "shares": {HOSTILE: 0.5}, "values": {HOSTILE: 0.5}}
        add(log, number, **hostile, prompt=HOSTILE, sound=f"{HOSTILE}.wav")
    AlertReview(log, f"{HOSTILE} 2").judge("confirmed", HOSTILE)
    review = AlertReview(log, HOSTILE)
    view = shown(review)
    page.get_by_label("Note, why").fill(HOSTILE)
    page.get_by_role("button", name="Overrule").click()
    view.sync()
    page.get_by_role("button", name="Previous").click()
    view.sync()
    assert f"{HOSTILE} 2: confirmed ({HOSTILE})" in view.root.inner_text()
    assert view.root.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None
    assert log.verdicts[-1].note == HOSTILE


def test_closing_stops_the_sound(page, shown, log):
    view = shown(AlertReview(log, "Ada"))
    hear(page)
    audio = page.evaluate_handle("document.querySelector('audio')")
    view.close()
    assert audio.evaluate("(audio) => audio.paused")
    assert page.evaluate("host.listeners()") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_controls_have_names_and_bars_are_seen_in_both_themes(page, shown, log, dark):
    view = shown(AlertReview(log, "Ada"), dark=dark)
    hear(page)
    for button in page.get_by_role("button").all():
        assert button.inner_text().strip()
    assert page.get_by_role("progressbar", name="Alerts reviewed by you").count() == 1
    assert page.get_by_role("textbox", name="Note, why").count() == 1
    colors = view.root.locator(".sv-area").evaluate_all(
        "(bars) => bars.map((bar) => getComputedStyle(bar).backgroundColor)"
    )
    paper = view.root.evaluate("(el) => getComputedStyle(el).backgroundColor")
    neutral = [int(part) for part in colors[1].strip("rgb()").split(",")]
    behind = [int(part) for part in paper.strip("rgb()").split(",")]
    assert abs(sum(neutral) - sum(behind)) > 150
