import io
import time

import numpy as np
import pandas as pd
import pytest
import soundfile
from played_kernel import linked

import sottovoce
from sottovoce.corpora import Corpus
from sottovoce.corpora.corpus import make_votes
from sottovoce.vocabulary import EMOTIONS
from sottovoce.widgets import RecordingPicker

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=\"document.body.dataset.broken='yes'\">"
RTL = "anna\u202egpj.exe"


def tone(seconds=1.0, rate=16000, hertz=220.0):
    samples = 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format="WAV", subtype="PCM_16")
    return buffer.getvalue()


def made_up_corpus(names, folder):
    rng = np.random.default_rng(0)
    counts = pd.DataFrame(rng.integers(0, 6, (len(names), 6)), index=names, columns=EMOTIONS)
    table = pd.DataFrame(
        {"path": [str(folder / f"{i}.wav") for i in range(len(names))], "speaker": "a speaker"},
        index=pd.Index(names, name="utterance"),
    )
    return Corpus("made up", table, make_votes(counts))


@pytest.fixture
def shown(page, mount):
    def put(picker, **options):
        kernel = linked(mount, page, picker.list, **options)
        kernel.settle(lambda: True)
        return kernel

    return put


@pytest.fixture
def uploading(page, mount):
    return lambda picker, **options: linked(mount, page, picker.uploader, **options)


def options(page):
    return page.get_by_role("option")


IN_SIGHT = """() => {
    const [list, row] = ["[role=listbox]", "[aria-selected=true]"]
        .map((selector) => document.querySelector(selector)?.getBoundingClientRect());
    return Boolean(row) && list.top <= row.top && row.bottom <= list.bottom;
}"""


def test_what_is_chosen_is_in_sight(page, shown, tmp_path):
    picker = RecordingPicker(made_up_corpus([f"clip {i}" for i in range(300)], tmp_path))
    picker.selected = ("clip 180",)
    kernel = shown(picker)
    page.wait_for_function(IN_SIGHT)
    picker.selected = ("clip 3",)
    kernel.settle(lambda: page.evaluate(IN_SIGHT))
    # Folded away and back again.
    folded = "display => { document.querySelector('#widget').style.display = display; }"
    page.evaluate(folded, "none")
    picker.selected = ("clip 40",)
    page.evaluate(folded, "")
    page.wait_for_function(IN_SIGHT)
    assert page.evaluate("scrollY") == 0


def test_each_recording_tells_its_votes_and_its_length(page, shown):
    corpus = sottovoce.load_corpus("sample")
    kernel = shown(RecordingPicker(corpus))
    row = page.get_by_role("option", name="tom_sad;")
    length = f"{sottovoce.load_recording(corpus.recordings['tom_sad']).duration:.1f}"
    kernel.settle(lambda: f"tom_sad; {length} s; votes: " in row.get_attribute("aria-label"))
    votes = corpus.votes.sel(utterance="tom_sad")
    most = str(votes["emotion"][int(votes.values.argmax())].item())
    assert f"votes: {int(votes.max())} {most}" in row.get_attribute("aria-label")
    drawn = row.locator(".sv-vote").evaluate_all(
        "parts => parts.map(p => parseFloat(p.style.width))"
    )
    assert drawn == pytest.approx(
        [100 * v / float(votes.sum()) for v in votes.values if v], abs=0.01
    )
    assert page.get_by_text(corpus.note).is_visible()
    assert page.locator(".sv-legend").inner_text().split()[1:] == corpus.emotions


def test_keys_choose_one(page, shown):
    picker = RecordingPicker("sample")
    names = list(picker.everything)
    kernel = shown(picker)
    assert picker.selected == (names[0],)
    page.get_by_role("searchbox").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
    for key, place in (("ArrowDown", 1), ("End", len(names) - 1), ("PageUp", len(names) - 11)):
        page.keyboard.press(key)
        kernel.settle(lambda place=place: picker.selected == (names[place],))
        active = page.get_by_role("listbox").get_attribute("aria-activedescendant")
        assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    picker.selected = ("tom_sad",)
    assert page.locator("[aria-selected=true] .sv-name").inner_text() == "tom_sad"


