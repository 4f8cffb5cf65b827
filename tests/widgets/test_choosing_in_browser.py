"""PromptPicker, TokenSetEditor and SpellingFilter in a browser, with Python answering."""

import re
import time

import pytest

import sottovoce
from sottovoce import Prompt, TokenSet
from sottovoce.paths import data_folder
from sottovoce.widgets import PromptPicker, SpellingFilter, TokenSetEditor

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"
TRAITS = {
    "PromptView": ("listed", "chosen", "language", "languages", "formats"),
    "TokenSetView": ("lines", "told", "presets", "largest"),
    "SpellingView": ("concepts", "ticked"),
}


class Kernel:
    """Hands over what a view sends, and what Python changes, as a kernel does."""

    def __init__(self, view, mounted):
        self.view, self.mounted = view, mounted
        self.told, self.saved, self.heard = [], 0, 0
        self.known = self.state()
        view.send = lambda content, buffers=None: self.told.append(content)

    def state(self):
        state = self.view.get_state()
        return {name: state[name] for name in TRAITS[type(self.view).__name__]}

    def answer(self, number=1):
        """Wait for so many messages or changes, and answer them."""
        self.mounted.page.wait_for_function(
            "(number) => host.messages().length + host.saved().length >= number",
            arg=self.heard + self.saved + number,
        )
        for saved in self.mounted.saved[self.saved :]:
            self.known.update(saved)
            self.view.set_state(saved)
            self.saved += 1
        for content in self.mounted.messages[self.heard :]:
            self.view._handle_custom_msg(content, [])
            self.heard += 1
        state = self.state()
        changed = {name: value for name, value in state.items() if value != self.known[name]}
        self.known = state
        self.mounted.update(changed)
        while self.told:
            self.mounted.send(self.told.pop(0))

    def until(self, condition):
        """Answer whatever comes until something holds: typing comes in pieces on a slow machine."""
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it never came to hold"
            self.mounted.page.wait_for_timeout(50)
            self.answer(0)


@pytest.fixture
def shown(page, mount):
    def put(widget, **options):
        view = widget.view
        state = {name: view.get_state()[name] for name in TRAITS[type(view).__name__]}
        return Kernel(view, mount(page, view._esm, view._css, state, **options))

    return put


@pytest.fixture(scope="module")
def tokenizer():
    return sottovoce.load_model().tokenizer


def names(page):
    return page.get_by_role("list", name="Questions").locator(".sv-name").all_inner_texts()


def test_questions_are_filtered_and_ticked(page, shown):
    picker = PromptPicker("one_word")
    kernel = shown(picker)
    assert names(page) == [prompt.name for prompt in sottovoce.list_prompts()]
    page.get_by_role("button", name="日本語").click()
    page.get_by_label("Form of answer", exact=True).select_option("json")
    assert names(page) == ["json_ja", "json_ja_2"]
    assert page.get_by_role("button", name="日本語").get_attribute("aria-pressed") == "true"
    text = sottovoce.get_prompt("json_ja").text
    page.get_by_role("checkbox", name=f"json_ja: {text}", exact=True).check()
    kernel.answer()
    assert [prompt.name for prompt in picker.prompts] == ["one_word", "json_ja"]
    assert page.get_by_text("2 questions chosen, 2 shown").is_visible()
    page.get_by_role("button", name="Do not ask one_word").click()
    kernel.answer()
    assert [prompt.name for prompt in picker.prompts] == ["json_ja"]


def test_the_list_is_walked_and_ticked_by_keys(page, shown):
    picker = PromptPicker(())
    kernel = shown(picker)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    kernel.answer()
    assert [prompt.name for prompt in picker.prompts] == [sottovoce.list_prompts()[1].name]
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused.startswith(picker.prompts[0].name), "ticking does not lose the place"


