"""Whether a correction or a few labels would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sottovoce import plots
from sottovoce.markup import Markup, joined, tag
from sottovoce.reports.pilot.corrected import AS_IT_IS
from sottovoce.reports.pilot.sections.cells import UNDEFINED, figure, number, table, triple

if TYPE_CHECKING:
    import xarray as xr

    from sottovoce.reports.pilot.findings import Findings
    from sottovoce.reports.pilot.wording import Wording


def corrections(found: Findings, say: Wording) -> Markup:
    """Return the read-out as it is and corrected, and the worth of labels by their number."""
    corrected = found.corrected
    scores = corrected.evaluation.sel(measure="js").squeeze("prompt")
    rows: list[list[object]] = []
    for name in (AS_IT_IS, *corrected.differences):
        apart: object = UNDEFINED
        if name in corrected.differences:
            one = corrected.differences[name]
            values = (one[key].item() for key in ("difference", "low", "high"))
            apart = number((next(values), next(values), next(values)), "+.3f")
        rows.append([say(f"corrections.{name}"), number(triple(scores.sel(predictor=name))), apart])
    better = say(
        "corrections.some" if corrected.better else "corrections.none",
        names=", ".join(say(f"corrections.{name}") for name in corrected.better),
    )
    head = [say(f"corrections.{name}") for name in ("version", "js", "difference")]
    return joined(
        tag("h2", say("corrections.heading")),
        tag("p", say("corrections.lead")),
        tag("div", table(head, rows), class_="narrow"),
        tag("p", better),
        _labels(corrected.curve, say) if corrected.curve is not None else "",
    )


def _labels(curve: xr.Dataset, say: Wording) -> Markup:
    sizes, values = curve["size"].values.tolist(), curve["value"].squeeze("prompt").values
    enough = curve["enough"].item()
    verdict = "more" if np.isnan(enough) else "enough" if enough else "never"
    told = say(
        f"corrections.{verdict}",
        n="" if np.isnan(enough) else f"{enough:g}",
        worth=f"{curve.attrs['worth']:g}",
        without=f"{values[0]:.3f}",
        most=f"{sizes[-1]:,}",
        last=f"{values[-1]:.3f}",
    )
    picture = figure(
        plots.learning_curve(curve), plots.describe_learning_curve(curve), say("corrections.curve")
    )
    return joined(
        tag("h3", say("corrections.labels")), tag("p", told), tag("div", picture, class_="narrow")
    )
