"""For whom it works: the JS divergence by group, between each group's guess and ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.pilot.findings import MODEL
from sottovoce.reports.pilot.sections.cells import number, table, triple

if TYPE_CHECKING:
    import xarray as xr

    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def groups(found: Findings, say: Wording) -> Markup:
    """Return a table for each grouping."""
    if not found.groups:
        return joined(tag("h2", say("groups.heading")), tag("p", say("groups.none")))
    parts = [
        tag(
            "section",
            tag("h3", _title(by, say)),
            tag("p", say("groups.knows"), class_="faint") if by == "emotion" else "",
            _table(result, say),
            class_="group-of",
        )
        for by, result in found.groups.items()
    ]
    few = any(bool(result["is_small"].any()) for result in found.groups.values())
    return joined(
        tag("h2", say("groups.heading")),
        tag("p", say("groups.lead"), " ", say("groups.few") if few else ""),
        *parts,
    )


def _title(by: str, say: Wording) -> str:
    name = f"groups.by.{by}"
    return say(name) if say.has(name) else by


def _table(result: xr.Dataset, say: Wording) -> Markup:
    columns = {"model": MODEL, "mean": "corpus mean", "knowing": "perfect knowledge"}
    shown = {key: name for key, name in columns.items() if name in result["predictor"].values}
    rows = []
    for group in result["group"].values:
        one = result.sel(group=group, measure="js").squeeze("prompt")
        few = tag("small", say("groups.small")) if bool(one["is_small"]) else ""
        scores = [number(triple(one.sel(predictor=name))) for name in shown.values()]
        rows.append([joined(str(group), " ", few), int(one["n_utterances"]), *scores])
    head = [say("groups.group"), say("groups.n"), *(say(f"groups.{key}") for key in shown)]
    return table(head, rows)
