"""Pictures of every widget, light and dark, and of every plot: ``make gallery``.

    python tests/gallery.py [folder]

The widgets are live ones, in a page of Voila; index.html shows all pictures with what they say to
those who cannot see them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

import sottovoce
from sottovoce import evaluation, explain
from sottovoce.markup import Markup, tag
from sottovoce.plots.gallery import draw_all

sys.path.insert(0, str(Path(__file__).parent / "widgets" / "stack"))

from servers import stay_here, voila, write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xarray as xr
    from playwright.sync_api import Page

    from sottovoce.corpora import Corpus

LONG = 300_000  # ms
UTTERANCE = "anna_disgusted-happy_3"
PROMPTS = ["percentages", "one_word", "json", "one_word_2", "one_word_ja", "percentages_2"]
THEMES = ("light", "dark")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 110rem; margin: 2rem auto; padding: 0 1rem;
  background: #f4f3ef; color: #222; }
section { margin: 3rem 0; }
.pair { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
figure { margin: 0; flex: 1 1 30rem; min-width: 0; }
img { max-width: 100%; display: block; border: 1px solid #ddd; background: white; }
figcaption, p { max-width: 60rem; }
"""

FIRST = """
import tempfile
from pathlib import Path

import ipywidgets
import numpy as np

import sottovoce
from sottovoce import widgets
from sottovoce.audio import Recording

model = sottovoce.load_model()
corpus = sottovoce.load_corpus("sample")
run = sottovoce.open_run("run.zarr")
name = "anna_disgusted-happy_3"
clip = sottovoce.load_recording(corpus.recordings[name])

def place(widget, title):
    padded = ipywidgets.Layout(padding="12px")
    return ipywidgets.VBox([widget], layout=padded).add_class("gallery-" + title)
"""


@dataclass(frozen=True)
class Example:
    """A widget of the gallery: the code that makes it, and what its picture shows."""

    code: str
    description: str


WIDGETS = {
    "explorer": Example(
        "shown = widgets.Explorer(model)",
        "The Explorer as it opens: a list of recordings with durations and votes, places to drop "
        "files and to record, folded questions and words, and a button to run.",
    ),
    "explorer_answered": Example(
        """shown = widgets.Explorer(model)
shown.select([name, "tom_sad"], ["percentages", "one_word"])
shown.run_now()
shown.show(name, "percentages")
shown.read("mean_logprob", "emotion")""",
        "The Explorer after a run: the chosen answer with waveform, tokens, trajectories of the "
        "emotions over the steps, and the distributions side by side with a table.",
    ),
    "linked_view": Example(
        """shown = widgets.LinkedView()
shares = {
    "token level": sottovoce.read_out(run, "answer_step"),
    "text level": sottovoce.read_out(run, "text"),
    "listeners": corpus.reference,
}
shown.show(run, name, "percentages", shares=shares, recording=clip)""",
        "One answer: player, tokens, trajectories, the alternatives at the chosen step, bars and "
        "numbers.",
    ),
    "recording_picker": Example(
        """shown = widgets.RecordingPicker("sample", multiple=True)
shown.selected = (name, "tom_sad")
shown.add("mine", clip)""",
        "The list of recordings with search, durations and votes, three of them chosen; beside it "
        "places for uploads, the microphone and a folder.",
    ),
    "recorder": Example(
        "shown = widgets.Recorder()",
        "The recorder with a recording, to be heard or discarded.",
    ),
    "prompt_picker": Example(
        """shown = widgets.PromptPicker(("one_word", "percentages"))
shown.add("How does the person sound?", "mine")""",
        "The questions of the library with their texts, three chosen, one of them typed.",
    ),
    "token_set_editor": Example(
        """shown = widgets.TokenSetEditor(
    {"tense": ["tense", "nervous"], "sad": ["sad", "sorrow"], "喜び": ["喜び", "嬉しい"]},
    tokenizer=model.tokenizer,
)""",
        "Concepts with spellings of one's own, and how the tokenizer splits each of them.",
    ),
    "compare": Example(
        """shown = widgets.Compare(
    run,
    corpus,
    left={"utterance": name, "prompt": "percentages"},
    right={"utterance": name, "prompt": "one_word"},
)""",
        "Two questions about one recording side by side, with the difference of the shares.",
    ),
    "timeline": Example(
        """names = ["anna_angry", "anna_sad", "anna_happy"]
parts = [sottovoce.load_recording(corpus.recordings[one], rate=16000).samples for one in names]
talk = np.concatenate([np.resize(part, 96000) for part in parts])
talk = Recording(talk, 16000, id="talk")
shown = widgets.Timeline.of(model, talk, seconds=3, progress=False)""",
        "A long recording by windows: the shares of the emotions as a ribbon over the time.",
    ),
    "voice_lab": Example(
        """shown = widgets.VoiceLab(model, corpus.recordings["tom_neutral"])
shown.set(pitch=8)""",
        "A voice with a slider for each of its properties, a player, and its shares as it is, "
        "taken apart, and with a higher pitch.",
    ),
    "alert_review": Example(
        """from sottovoce.monitoring import Monitor

folder = Path(tempfile.mkdtemp())
log = folder / "alerts.jsonl"
rules = ["angry above .5 for 2 windows running", "sad above .4"]
options = {"seconds": 1.5, "hop": 0.5, "log": log, "keep_sound": folder}
for one in ("tom_angry", "tom_sad", "anna_angry"):
    monitor = Monitor(model, rules, source=one, **options)
    monitor.feed(sottovoce.load_recording(corpus.recordings[one]))
    monitor.finish()
widgets.AlertReview(log, "ben").judge("overruled", "reads a list")
shown = widgets.AlertReview(log, "eve")
shown.judge("confirmed", "shouts")
shown.judge("confirmed")
shown.go(-2)""",
        "An alert that one reviewer confirmed and another overruled: its rule, where it sounds, "
        "the shares as bars with the threshold, a note, and precision as reviewed below.",
    ),
    "annotator": Example(
        """folder = Path(tempfile.mkdtemp())
shown = widgets.Annotator(corpus, folder / "votes.csv", "eve", other=True)""",
        "A clip to be rated blind: a player and one button for each emotion.",
    ),
}


