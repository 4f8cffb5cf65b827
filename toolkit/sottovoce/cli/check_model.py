"""sottovoce check-model: whether a model's numbers are what a run takes them for."""

from __future__ import annotations

from typing import Annotated

import typer

from sottovoce.cli.exits import CHECK_FAILED
from sottovoce.cli.options import Device, Dtype, Json, write_json
from sottovoce.cli.printing import complain, page_width, say, table_lines

CHECK_CODES = (
    "Exit codes: 0, the model can be used; what failed, if anything, is mended by smaller batches. "
    "1, something failed that they do not mend. 2, the command line is wrong. 3, the model could "
    "not be loaded or run; the message says why. 130, interrupted."
)


def check_model(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help='"bundled", a folder, or a hub id.'),
    ] = "bundled",
    json: Json = None,
    device: Device = None,
    dtype: Dtype = None,
) -> None:
    """Check a model: does it hear, are its logits raw, which recordings may run together.

    Whatever loads a model does this too, and capture takes no larger batches than it allows.
    """
    complain(f"Loading the model {model} ...")
    from sottovoce.models import check_model as run_checks
    from sottovoce.models import load_model
    from sottovoce.models.catalogue import GROUPS
    from sottovoce.models.check.finding import CHECKS, told_numbers

    loaded = load_model(model, device=device, dtype=dtype, check=False)
    complain(repr(loaded))
    checked = run_checks(loaded)
    write_json(checked.to_dict() | {"used_grouping": loaded.grouping}, json)
    rows = [["check", "found", "measured / threshold", "asks whether"]]
    rows += [
        [one.check, one.status, told_numbers(one), CHECKS[one.check]] for one in checked.findings
    ]
    for line in table_lines(rows, most={3: max(page_width() - 64, 30)}):
        say(line)
    say()
    for one in checked.findings:
        if one.status != "passed":
            say(f"{one.check} {one.status}: {one.meaning}. {one.cure}".rstrip())
    say(f"Captures run batches of {GROUPS[loaded.grouping]}.")
    if checked.unmended:
        raise typer.Exit(CHECK_FAILED)
