"""The whole stack: a real Chromium, a real server, a real kernel, the bundled model."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile

import sottovoce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Page, Request

sys.path.insert(0, str(Path(__file__).parent))  # servers and explorer_page

from servers import ROOT, Server, lab, stay_here, voila

# What JupyterLab itself throws when a kernel is restarted.
OF_LAB = "Canceled future"
SPOKEN = "anna_angry"  # what the microphone hears


@pytest.fixture(scope="session")
def samples() -> dict[str, Path]:
    """The recordings of the sample corpus."""
    return dict(sottovoce.load_corpus("sample").recordings)


@pytest.fixture(scope="session")
def model() -> sottovoce.SpeechModel:
    """The bundled model in the process of the test, to hold the page against."""
    return sottovoce.load_model()


@pytest.fixture(scope="session")
def browser(
    launch: Callable[..., Browser],
    samples: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Browser:
    """A Chromium whose microphone plays a recording again and again."""
    sound = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    spoken = sottovoce.load_recording(samples[SPOKEN], rate=48000)
    soundfile.write(sound, spoken.samples, 48000, subtype="PCM_16")
    return launch(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}",
        "--autoplay-policy=no-user-gesture-required",
        "--mute-audio",
    )


@pytest.fixture(scope="session")
def voila_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Voila, for the notebooks that tests write into its folder."""
    _need("voila")
    with voila(tmp_path_factory.mktemp("voila")) as server:
        yield server


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab as ``make lab`` starts it, on a copy of the notebooks."""
    _need("jupyterlab")
    folder = tmp_path_factory.mktemp("lab")
    ignored = shutil.ignore_patterns(".ipynb_checkpoints", "out")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=ignored)
    with lab(folder, "notebooks/00_start.ipynb") as server:
        yield server


@pytest.fixture(scope="module")
def open_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Open pages that gather what goes wrong in them; see :func:`gather`."""
    contexts: list[BrowserContext] = []

    def make() -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        gather(page)
        return page

    yield make
    for context in contexts:
        for page in context.pages:
            page.goto("about:blank")  # tells Voila that the kernel is no longer needed
        context.close()


def gather(page: Page) -> None:
    """Keep in ``page.wrong`` what must not happen: errors, dialogs, and what was loaded for ``x``.

    Nothing but this machine is reached.
    """
    page.wrong = []  # type: ignore[attr-defined]

    def failed(error: Error) -> None:
        if OF_LAB not in str(error):
            page.wrong.append(f"error: {error}")

    def dismiss(dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # a notebook that is not saved
            dialog.accept()
            return
        page.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("pageerror", failed)
    page.on("dialog", dismiss)

    def heard(request: Request) -> None:
        if request.url.rsplit("/", 1)[-1] == "x":
            page.wrong.append(f"a hostile image was fetched: {request.url}")

    page.on("request", heard)
    stay_here(page)
    page.set_default_timeout(60_000)


def _need(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is missing: pip install 'sottovoce[lab]'")