def main() -> int:
    """Draw everything, and say where it is."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "out/gallery")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    corpus = sottovoce.load_corpus("sample")
    run = sottovoce.capture(sottovoce.load_model(), corpus.recordings, PROMPTS)
    sections = [tag("h1", "What sottovoce draws"), tag("h2", "Plots")]
    explanations = _explanations(corpus)
    plots = draw_all(
        folder,
        run,
        corpus,
        utterance=UTTERANCE,
        prompt="percentages",
        explanations=explanations,
    )
    sections += [_section(one.name, [(one.path.name, one.description)]) for one in plots]
    sections.append(tag("h2", "Widgets, light and dark"))
    with tempfile.TemporaryDirectory() as kept:
        sottovoce.save_run(run, Path(kept) / "run.zarr")
        for name, pictures in _widgets(folder, Path(kept)):
            told = WIDGETS[name].description
            sections.append(_section(name, [(picture, told) for picture in pictures]))
    index = folder / "index.html"
    index.write_text(_document(sections), encoding="utf-8")
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures; look at {index}\n")
    return 0


def _explanations(corpus: Corpus) -> dict[str, xr.Dataset]:
    """What takes a model, or many clips: a result for each plot of an explanation."""
    model = sottovoce.load_model()
    clip, sentence = corpus.recordings["tom_neutral"], corpus.utterances.loc["tom_neutral"]
    lens = explain.layer_lens(model, clip)
    quiet = {"progress": False}
    run = sottovoce.capture(model, corpus.recordings, "one_word", **quiet)
    curve = evaluation.learning_curve(sottovoce.read_out(run, "text"), corpus, sizes=[2, 5, 10])
    return {
        "learning_curve": curve,
        "evidence_map": explain.occlusion(model, corpus.recordings[UTTERANCE], **quiet),
        "counterfactual_curves": explain.counterfactuals(model, clip, **quiet),
        "layer_curves": lens,
        "layer_map": lens,
        "variance_bars": explain.question_sensitivity(model, corpus.recordings, **quiet),
        "version_bars": explain.words_and_voice(model, clip, transcript=sentence["sentence"]),
    }


def _widgets(folder: Path, kept: Path) -> Iterator[tuple[str, list[str]]]:
    from playwright.sync_api import sync_playwright

    cells = [f"{one.code}\nplace(shown, {name!r})" for name, one in WIDGETS.items()]
    write_notebook(kept / "gallery.ipynb", FIRST, *cells)
    sound = kept / "spoken.wav"
    spoken = sottovoce.load_recording(
        sottovoce.load_corpus("sample").recordings["anna_sad"], rate=48000
    )
    soundfile.write(sound, spoken.samples, 48000, subtype="PCM_16")
    with voila(kept) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_chromium(),
            args=[
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={sound}",
                "--mute-audio",
            ],
        )
        address = f"{server.address}/voila/render/gallery.ipynb?theme="
        for theme in THEMES:
            page = browser.new_page(
                viewport={"width": 1240, "height": 2400}, device_scale_factor=1.5
            )
            _take(page, address + theme, folder, theme)
        browser.close()
    for name in WIDGETS:
        yield name, [f"{name}_{theme}.png" for theme in THEMES]


def _take(page: Page, address: str, folder: Path, theme: str) -> None:
    """Take the pictures of one theme."""
    page.set_default_timeout(LONG)
    stay_here(page)
    page.goto(address)
    is_light = str(theme == "light").lower()
    page.locator(f'body[data-jp-theme-light="{is_light}"]').wait_for()
    page.locator(f".gallery-{list(WIDGETS)[-1]} button").first.wait_for()
    recorder = page.locator(".gallery-recorder")
    recorder.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_function(
        "() => parseFloat(document.querySelector('.gallery-recorder [role=timer]').textContent) > 1"
    )
    recorder.get_by_role("button", name="Stop", exact=True).click()
    recorder.get_by_role("button", name="Discard").wait_for()
    # As it is after a click on Run, which makes room for the answer.
    answered = page.locator(".gallery-explorer_answered")
    answered.get_by_role("button", name="Recordings:", expanded=True).click()
    page.mouse.move(0, 0)
    for name in WIDGETS:
        page.locator(f".gallery-{name}").screenshot(path=folder / f"{name}_{theme}.png")
    page.goto("about:blank")
    page.close()


def _section(name: str, pictures: list[tuple[str, str]]) -> Markup:
    figures = [
        tag("figure", tag("a", tag("img", src=source, alt=alt), href=source))
        for source, alt in pictures
    ]
    return tag(
        "section",
        tag("h3", name.replace("_", " ")),
        tag("div", *figures, class_="pair"),
        tag("p", pictures[0][1]),
    )


def _document(body: list[Markup]) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("title", "sottovoce: gallery"),
        tag("style", Markup(STYLE)),
    )
    return "<!doctype html>\n" + tag("html", head, tag("body", *body), lang="en") + "\n"


def _chromium() -> str:
    named = os.environ.get("SOTTOVOCE_CHROMIUM")
    path = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        raise SystemExit(
            "There is no Chromium: apt install chromium (or your system's like of it), or set "
            "SOTTOVOCE_CHROMIUM to the program of a Chromium or Chrome"
        )
    return path


if __name__ == "__main__":
    sys.exit(main())
