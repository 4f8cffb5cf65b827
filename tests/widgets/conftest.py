"""A real Chromium for the widgets' JavaScript, without Jupyter.

The page lies at a routed http://localhost, which is a secure context, so that microphone and
clipboard work; whatever asks another address is an error of the test.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page, Playwright, Route

sys.path.insert(0, str(Path(__file__).parent))  # mounted, linked_example, talks and their like

from mounted import Mounted, packed, watch

ADDRESS = "http://localhost/"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOST = Path(__file__).with_name("host.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program: SOTTOVOCE_CHROMIUM, or the first of the usual names."""
    named = os.environ.get("SOTTOVOCE_CHROMIUM")
    if named and not shutil.which(named):
        pytest.fail(f"SOTTOVOCE_CHROMIUM={named} is no program")
    path = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if path is None:
        pytest.skip(
            "There is no Chromium: apt install chromium (or your system's like of it), or set "
            "SOTTOVOCE_CHROMIUM to the program of a Chromium or Chrome"
        )
    return path


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    """The one Playwright of the session."""
    driver = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is missing: pip install 'sottovoce[test]'"
    )
    with driver.sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright_driver: Playwright, chromium_path: str) -> Iterator[Callable[..., Browser]]:
    """Start a Chromium with arguments of one's own, ended with the session."""
    browsers = []

    def start(*arguments: str) -> Browser:
        browser = playwright_driver.chromium.launch(
            executable_path=chromium_path, headless=True, args=list(arguments)
        )
        browsers.append(browser)
        return browser

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Browser]) -> Browser:
    """The Chromium of the session; sounds play without a gesture."""
    return launch("--autoplay-policy=no-user-gesture-required", "--mute-audio")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page; what goes wrong in it stands in ``page.errors``, which must be empty."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    watch(page)
    yield page
    context.close()
    assert page.errors == []


@pytest.fixture
def mount() -> Callable[..., Mounted]:
    """Put a widget's JavaScript on a page.

    ``mount(page, esm, css, state, dark=False)``: `state` are the traits, bytes among them.
    """

    def put(
        page: Page, esm: str, css: str, state: dict[str, Any], *, dark: bool = False
    ) -> Mounted:
        texts = {
            "": ("text/html", _html(css, dark=dark)),
            "widget.js": ("text/javascript", esm),
            "host.js": ("text/javascript", HOST),
            "favicon.ico": ("image/x-icon", ""),
        }

        def answer(route: Route) -> None:
            url = route.request.url
            if url.removeprefix(ADDRESS) in texts:
                kind, text = texts[url.removeprefix(ADDRESS)]
                route.fulfill(content_type=f"{kind}; charset=utf-8", body=text)
            elif url.startswith(("data:", "blob:")):
                route.continue_()
            else:
                page.errors.append(f"asked for {url}")
                route.abort()

        page.route("**/*", answer)
        page.goto(ADDRESS)
        page.evaluate("(state) => host.mount(state)", packed(state))
        return Mounted(page)

    return put


# The colours that JupyterLab's dark theme hands to widgets.
_DARK = """
:root { --jp-layout-color1: #111111; --jp-layout-color2: #424242; --jp-ui-font-color1: #ffffff;
  --jp-ui-font-color2: rgba(255, 255, 255, 0.7); --jp-border-color2: #616161;
  --jp-brand-color1: #2196f3; --jp-error-color1: #f44336; }
body { background: #111111; color-scheme: dark; }
"""


def _html(css: str, *, dark: bool) -> str:
    theme = "data-jp-theme-light='false'" if dark else "data-jp-theme-light='true'"
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>widget</title>"
        f"<style>{_DARK if dark else ''}</style><style>{css}</style>"
        f"<script type='module' src='/host.js'></script></head>"
        f"<body {theme}><div id='widget'></div></body></html>"
    )
