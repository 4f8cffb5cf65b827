"""sottovoce dashboard: the Explorer as a page of its own, without a notebook."""

import importlib.util
import os
import secrets
import socket
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from sottovoce.cli.options import Model
from sottovoce.cli.printing import say
from sottovoce.errors import MissingExtraError, SottovoceError

HOST = "127.0.0.1"
PORT = 8866
TRIES = 50
LARGEST_MESSAGE = 256 * 2**20  # bytes
PAGE = Path(__file__).with_name("dashboard_page")
# The page may ask the kernel's server, and nobody else.
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port} data: blob:; "
    "frame-ancestors 'self'"
)


def dashboard(
    model: Model = "bundled",
    corpus: Annotated[
        str,
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Whose recordings and votes are offered: crema-d, sample, or a table of votes.",
        ),
    ] = "sample",
    root: Annotated[
        Path | None,
        typer.Option(
            "--root", metavar="DIR", file_okay=False, help="Where the corpus or its recordings lie."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=1,
            max=65535,
            metavar="N",
            help="Where to listen on this machine.",
            show_default=f"{PORT}, or the next one that is free",
        ),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
) -> None:
    """Serve the Explorer to a browser on this machine; no code is seen or needed.

    Recordings stay on this machine, and the page asks nobody else for anything. The address that
    is printed holds a token, new at each start; without it nobody who shares the machine gets in.
    Ctrl-C ends it.
    """
    if importlib.util.find_spec("voila") is None:
        raise MissingExtraError(package="voila", extra="lab")
    # A corpus that is not there is told now and not in the page.
    from sottovoce.corpora import load_corpus

    say(repr(load_corpus(corpus, root=root)))
    port = _free_port(port)
    with tempfile.TemporaryDirectory(prefix="sottovoce-") as folder:
        page = Path(folder) / "sottovoce.ipynb"
        _write_page(page, _as_seen_from_elsewhere(model), _as_seen_from_elsewhere(corpus), root)
        _serve(page, port, open_browser=not no_browser)


def _serve(page: Path, port: int, *, open_browser: bool) -> None:
    """Serve a notebook as a page until somebody ends it."""
    # Voila finds its templates along this path, and names of files would not do.
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        part for part in (str(PAGE), os.environ.get("JUPYTER_PATH")) if part
    )
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    from traitlets.config import Config

    from sottovoce.cli.dashboard_server import DashboardServer

    settings: dict[str, Any] = {
        "headers": {"Content-Security-Policy": POLICY.format(port=port)},
        "websocket_max_message_size": LARGEST_MESSAGE,
        "ws_ping_interval": 0,  # there is no proxy in between that would close what is silent
    }
    config = Config()
    config.DashboardServer.update(
        ip=HOST,
        port=port,
        port_retries=0,
        token=secrets.token_urlsafe(24),
        open_browser=open_browser,
        root_dir=str(page.parent),
        tornado_settings=settings,
        log_level="ERROR",
    )
    if os.name == "posix":
        config.KernelManager.transport = "ipc"  # nobody else on the machine can listen
    config.VoilaConfiguration.update(template="sottovoce", show_tracebacks=True)
    server = DashboardServer(config=config)
    server.initialize([str(page)])
    say()
    say(f"The dashboard is at {server.address} and Ctrl-C ends it.")
    server.start()


def _write_page(page: Path, model: str, corpus: str, root: Path | None) -> None:
    """Write the notebook that is served: one cell, which shows the Explorer."""
    import nbformat

    place = f", root={str(root.absolute())!r}" if root is not None else ""
    code = (
        "import sottovoce\n"
        "from sottovoce.widgets import Explorer\n\n"
        f"Explorer({model!r}, sottovoce.load_corpus({corpus!r}{place}))"
    )
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code)],
        metadata={
            "title": "sottovoce",
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        },
    )
    nbformat.write(notebook, page)


def _as_seen_from_elsewhere(name: str) -> str:
    """Return a path as an absolute one, since the kernel starts in another folder."""
    path = Path(name).expanduser()
    return str(path.absolute()) if path.exists() else name


def _free_port(wanted: int | None) -> int:
    """Return a port of this machine on which nobody listens.

    Raises
    ------
    SottovoceError
        If the one that is wanted is taken, or all that were tried.
    """
    for port in range(PORT, PORT + TRIES) if wanted is None else [wanted]:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((HOST, port))
            except OSError:
                continue
            return port
    tried = f"The port {wanted} is" if wanted else f"The ports {PORT} to {PORT + TRIES - 1} are"
    raise SottovoceError(f"{tried} taken on this machine. Give another one with --port.")
