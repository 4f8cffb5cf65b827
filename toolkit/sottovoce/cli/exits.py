"""How a command ends: every refusal in words, every exit code with a meaning."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from sottovoce.cli.printing import complain
from sottovoce.errors import SottovoceError

if TYPE_CHECKING:
    from collections.abc import Mapping

SOME_FAILED = 1
CHECK_FAILED = 1
COULD_NOT = 3
INTERRUPTED = 130
MOST_LISTED = 10


class Commands(TyperGroup):
    """The group of commands, which tells what went wrong in words and not as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SottovoceError as error:
            complain(f"sottovoce: {error}")
            raise typer.Exit(COULD_NOT) from None
        except KeyboardInterrupt:
            complain("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read the output has seen enough; Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


def tell_failures(
    failed: Mapping[str, str], n_recordings: int, *, kind: str = "recordings"
) -> None:
    """List what could not be used, by default recordings, and end with the exit code that says so.

    Returns without a word if there is none.
    """
    if not failed:
        return
    complain(f"{len(failed)} of {n_recordings} {kind} could not be used:")
    for message in list(failed.values())[:MOST_LISTED]:
        complain(f"  {message}")
    if len(failed) > MOST_LISTED:
        complain(f"  ... and {len(failed) - MOST_LISTED} more")
    raise typer.Exit(COULD_NOT if len(failed) == n_recordings else SOME_FAILED)
