"""Voila as the dashboard runs it: reached with a token only."""

import webbrowser
from pathlib import Path

from voila.app import Voila

from sottovoce.markup import tag


class DashboardServer(Voila):  # type: ignore[misc]
    """A Voila that opens the browser at an address with its token."""

    @property
    def address(self) -> str:
        """Where the page is, with the token that lets one in."""
        return f"http://{self.ip}:{self.port}/?token={self.token}"

    def launch_browser(self) -> None:
        """Open the page by way of a file of ours: how a program was started can be read by all."""
        way = Path(self.root_dir) / "open.html"
        way.touch(mode=0o600)
        refresh = tag("meta", http_equiv="refresh", content=f"0;url={self.address}")
        link = tag("a", "sottovoce", href=self.address)
        way.write_text(f"<!doctype html>\n{refresh}{link}\n", encoding="utf-8")
        webbrowser.open(way.as_uri(), new=self.webbrowser_open_new)
