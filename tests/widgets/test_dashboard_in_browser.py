"""A real dashboard, in a real browser: the numbers of Python, and nobody else is asked."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import sottovoce

pytestmark = [pytest.mark.browser, pytest.mark.slow]


HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "c290dG92b2NlIGtub2Nrcw==",
}
ADDRESS = r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}"


@pytest.fixture
def address(tmp_path):
    """A dashboard that runs, on a port that is free."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "sottovoce", "dashboard", "--no-browser", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            # A test run in the background hands on that interrupts are ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
    try:
        until = time.monotonic() + 60
        while not (found := re.search(ADDRESS, log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(120) in (0, 130), log.read_text()
    # Who is turned away by the web socket leaves a traceback, and that is as it should be.
    assert "Traceback" not in log.read_text().partition("Couldn't authenticate")[0]


def test_it_is_served_asks_nobody_else_and_shows_the_numbers_of_python(address, new_page):
    page, asked = new_page()
    policy = page.goto(address).headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy
    page.get_by_role("button", name="Run").click(timeout=60_000)
    table = page.locator(".sottovoce-bars table")
    table.wait_for(timeout=60_000)
    root = address.partition("?")[0]
    assert [url for url in asked if not url.startswith((root, root.replace("http", "ws")))] == []
    for path in ("", "?token=guessed", "api/kernels", "api/kernels?token=guessed"):
        with urllib.request.urlopen(root + path) as answer:  # noqa: S310 - our own server
            assert "/login" in answer.url
    (channel,) = (url.replace("ws", "http", 1) for url in asked if url.startswith("ws"))
    knock = urllib.request.Request(channel, headers=HANDSHAKE)  # noqa: S310
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(knock)  # noqa: S310

    corpus = sottovoce.load_corpus("sample")
    name = "anna_disgusted-happy_3"
    run = sottovoce.capture(
        sottovoce.load_model(), {name: corpus.recordings[name]}, "one_word", progress=False
    )
    shares = sottovoce.read_out(run).isel(utterance=0, prompt=0)
    row = table.get_by_role("row").filter(has_text="token level").inner_text()
    shown = [float(number) for number in re.findall(r"\d+\.\d", row)]
    assert shown == pytest.approx(100 * shares.values, abs=0.051)


@pytest.fixture
def new_page(launch):
    """A page of a real Chromium, with the addresses that it asks."""
    contexts = []

    def make():
        context = launch().new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page, asked = context.new_page(), []
        page.on(
            "request",
            lambda one: asked.append(one.url) if one.url.startswith(("http", "ws")) else None,
        )
        page.on("websocket", lambda one: asked.append(one.url))
        return page, asked

    yield make
    for context in contexts:
        context.close()