def test_a_typed_question_is_told_of_and_added(page, shown):
    picker = PromptPicker(())
    kernel = shown(picker)
    page.get_by_text("Ask a question of your own").click()
    question = page.get_by_label("Your own question", exact=True)
    page.get_by_label("Name of your question").fill("json")
    question.fill("How tired is the voice?")
    problem = page.get_by_text("The name 'json' is taken. Give another one.")
    kernel.until(problem.is_visible)
    assert problem.get_attribute("id") == question.get_attribute("aria-describedby")
    page.get_by_label("Name of your question").fill("tired")
    page.get_by_label("Form of answer of your question").select_option("word")
    page.get_by_role("button", name="Add question").click()
    kernel.until(lambda: names(page)[0] == "tired")
    assert picker.prompts == (Prompt("tired", "How tired is the voice?", "en", "word"),)
    assert question.input_value() == ""
    page.get_by_role("button", name="Remove tired").click()
    kernel.answer()
    assert picker.prompts == ()
    assert "tired" not in names(page)


def test_a_hostile_question_is_text(page, shown):
    shown(PromptPicker([Prompt(HOSTILE, HOSTILE)]))
    assert names(page)[0] == HOSTILE
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


def test_writing_a_concept_tells_its_pieces_and_reaches_python(page, shown, tokenizer):
    editor = TokenSetEditor({"angry": ["angry"]}, tokenizer=tokenizer)
    kernel = shown(editor)
    page.get_by_role("button", name="Add a concept").click()
    kernel.answer()
    page.get_by_role("textbox", name="Concept", exact=True).last.fill("low")
    page.get_by_role("textbox", name="Spellings of low").fill("sad, sadness, ß")
    kernel.until(lambda: "low" in editor.token_set.concepts)
    assert editor.token_set.concepts == {"angry": ("angry",), "low": ("sad", "sadness", "ß")}
    chips = page.get_by_role("group", name="low").locator(".sv-word")
    expected = [word["told"] for word in editor.view.told["lines"][1]["words"]]
    labels = [chip.get_attribute("aria-label") for chip in chips.all()]
    assert labels == [
        f"{w}: {told}" for w, told in zip(("sad", "sadness", "ß"), expected, strict=True)
    ]
    assert chips.nth(0).locator(".sv-piece").all_inner_texts() == ["␣sad"]
    page.get_by_role("group", name="low").locator("summary").click()
    heads = page.get_by_role("group", name="low").get_by_role("columnheader")
    heads.first.wait_for()
    assert heads.all_inner_texts() == [
        "spelling", "as written", "behind a space", "with a capital", "both",
    ]  # fmt: skip
    page.get_by_role("button", name="Remove low").click()
    kernel.until(lambda: editor.token_set.concepts == {"angry": ("angry",)})


def test_a_problem_stands_beside_its_line_and_typing_goes_on(page, shown, tokenizer):
    editor = TokenSetEditor({"angry": ["angry"], "low": ["sad"]}, tokenizer=tokenizer)
    kernel = shown(editor)
    field = page.get_by_role("textbox", name="Spellings of low")
    field.fill("sad, angry")
    kernel.answer()
    assert field.get_attribute("aria-invalid") == "true"
    told = page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    assert "stands in 'angry' and in 'low'" in told.inner_text()
    assert "Still in use: angry, low." in page.get_by_role("status").first.inner_text()
    assert editor.token_set.spellings("low") == ("sad",)
    field.press("End")
    field.press_sequentially(" birds")
    kernel.until(lambda: "angry birds" in editor.token_set.spellings("low"))
    assert field.input_value() == "sad, angry birds", "nothing is taken from under the hands"
    assert field.get_attribute("aria-invalid") == "false"
    assert editor.token_set.spellings("low") == ("sad", "angry birds")