def test_keys_choose_several(page, shown):
    picker = RecordingPicker("sample", multiple=True)
    names = list(picker.everything)
    kernel = shown(picker)
    page.get_by_role("listbox").focus()
    for key in ("Home", "Space", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    kernel.settle(lambda: picker.selected == (names[0], names[2]))
    options(page).nth(0).click()
    kernel.settle(lambda: picker.selected == (names[2],))
    page.get_by_role("searchbox").fill("tom angry")
    page.get_by_role("button", name="Choose all").click()
    assert "1 of them not found here" in page.get_by_role("status").first.inner_text()
    kernel.settle(lambda: len(picker.selected) > 2)
    assert all(name.startswith("tom") for name in picker.selected[1:])
    page.get_by_role("button", name="Choose none").click()
    kernel.settle(lambda: picker.selected == ())


def test_thousands_stay_quick(page, shown, tmp_path):
    names = [f"{1000 + i // 60}_{i % 60:02d}_ANG" for i in range(5000)]
    began = time.monotonic()
    picker = RecordingPicker(made_up_corpus(names, tmp_path))
    assert time.monotonic() - began < 3
    kernel = shown(picker)
    assert options(page).count() == 100
    assert page.get_by_role("button", name="4,900 more").is_visible()
    took = page.evaluate(
        """async () => {
          const search = document.querySelector("input[type=search]");
          const times = [];
          for (const text of ["1", "10", "105", "1050", "1050_0", "", "nothing like it", ""]) {
            const began = performance.now();
            search.value = text;
            search.dispatchEvent(new Event("input"));
            document.body.offsetHeight;
            times.push(performance.now() - began);
          }
          return times.sort((a, b) => a - b);
        }"""
    )
    assert took[len(took) // 2] < 200, took
    page.get_by_role("searchbox").fill("1050_07")
    assert options(page).count() == 1
    options(page).click()
    kernel.settle(lambda: picker.selected == ("1050_07_ANG",))
    page.get_by_role("searchbox").fill("no such thing")
    assert "No recording matches" in page.get_by_role("listbox").inner_text()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    assert options(page).count() == 200
    # A file that is not there says so, where it would tell its length.
    kernel.settle(lambda: "cannot be read" in options(page).first.inner_text())


def test_the_highlighted_recording_plays(page, shown):
    picker = RecordingPicker("sample")
    kernel = shown(picker)
    page.get_by_role("button", name=f"Play {picker.selected[0]}").click()
    audio = page.locator("audio")
    kernel.settle(lambda: audio.evaluate("a => a.readyState > 0 && !a.paused"))
    there = sottovoce.load_recording(picker.recordings[picker.selected[0]]).duration
    assert audio.evaluate("a => a.duration") == pytest.approx(there, abs=0.01)
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    assert audio.is_hidden()


def test_what_was_added_comes_first_and_can_be_removed(page, shown):
    picker = RecordingPicker("sample")
    kernel = shown(picker)
    first = options(page).first.locator(".sv-name")
    assert picker.add("mine", tone()) == "mine"
    assert first.inner_text() == "mine"
    assert options(page).first.get_attribute("aria-selected") == "true"
    page.get_by_role("button", name="Remove").click()
    kernel.settle(lambda: "mine" not in picker.everything)
    assert first.inner_text() == "anna_angry"
    assert picker.selected == ("anna_angry",)
    assert page.get_by_role("button", name="Remove").is_hidden()


def test_hostile_names_are_text(page, shown, tmp_path):
    picker = RecordingPicker(made_up_corpus([HOSTILE, RTL, "two\nlines", "bell\a"], tmp_path))
    shown(picker)
    names = page.locator(".sv-name").evaluate_all("nodes => nodes.map(n => n.textContent)")
    assert names == [HOSTILE, RTL, "two\nlines", "bell␇"]
    assert page.locator(".sv-name").evaluate_all(
        "nodes => nodes.every(n => getComputedStyle(n).unicodeBidi === 'isolate')"
    )
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


def test_files_are_uploaded_and_a_bad_one_is_refused_by_name(page, uploading):
    picker = RecordingPicker("sample", multiple=True)
    kernel = uploading(picker)
    files = [("tom_sad.wav", tone()), ("diary.wav", b"Dear diary"), (f"{HOSTILE}.wav", tone(2))]
    page.get_by_label("Files to upload").set_input_files(
        [{"name": name, "mimeType": "audio/wav", "buffer": content} for name, content in files]
    )
    rows = page.locator(".sv-files li")
    kernel.settle(lambda: page.locator(".sv-taken, .sv-refused").count() == 3)
    told = rows.all_inner_texts()
    assert "called tom_sad#2, as there is another tom_sad" in told[0]
    assert "diary.wav" in told[1]
    assert "this is text, not audio" in told[1]
    assert "2.0 s" in told[2]
    assert "refused" in rows.nth(1).get_attribute("class")
    assert picker.selected[0] == "tom_sad#2"
    assert len(picker.selected) == 2
    assert page.locator("img").count() == 0
    assert page.evaluate("document.body.dataset.broken") is None


@pytest.mark.slow
def test_thirty_megabytes_come_in_pieces(page, uploading, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "long.wav"
    soundfile.write(path, rng.normal(0, 0.1, 15_000_000), 48000, subtype="PCM_16")
    picker = RecordingPicker()
    kernel = uploading(picker)
    page.get_by_label("Files to upload").set_input_files(path)
    kernel.settle(lambda: page.locator(".sv-taken").count() == 1, seconds=60)
    sent = [sum(map(len, parts)) for parts in kernel.view.buffers]
    assert sum(sent) == path.stat().st_size > 30_000_000
    assert max(sent) <= 4 * 2**20
    assert picker.selected == ("long",)
    assert sottovoce.load_recording(path).content_hash == picker.recordings["long"].content_hash


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page, uploading):
    kernel = uploading(RecordingPicker(largest_upload=20_000))
    page.get_by_label("Files to upload").set_input_files(
        [{"name": "long.wav", "mimeType": "audio/wav", "buffer": tone(3)}]
    )
    page.locator(".sv-refused").wait_for()
    assert "96 kB are more than the 20 kB that are taken" in page.locator("li").inner_text()
    assert kernel.view.messages == []


def test_files_can_be_dropped(page, uploading):
    picker = RecordingPicker()
    kernel = uploading(picker)
    page.evaluate(
        """(bytes) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File([new Uint8Array(bytes)], "dropped.wav"));
          const zone = document.querySelector(".sv-zone");
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true }));
        }""",
        list(tone(0.6)),
    )
    kernel.settle(lambda: picker.selected == ("dropped",))


def test_the_view_leaves_nothing_behind(page, shown):
    kernel = shown(RecordingPicker("sample"))
    kernel.view.close()
    assert page.evaluate("host.listeners()") == 0
