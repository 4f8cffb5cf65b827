"""What the commands that write a report have in common."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sottovoce.alerts import Assumptions

Language: TypeAlias = Annotated[str, typer.Option(metavar="CODE", help="en or ja.")]
Title: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What stands above the report.")
]
Question: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TEXT", help="What the pilot is to find out, in your words.")
]
WithAudio: TypeAlias = Annotated[
    bool,
    typer.Option("--with-audio", help="Put the voices of the examples into the file, to be heard."),
]
RuleText: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--rule", metavar="RULE", help='An alert, such as "angry above .6 for 2 windows".'
    ),
]
Assume: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="What alerts cost and save, such as cost_of_miss=40. May be repeated. Needed are "
        "n_per_month and cost_of_miss; without any, the report has placeholders.",
    ),
]


def read_assumptions(given: Iterable[str] | None) -> Assumptions | None:
    """Return the assumptions that were given as NAME=VALUE, None if there are none.

    Raises
    ------
    typer.BadParameter
        If a name is unknown, a value is no number, or one that is needed is missing.
    """
    from sottovoce.alerts import Assumptions

    if not given:
        return None
    known = {one.name: one for one in fields(Assumptions)}
    values: dict[str, float | str] = {}
    for entry in given:
        name, equals, value = entry.partition("=")
        if name not in known or not equals:
            raise typer.BadParameter(
                f"--assume {entry}: write NAME=VALUE; the names are {', '.join(known)}"
            )
        try:
            values[name] = value if name == "currency" else float(value)
        except ValueError:
            raise typer.BadParameter(f"--assume {entry}: {value!r} is no number") from None
    missing = [name for name in ("n_per_month", "cost_of_miss") if name not in values]
    if missing:
        raise typer.BadParameter(f"--assume: {' and '.join(missing)} must be given too")
    return Assumptions(**values)  # type: ignore[arg-type]
