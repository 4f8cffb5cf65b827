"""The command line: thin, over the same functions as the notebooks."""

from sottovoce.cli.app import app, main

__all__ = ["app", "main"]
