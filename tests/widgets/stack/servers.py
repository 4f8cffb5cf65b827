"""JupyterLab and Voila on a free port of this machine, for as long as they are needed.

What they keep goes into a folder of its own, and nothing that a user has set up is read.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
TOKEN = "stack"  # noqa: S105 - of a server that only this machine reaches, for a minute
ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1|localhost)")
PATIENCE = 120  # seconds until a server answers


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Parameters
    ----------
    address
        Without a slash at its end.
    folder
        Where its notebooks are.
    """

    address: str
    folder: Path

    def kernels(self) -> list[str]:
        """Return the ids of the kernels that run."""
        with self._ask("GET", "kernels") as answer:
            return [kernel["id"] for kernel in json.load(answer)]

    def end_kernels(self) -> None:
        """End all kernels: one outlives the page that it was started for."""
        with self._ask("GET", "sessions") as answer:
            sessions = [session["id"] for session in json.load(answer)]
        for session in sessions:
            self._ask("DELETE", f"sessions/{session}").close()

    def _ask(self, method: str, what: str):
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.address}/api/{what}",
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
        )
        return urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "id": f"cell-{place}",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": cell.strip(),
            }
            for place, cell in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")


def stay_here(page: Page) -> None:
    """Let a page reach this machine only: Voila asks a server elsewhere for icons."""
    page.route(ELSEWHERE, lambda route: route.fulfill(content_type="text/css", body=""))


@contextmanager
def voila(folder: Path) -> Iterator[Server]:
    """Serve the notebooks of a folder: each lies at ``/voila/render/<name>``."""
    port = _free_port()
    options = [
        "voila", str(folder), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1",
        "--Voila.port_retries=0", "--show_tracebacks=True",
    ]  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", folder)
    with _process(options, folder, ready=f"{server.address}/voila/static/"):
        yield server


@contextmanager
def lab(folder: Path, first: str) -> Iterator[Server]:
    """Serve JupyterLab as ``make lab`` does, with the notebook that it opens at."""
    port = _free_port()
    options = [
        "jupyter", "lab", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
        "--expose-app-in-browser", f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{first}",
    ]  # fmt: skip
    server = Server(f"http://127.0.0.1:{port}", folder)
    with _process(options, folder, ready=f"{server.address}/api?token={TOKEN}"):
        yield server


@contextmanager
def _process(options: list[str], folder: Path, *, ready: str) -> Iterator[None]:
    own = folder / ".server"
    own.mkdir()
    kept = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {
        **os.environ,
        **{name: str(own / name.lower()) for name in kept},
        "JUPYTER_CONFIG_PATH": str(ROOT / "notebooks" / ".jupyter"),
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    log = own / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", *options]
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(ready, server, log)
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - our own server
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
