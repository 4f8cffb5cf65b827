"""The commands and what their exit codes mean."""

from __future__ import annotations

from typing import Annotated

import typer

from sottovoce._version import __version__
from sottovoce.cli.analyse import analyse
from sottovoce.cli.check_model import CHECK_CODES, check_model
from sottovoce.cli.corpora import corpora
from sottovoce.cli.dashboard import dashboard
from sottovoce.cli.demo import demo
from sottovoce.cli.evaluate import evaluate
from sottovoce.cli.exits import Commands
from sottovoce.cli.fetch import fetch
from sottovoce.cli.models import models
from sottovoce.cli.monitor import monitor
from sottovoce.cli.pilot import pilot
from sottovoce.cli.prompts import prompts
from sottovoce.cli.report import report
from sottovoce.cli.tokens import tokens
from sottovoce.cli.train import train

EXIT_CODES = (
    "Exit codes: 0, all is done. 1, done, but some recordings could not be used; they are listed. "
    "2, the command line is wrong. 3, it could not be done; the message says why. "
    "130, interrupted."
)

app = typer.Typer(
    cls=Commands,
    help="See what a speech model weighed under its answer.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo,
    dashboard,
    analyse,
    evaluate,
    monitor,
    report,
    pilot,
    corpora,
    fetch,
    models,
    check_model,
    prompts,
    tokens,
    train,
):
    app.command(epilog=CHECK_CODES if command is check_model else EXIT_CODES)(command)


def main() -> None:
    """Run the command that the command line names."""
    app()


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """See what a speech model weighed under its answer."""
