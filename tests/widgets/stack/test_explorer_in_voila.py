"""The Explorer in Voila: what a person does in the page, held against Python's own numbers."""

import io

import numpy as np
import pytest
import soundfile
from explorer_page import CELL, LONG, ExplorerPage, answer, seconds, shares
from servers import write_notebook

import sottovoce

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = "<img src=x onerror=alert(1)>"
TELLING = "anna_disgusted-happy_3"
HOSTILE_VIEW = """
import sottovoce
from sottovoce.widgets import LinkedView

hostile = "<img src=x onerror=alert(1)>"
clip = sottovoce.load_recording(sottovoce.load_corpus("sample").recordings["tom_sad"])
run = sottovoce.capture(sottovoce.load_model(), {hostile: clip}, "one_word", progress=False)
run["chosen_text"] = run["chosen_text"].astype(object)
run["chosen_text"][0, 0, 0] = hostile
run["answer"] = run["answer"].astype(object)
run["answer"][0, 0] = hostile
run = run.assign_coords(token_text=run["token_text"].astype(object))
run["token_text"][:] = hostile
view = LinkedView()
view.show(run, hostile, "one_word", shares={hostile: sottovoce.read_out(run)}, recording=clip)
view
"""


@pytest.fixture(scope="module")
def only_explorer(voila_server, open_page):
    """One Explorer for all tests; each chooses what it needs, and what was asked is known."""
    write_notebook(voila_server.folder / "explorer.ipynb", CELL)
    page = open_page()
    page.goto(f"{voila_server.address}/voila/render/explorer.ipynb", timeout=LONG)
    explorer = ExplorerPage(page)
    explorer.wait()
    return explorer


@pytest.fixture
def explorer(only_explorer):
    yield only_explorer
    assert only_explorer.page.wrong == []


@pytest.fixture(scope="module")
def percentages(model, samples):
    """The answer in percentages about the telling recording, from the model itself."""
    return answer(model, samples[TELLING], TELLING, "percentages")


@pytest.fixture
def answered(explorer, percentages):
    """The Explorer with that answer in view."""
    explorer.choose([TELLING], ["percentages"])
    explorer.ask(TELLING)
    explorer.read("answer_step")
    explorer.expect_shares("token level", shares(percentages, "answer_step"))
    return explorer


def test_the_answer_to_an_uploaded_file_is_that_of_python(explorer, model, samples):
    content = samples["tom_angry"].read_bytes()
    name = f"{HOSTILE}.flac"
    explorer.unfold("Recordings")
    explorer.page.get_by_label("Files to upload").set_input_files(
        [{"name": name, "mimeType": "audio/flac", "buffer": content}]
    )
    explorer.option(HOSTILE).wait_for()
    explorer.choose([HOSTILE], ["one_word"])
    explorer.ask(HOSTILE)
    run = answer(model, content, "tom", "one_word")
    explorer.expect_shares("token level", shares(run, "answer_step"))
    explorer.expect_shares("text level", shares(run, "text", policy="neutral"))
    assert "listeners" not in explorer.table()  # nobody voted on it


def test_a_file_larger_than_a_message_may_be_comes_through(explorer):
    sound = np.random.default_rng(0).normal(0, 0.05, (96000 * 28, 2))
    content = io.BytesIO()
    soundfile.write(content, sound, 96000, "PCM_16", format="WAV")
    assert len(content.getvalue()) > 10 * 2**20
    explorer.unfold("Recordings")
    explorer.page.get_by_label("Files to upload").set_input_files(
        [{"name": "large.wav", "mimeType": "audio/wav", "buffer": content.getvalue()}]
    )
    uploads = explorer.page.get_by_role("list", name="Uploads")
    uploads.locator(".sv-taken", has_text="28.0 s").wait_for(timeout=LONG)


