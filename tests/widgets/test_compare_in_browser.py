import re

import pytest

import sottovoce
from sottovoce.widgets import Compare
from sottovoce.widgets.compare.compare import CompareView

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"


@pytest.fixture(scope="module")
def corpus():
    return sottovoce.load_corpus("sample").select(speakers="anna")


@pytest.fixture(scope="module")
def run(corpus):
    recordings = {name: corpus.recordings[name] for name in ("anna_angry", "anna_sad")}
    prompts = ["one_word", "percentages"]
    return sottovoce.capture(sottovoce.load_model(), recordings, prompts, progress=False)


@pytest.fixture
def shown(page, mount):
    """Put a Compare's view on the page; what it sends is handed to Python as a kernel would."""

    def put(compare, **options):
        state = {name: compare.view.get_state()[name] for name in ("choices", "shown")}
        view = mount(page, CompareView._esm, CompareView._css, state, **options)
        answered = 0

        def sync():
            nonlocal answered
            for content in view.messages[answered:]:
                compare.view._handle_custom_msg(content, [])
                answered += 1
            view.set("shown", compare.view.get_state()["shown"])

        view.sync = sync
        return view

    return put


def numbers(page):
    page.get_by_text("Numbers").click()
    rows = page.locator("tbody tr").all()
    return {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows
    }  # fmt: skip


def test_the_numbers_shown_are_those_of_python(page, shown, run, corpus):
    compare = Compare(run, corpus)
    view = shown(compare)
    table = numbers(page)
    assert list(table) == compare.shares["emotion"].values.tolist()
    for emotion, cells in table.items():
        left, right = (float(x) for x in compare.shares.sel(emotion=emotion))
        heard = float(compare.reference.sel(side="left", emotion=emotion))
        assert cells[:2] == [f"{100 * left:.1f} %", f"{100 * right:.1f} %"]
        assert cells[2].replace("−", "-") == f"{100 * (right - left):+.1f}"
        assert cells[3] == f"{100 * heard:.1f} %"
    assert f"{compare.js:.3f} bits" in view.root.locator("[role=status]").inner_text()
    widths = [float(bar.get_attribute("width")) for bar in view.root.locator("rect").all()]
    left, right = compare.shares.values
    most = max(widths) / max(*left, *right)
    assert widths == pytest.approx([most * share for share in (*left, *right)], abs=0.01)
    label = page.get_by_role("img").get_attribute("aria-label")
    assert "Left, one_word: angry" in label
    assert "Right less left, in points" in label


def test_choosing_reaches_python_and_comes_back(page, shown, run, corpus):
    compare = Compare(run, corpus)
    view = shown(compare)
    page.get_by_label("Right read-out").select_option("text")
    assert view.messages[-1] == {
        "kind": "choose", "side": "right", "part": "readout", "value": "text",
    }  # fmt: skip
    view.sync()
    assert compare.right["readout"] == "text"
    page.get_by_label("Left recording").select_option("anna_sad")
    view.sync()
    assert page.get_by_label("Right recording").input_value() == "anna_sad"
    page.get_by_label("Same recording on both sides").uncheck()
    view.sync()
    assert compare.same == []
    share = float(compare.shares.sel(side="left", emotion="sad"))
    assert numbers(page)["sad"][0] == f"{100 * share:.1f} %"
    assert page.get_by_label("Left run").count() == 0


def test_steps_are_offered_where_a_read_out_takes_them(page, shown, run):
    compare = Compare(run, left={"readout": "mean_prob", "steps": [0, 2]})
    view = shown(compare)
    steps = page.get_by_label("Left steps")
    assert steps.input_value() == "0, 2"
    assert page.get_by_label("Right steps").is_enabled()
    steps.select_option("answer")
    view.sync()
    assert compare.left["steps"] == "answer"
    page.get_by_label("Left read-out").select_option("text")
    view.sync()
    assert steps.is_disabled()


def test_the_keyboard_chooses(page, shown, run):
    compare = Compare(run)
    view = shown(compare)
    page.get_by_label("Left recording").focus()
    page.keyboard.press("ArrowDown")
    view.sync()
    assert compare.left["utterance"] == "anna_sad"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    view.sync()
    assert compare.same == []


def test_a_refused_choice_goes_back(page, shown, run):
    compare = Compare(run)
    view = shown(compare)
    select = page.get_by_label("Left prompt")
    select.evaluate("node => node.append(new Option('poem', 'poem'))")
    select.select_option("poem")
    view.sync()
    assert "poem" in compare.messages.text
    assert select.input_value() == "one_word"


def test_hostile_names_and_answers_are_text(page, shown, run, corpus):
    named = run.assign_coords(utterance=[HOSTILE, "b"], prompt=[HOSTILE, "$x$"])
    named["answer"] = named.answer.copy(data=[[HOSTILE] * 2] * 2)
    compare = Compare({HOSTILE: named, "again": named}, corpus)
    view = shown(compare)
    assert page.get_by_label("Left run").input_value() == HOSTILE
    assert view.root.locator("q").first.inner_text() == HOSTILE
    assert view.root.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


def test_a_narrow_view_puts_the_differences_below(page, shown, run):
    view = shown(Compare(run))
    page.get_by_text("Right less left").wait_for()
    drawing = view.root.locator("svg").first
    wide = drawing.bounding_box()
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_function("document.querySelector('svg').getAttribute('width') < 420")
    narrow = drawing.bounding_box()
    assert narrow["height"] > 1.8 * wide["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_nothing_is_left_when_the_view_goes(page, shown, run):
    view = shown(Compare(run))
    assert page.evaluate("host.listeners()") == 2
    view.close()
    assert page.evaluate("host.listeners()") == 0


def test_redrawing_takes_less_than_two_frames(page, shown, run, corpus):
    view = shown(Compare(run, corpus))
    state = view.get("shown")
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
        state,
    )
    assert took < 33


def test_the_names_are_whole_where_there_is_room(page, shown, run):
    view = shown(Compare(run))
    names = view.root.locator(".sv-name").all()
    assert all(re.fullmatch(r"[a-z]+", name.evaluate("n => n.firstChild.data")) for name in names)
