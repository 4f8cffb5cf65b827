"""How it was made, so that it can be made again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sottovoce.markup import Markup, joined, tag

if TYPE_CHECKING:
    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def made(found: Findings, say: Wording) -> Markup:
    """Return model, settings and versions."""
    attrs = found.run.attrs
    told = {
        "model": attrs["model_id"],
        "revision": attrs["model_revision"],
        "dtype": attrs["dtype"],
        "created": attrs["created"],
        "decoding": _listed(json.loads(attrs["decoding"])),
        "versions": _listed(json.loads(attrs["versions"])),
        "license": found.corpus.licence,
        "readouts": "; ".join(
            f"{name}: {why}" for name, why in found.assessment.predictions.refused.items()
        ),
    }
    entries = [
        joined(tag("dt", say(f"made.{name}")), tag("dd", value))
        for name, value in told.items()
        if value
    ]
    return joined(tag("h2", say("made.heading")), tag("dl", *entries, class_="made"))


def _listed(values: dict[str, object]) -> str:
    return ", ".join(f"{name} {_told(value)}" for name, value in values.items())


def _told(value: object) -> str:
    if isinstance(value, dict):
        return f"({_listed(value)})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