def test_the_answer_to_what_the_microphone_heard_is_that_of_python(explorer, model):
    explorer.choose([], ["one_word"])
    explorer.unfold("Recordings")
    page = explorer.page
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_function(
        "() => parseFloat(document.querySelector('[role=timer]').textContent) >= 1.5"
    )
    page.get_by_role("button", name="Stop", exact=True).click()
    chosen = explorer.recordings.get_by_role("option", selected=True)
    chosen.wait_for()
    name = chosen.locator(".sv-name").inner_text()
    recording = sottovoce.load_recording(explorer.wav())
    assert recording.duration >= 1.5
    assert np.abs(recording.samples).max() > 0.01  # it heard something
    assert seconds(page.get_by_role("timer").inner_text()) <= recording.duration + 0.1

    explorer.ask(name)
    run = answer(model, recording, name, "one_word")
    explorer.expect_shares("token level", shares(run, "answer_step"))


@pytest.mark.parametrize("readout", ["expected_share", "mean_prob", "text"])
def test_another_readout_shows_the_numbers_of_python(answered, percentages, readout):
    answered.read(readout)
    level = "text level" if readout == "text" else "token level"
    answered.expect_shares(level, shares(percentages, readout))


def test_a_dragged_range_of_steps_is_what_is_read(answered, percentages):
    answered.read("mean_logprob")
    answered.expect_shares("token level", shares(percentages, "mean_logprob"))
    _, last = answered.range()
    answered.drag("First step of the range", 2)
    answered.drag("Last step of the range", -3)
    first, last = answered.range()
    n_steps = int(percentages["n_steps"].item())
    assert (first, last) == (2, n_steps - 4)
    dragged = shares(percentages, "mean_logprob", steps=slice(first, last + 1))
    assert abs(dragged - shares(percentages, "mean_logprob")).max() > 0.002
    answered.expect_shares("token level", dragged)


def test_a_token_shows_what_was_weighed_instead(answered, percentages):
    one = percentages.isel(utterance=0, prompt=0)
    step = int(one["n_steps"]) - 2
    answered.view.get_by_role("option").nth(step).click()
    heading = answered.view.get_by_role("heading", name=f"At step {step + 1} of")
    heading.wait_for()
    at = one.isel(step=step)
    p = float(np.exp(at["chosen_logit"] - at["log_normalizer"]))
    shown = answered.view.locator(".sv-emitted .sv-percent").inner_text()
    assert float(shown.removesuffix(" %")) == pytest.approx(100 * p, abs=0.051)


def test_a_run_is_cancelled_and_another_one_goes_on(explorer, model, samples):
    explorer.choose([], ["one_word", "percentages", "json"])
    explorer.unfold("Recordings")
    explorer.page.get_by_role("searchbox", name="Search recordings").fill("tom")
    explorer.page.get_by_role("button", name="Choose all").click()
    explorer.run_button.click()
    explorer.cancel_button.click()
    explorer.page.get_by_text("Cancelled.").wait_for(timeout=LONG)
    assert explorer.cancel_button.is_hidden()
    explorer.choose(["maya_sad-fearful_1"], ["one_word"])
    explorer.ask("maya_sad-fearful_1")
    run = answer(model, samples["maya_sad-fearful_1"], "maya_sad-fearful_1", "one_word")
    explorer.expect_shares("token level", shares(run, "answer_step"))


def test_what_a_model_says_is_never_markup(voila_server, open_page):
    write_notebook(voila_server.folder / "hostile.ipynb", HOSTILE_VIEW)
    page = open_page()
    page.goto(f"{voila_server.address}/voila/render/hostile.ipynb", timeout=LONG)
    view = page.locator(".sottovoce-linked")
    view.get_by_role("option").first.wait_for(timeout=LONG)
    assert view.locator("h2 .sv-utterance").inner_text() == HOSTILE
    # Blanks of a token are made visible, and it is cut where it is long.
    assert view.get_by_role("option").first.inner_text().startswith("<img␣src=x␣onerror=")
    assert view.locator("tbody th").first.inner_text() == HOSTILE
    assert page.locator("img").count() == 0
    assert page.wrong == []