def test_presets_and_tables_fill_the_lines(page, shown, tokenizer):
    editor = TokenSetEditor({"angry": ["angry"]}, tokenizer=tokenizer)
    kernel = shown(editor)
    page.get_by_role("checkbox", name="emotions-ja").check()
    kernel.answer()
    assert (
        page.get_by_role("textbox", name="Spellings of angry")
        .input_value()
        .startswith("angry, 怒り")
    )
    page.get_by_role("checkbox", name="percentages").check()
    kernel.answer()
    assert editor.token_set == TokenSet({"angry": ["angry"]}) | TokenSet.preset(
        "emotions-ja+percentages"
    )
    page.get_by_text("From a table").click()
    page.get_by_label("File with a table of spellings").set_input_files(
        {
            "name": "words.csv",
            "mimeType": "text/csv",
            "buffer": "concept,spelling\ncalm,穏やか".encode(),
        }
    )
    kernel.answer()
    assert page.get_by_text("1 concept taken from the table.").is_visible()
    assert page.get_by_role("textbox", name="Spellings of calm").input_value() == "穏やか"
    assert editor.token_set.concepts == {"calm": ("穏やか",)}


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page, shown):
    kernel = shown(TokenSetEditor("emotions-en"))
    page.get_by_text("From a table").click()
    page.get_by_label("File with a table of spellings").set_input_files(
        {"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * 1_000_001}
    )
    assert page.get_by_text("big.csv has more than 1000 kB.").is_visible()
    assert kernel.mounted.messages == []


def test_hostile_concepts_are_text(page, shown, tokenizer):
    tokens = TokenSet({HOSTILE: [HOSTILE]})
    shown(TokenSetEditor(tokens, tokenizer=tokenizer))
    assert page.get_by_role("textbox", name="Concept", exact=True).input_value() == HOSTILE
    page.locator("summary").first.click()
    assert HOSTILE in page.locator(".sv-forms tbody th").inner_text()
    shown(SpellingFilter(tokens))
    page.get_by_role("button", name="of the spellings of").click()
    assert page.get_by_role("checkbox", name=HOSTILE).count() == 2
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


def test_spellings_are_ticked_one_by_one_or_with_their_concept(page, shown):
    clip = data_folder() / "samples" / "anna_sad.flac"
    run = sottovoce.capture(
        sottovoce.load_model(), clip, "one_word", "emotions-en", max_new_tokens=2, progress=False
    )
    spellings = SpellingFilter(run=run)
    kernel = shown(spellings)
    sad = page.get_by_role("group", name="sad")
    fold = sad.get_by_role("button")
    assert not sad.get_by_role("list").is_visible()
    fold.click()
    assert fold.get_attribute("aria-expanded") == "true"
    assert sorted(sad.locator("li").first.locator(".sv-token").all_inner_texts()) == [
        "Sad", "sad", "␣Sad", "␣sad",
    ]  # fmt: skip
    assert "without a token of their own" in sad.inner_text()
    sad.get_by_role("checkbox", name="sad", exact=True).first.uncheck()
    kernel.answer()
    assert "sad" not in spellings.chosen
    assert re.match(r"5 of 6 concepts count", page.get_by_role("status").inner_text())
    page.get_by_role("button", name="All count").click()
    kernel.answer()
    assert spellings.everything
    assert page.get_by_role("button", name="All count").is_disabled()
    assert fold.get_attribute("aria-expanded") == "true", "what is open stays open"


@pytest.mark.parametrize("dark", [False, True])
def test_no_view_is_wider_than_its_place_in_either_theme(page, shown, tokenizer, dark):
    page.set_viewport_size({"width": 340, "height": 800})
    for widget in (
        PromptPicker(["one_word", Prompt("x" * 80, "y" * 300)]),
        TokenSetEditor({"angry": ["angry"], "long": ["z" * 60]}, tokenizer=tokenizer),
        SpellingFilter({"angry": ["angry"], "w" * 60: ["z" * 60]}),
    ):
        shown(widget, dark=dark)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 340, type(widget).__name__
